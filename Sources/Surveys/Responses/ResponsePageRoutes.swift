import Accounts
import Customers
package import Database
import Formats
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Answers for people: the inbox and one answer. Given a reader: looking marks nothing as read.
package struct ResponsePageRoutes: Sendable {
    private let reader: DatabaseReader
    private let world: World
    private let recovery: ResponseCase
    static let perPage = 50
    private static let mostSurveys = 200

    package init(database: any Database, world: World, recovery: @escaping ResponseCase) {
        reader = DatabaseReader(database)
        self.world = world
        self.recovery = recovery
    }

    package func add(to table: inout RouteTable) {
        table.get("/responses", .page(.readResponses), use: list)
        table.get("/responses/{id}", .page(.readResponses), use: show)
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let (principal, query) = (try call.principal(), try call.query())
        let account = principal.accountID
        let place = query["after"].flatMap(ResponsePlace.init)
        let (messages, now) = (call.messages, world.now())
        let model = try await reader.read { tx in
            let zone = try Account.find(Account.ID(account), in: tx).zone
            // Before the list: what is sealed meanwhile is told as new once more, not missed.
            let head = try SealedEvent.head(account: account, in: tx)
            let found = try SurveyResponse.list(
                ResponseFilter(listed: query, zone: zone, me: principal.memberID), account: account,
                after: place, limit: Self.perPage + 1, in: tx)
            let people = try Customer.find(found.compactMap(\.customer), account: account, in: tx)
            let ids = found.map(\.id)
            return ResponseListPage(
                page: Page(asked: Self.perPage, found: found) { ResponsePlace($0).description },
                surveys: try Survey.list(account: account, limit: Self.mostSurveys, in: tx),
                customers: Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
                marks: try ResponseMark.find(ids, account: account, in: tx),
                tags: try ResponseTag.find(ids, account: account, in: tx),
                tagNames: try ResponseTag.all(account: account, in: tx),
                team: try ResponseTeam(account: account, me: principal.memberID, in: tx),
                views: try SavedView.all(for: principal.memberID, account: account, in: tx), head: head,
                query: query, messages: messages, now: now, mayExport: principal.may(.exportResponses),
                mayWrite: principal.may(.writeResponses), keepsAccount: principal.may(.writeAccount))
        }.model
        return try call.page("responses", model)
    }

    @Sendable private func show(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as SurveyResponse.ID)
        let (messages, now) = (call.messages, world.now())
        let principal = try call.principal()
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
                tags: try ResponseTag.find([id], account: account, in: tx)[id] ?? [],
                tagNames: try ResponseTag.all(account: account, in: tx),
                team: try ResponseTeam(account: account, me: principal.memberID, in: tx),
                recovery: try recovery(id, account, tx), messages: messages, now: now,
                zone: try Account.find(Account.ID(account), in: tx).zone, mayMark: true,
                mayWrite: principal.may(.writeResponses))
        }
        return try call.page("response", page.model)
    }
}
