import Accounts
import Customers
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Language
package import Web

/// Leaving somebody out of a wave or a rule, for people.
package struct ExclusionPageRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let views: ExclusionPageViews

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
        views = ExclusionPageViews(reader: DatabaseReader(database), world: world)
    }

    package func add(to table: inout RouteTable) {
        let views = views
        table.get("/waves/{id}/exclusions", .page(.readSurveys)) { call in
            try call.page("exclusions", try await views.page(.wave(call.id()), call).model)
        }
        table.get("/ask-rules/{id}/exclusions", .page(.readSurveys)) { call in
            try call.page("exclusions", try await views.page(.rule(call.id()), call).model)
        }
        table.post("/waves/{id}/exclusions", .page(.writeSurveys)) { call in
            let id: Wave.ID = try call.id()
            return try await create(of: .wave(id), call, path: "/waves/\(id)")
        }
        table.post("/ask-rules/{id}/exclusions", .page(.writeSurveys)) { call in
            let id: AskRule.ID = try call.id()
            return try await create(of: .rule(id), call, path: "/ask-rules/\(id)")
        }
        table.post("/exclusions/{id}/lifting", .page(.writeSurveys), use: lift)
    }

    private func create(of scope: Exclusion.Scope, _ call: Call, path: String) async throws -> Response {
        let (account, actor) = (try call.account(), try call.actor())
        let fields = try call.form().fields
        _ = try await database.read { tx in try scope.survey(account: account, in: tx) }
        do {
            let input = try ExclusionInput(
                JSONInput(.object(ExclusionForm(fields: fields).body), path: ""))
            try await database.write { [world] tx in
                try Exclusion.make(input, of: scope, account: account, by: actor, world: world, in: tx)
            }
            return .seeOther("\(path)/exclusions?done=exclusion-made")
        } catch let error as DomainError where [.invalid, .conflict].contains(error.kind) {
            var page = try await views.page(scope, call)
            (page.typed, page.error) = (fields, error)
            return try call.page("exclusions", page.model, status: error.kind.status)
        }
    }

    @Sendable private func lift(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Exclusion.ID)
        let one = try await database.write { [world] tx in
            let one = try Exclusion.find(id, account: account, in: tx)
            try one.lift(by: actor, world: world, in: tx)
            return one
        }
        guard case .rule(let rule) = one.scope else { throw DomainError.notFound }
        return .seeOther("/ask-rules/\(rule)/exclusions?done=exclusion-lifted")
    }
}

/// What people see of who was left out. Given a reader: looking changes nothing.
struct ExclusionPageViews: Sendable {
    let reader: DatabaseReader
    let world: World

    private static let shown = 200

    func page(_ scope: Exclusion.Scope, _ call: Call) async throws -> ExclusionPage {
        let (account, now, messages) = (try call.account(), world.now(), call.messages)
        let principal = try call.principal()
        return try await reader.read { tx in
            var rule: String?
            if case .rule(let id) = scope { rule = try AskRule.find(id, account: account, in: tx).name }
            let exclusions = try Exclusion.list(of: scope, account: account, limit: Self.shown, in: tx)
            let customers = try Customer.find(
                Array(Set(exclusions.compactMap(\.customer))), account: account, in: tx)
            return ExclusionPage(
                scope: scope,
                survey: try Survey.find(scope.survey(account: account, in: tx), account: account, in: tx),
                rule: rule, exclusions: exclusions,
                names: Dictionary(
                    customers.map { ($0.id, $0.name ?? $0.externalID ?? messages("customers.nameless")) },
                    uniquingKeysWith: { first, _ in first }),
                team: try ResponseTeam(account: account, me: principal.memberID, in: tx),
                messages: messages, now: now, mayWrite: principal.may(.writeSurveys))
        }
    }
}
