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
    private let recovery: ResponseCase
    private static let perPage = 50
    private static let mostSurveys = 200

    package init(database: any Database, world: World, recovery: @escaping ResponseCase) {
        self.database = database
        self.world = world
        self.recovery = recovery
    }

    package func add(to table: inout RouteTable) {
        table.get("/responses", .page(.readResponses), use: list)
        table.get("/responses/{id}", .page(.readResponses), use: show)
        table.post("/responses/{id}/reading", .page(.readResponses), use: read)
        table.post("/responses/{id}/completion", .page(.readResponses), use: complete)
        table.post("/responses/{id}/reopening", .page(.readResponses), use: reopen)
    }

    /// What the address asks for; what it asks wrongly is left out, for people mistype addresses.
    private func filter(_ query: FormFields) -> ResponseFilter {
        var filter = ResponseFilter()
        filter.survey = query["survey"].flatMap { Survey.ID($0) }
        filter.bands = query["band"].flatMap(Band.init).map { [$0] } ?? []
        filter.state = query["state"].flatMap(ResponseState.init)
        filter.hasComment = query["comment"] != nil
        filter.touchpoint = query["touchpoint"].flatMap { $0.isEmpty ? nil : $0 }
        filter.query = query["q"].flatMap { $0.trimmed.isEmpty ? nil : $0 }
        return filter
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let (account, query) = (try call.account(), try call.query())
        let filter = filter(query)
        let place = query["after"].flatMap(ResponsePlace.init)
        let (messages, now) = (call.messages, world.now())
        let model = try await database.read { tx in
            let found = try SurveyResponse.list(
                filter, account: account, after: place, limit: Self.perPage + 1, in: tx)
            let people = try Customer.find(found.compactMap(\.customer), account: account, in: tx)
            return ResponseListPage(
                page: Page(asked: Self.perPage, found: found) { ResponsePlace($0).description },
                surveys: try Survey.list(account: account, limit: Self.mostSurveys, in: tx),
                customers: Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
                marks: try ResponseMark.find(found.map(\.id), account: account, in: tx), query: query,
                messages: messages, now: now)
        }.model
        return try call.page("responses", model)
    }

    @Sendable private func show(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as SurveyResponse.ID)
        let (messages, now) = (call.messages, world.now())
        let page = try await database.read { [recovery] tx in
            let response = try SurveyResponse.find(id, account: account, in: tx)
            return ResponsePage(
                response: response, survey: try Survey.find(response.survey, account: account, in: tx),
                definition: try Survey.definition(
                    of: response.survey, version: response.surveyVersion, account: account, in: tx),
                answers: try SurveyResponse.answers(of: [id], account: account, in: tx)[id] ?? [],
                segments: try SurveyResponse.segments(of: [id], account: account, in: tx)[id] ?? [],
                customer: try response.customer.map { try CustomerCard.find($0, account: account, in: tx) },
                mark: try ResponseMark.find([id], account: account, in: tx)[id] ?? ResponseMark(),
                recovery: try recovery(id, account, tx), messages: messages, now: now, mayMark: true)
        }
        return try call.page("response", page.model)
    }

    @Sendable private func read(_ call: Call) async throws -> Response {
        try await mark(call) { mark, member, now in
            mark.readAt = mark.readAt ?? now
            mark.readBy = mark.readBy ?? member
        }
    }

    /// Who is done with an answer has read it.
    @Sendable private func complete(_ call: Call) async throws -> Response {
        try await mark(call) { mark, member, now in
            mark.readAt = mark.readAt ?? now
            mark.readBy = mark.readBy ?? member
            mark.doneAt = mark.doneAt ?? now
            mark.doneBy = mark.doneBy ?? member
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
