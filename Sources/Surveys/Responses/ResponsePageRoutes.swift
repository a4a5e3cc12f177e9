import Accounts
import Customers
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
package import Web

/// Answers for people: the inbox, one answer, and what the team has done with it.
package struct ResponsePageRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let views: ResponsePageViews

    package init(database: any Database, world: World, recovery: @escaping ResponseCase) {
        self.database = database
        self.world = world
        views = ResponsePageViews(reader: DatabaseReader(database), world: world, recovery: recovery)
    }

    package func add(to table: inout RouteTable) {
        table.get("/responses", .page(.readResponses), use: views.list)
        table.post("/responses/marks", .page(.readResponses), use: markAll)
        table.get("/responses/{id}", .page(.readResponses), use: views.show)
        table.post("/responses/{id}/reading", .page(.readResponses), use: read)
        table.post("/responses/{id}/completion", .page(.readResponses), use: complete)
        table.post("/responses/{id}/reopening", .page(.readResponses), use: reopen)
    }

    /// Several at once, read or done; ids that are none of the account's are passed over.
    @Sendable private func markAll(_ call: Call) async throws -> Response {
        let (account, fields) = (try call.account(), try call.form().fields)
        let (member, now) = (try call.principal().memberID, world.now())
        let isDone = fields["do"] == "done"
        let ids = fields.all("id").prefix(ResponsePageViews.perPage).compactMap { SurveyResponse.ID($0) }
        try await database.write { tx in
            let known = try SurveyResponse.find(ids, account: account, in: tx).map(\.id).sorted()
            let marks = try ResponseMark.find(known, account: account, in: tx)
            for id in known {
                var mark = marks[id] ?? ResponseMark()
                mark.read(by: member, at: now)
                if isDone { mark.finish(by: member, at: now) }
                try mark.save(id, account: account, in: tx)
            }
        }
        let back = fields["back"].flatMap { $0 == "/responses" || $0.hasPrefix("/responses?") ? $0 : nil }
        return .seeOther(back ?? "/responses")
    }

    @Sendable private func read(_ call: Call) async throws -> Response {
        try await mark(call) { mark, member, now in mark.read(by: member, at: now) }
    }

    /// Who is done with an answer has read it.
    @Sendable private func complete(_ call: Call) async throws -> Response {
        try await mark(call) { mark, member, now in
            mark.read(by: member, at: now)
            mark.finish(by: member, at: now)
        }
    }

    @Sendable private func reopen(_ call: Call) async throws -> Response {
        try await mark(call) { mark, _, _ in (mark.doneAt, mark.doneBy) = (nil, nil) }
    }

    private func mark(
        _ call: Call, _ change: @escaping @Sendable (inout ResponseMark, Int64?, Timestamp) -> Void
    ) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as SurveyResponse.ID)
        let (member, now) = (try call.principal().memberID, world.now())
        try await database.write { tx in
            _ = try SurveyResponse.find(id, account: account, in: tx)
            var mark = try ResponseMark.find([id], account: account, in: tx)[id] ?? ResponseMark()
            change(&mark, member, now)
            try mark.save(id, account: account, in: tx)
        }
        return .seeOther("/responses/\(id)")
    }
}

/// What people see of answers. Given a reader: looking marks nothing as read.
struct ResponsePageViews: Sendable {
    let reader: DatabaseReader
    let world: World
    let recovery: ResponseCase
    static let perPage = 50
    private static let mostSurveys = 200

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, query) = (try call.account(), try call.query())
        let place = query["after"].flatMap(ResponsePlace.init)
        let (messages, now) = (call.messages, world.now())
        let mayExport = try call.principal().may(.exportResponses)
        let model = try await reader.read { tx in
            let zone = try Account.find(Account.ID(account), in: tx).zone
            let found = try SurveyResponse.list(
                ResponseFilter(listed: query, zone: zone), account: account, after: place,
                limit: Self.perPage + 1, in: tx)
            let people = try Customer.find(found.compactMap(\.customer), account: account, in: tx)
            return ResponseListPage(
                page: Page(asked: Self.perPage, found: found) { ResponsePlace($0).description },
                surveys: try Survey.list(account: account, limit: Self.mostSurveys, in: tx),
                customers: Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
                marks: try ResponseMark.find(found.map(\.id), account: account, in: tx), query: query,
                messages: messages, now: now, mayExport: mayExport)
        }.model
        return try call.page("responses", model)
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as SurveyResponse.ID)
        let (messages, now) = (call.messages, world.now())
        let page = try await reader.read { [recovery] tx in
            let response = try SurveyResponse.find(id, account: account, in: tx)
            return ResponsePage(
                response: response, survey: try Survey.find(response.survey, account: account, in: tx),
                definition: try Survey.definition(
                    of: response.survey, version: response.surveyVersion, account: account, in: tx),
                answers: try SurveyResponse.answers(of: [id], account: account, in: tx)[id] ?? [],
                segments: try SurveyResponse.segments(of: [id], account: account, in: tx)[id] ?? [],
                customer: try response.customer.map { try CustomerCard.find($0, account: account, in: tx) },
                mark: try ResponseMark.find([id], account: account, in: tx)[id] ?? ResponseMark(),
                replies: try Reply.besides(response, in: tx),
                recovery: try recovery(id, account, tx), messages: messages, now: now,
                zone: try Account.find(Account.ID(account), in: tx).zone, mayMark: true)
        }
        return try call.page("response", page.model)
    }
}
