import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Leaving somebody out of a wave or a rule, for programs.
package struct ExclusionRoutes: Sendable {
    private let database: any Database
    private let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        let views = ExclusionViews(reader: DatabaseReader(database))
        table.get("/api/v1/waves/{id}/exclusions", .api(.readSurveys)) { call in
            try await views.list(of: .wave(call.id()), call)
        }
        table.get("/api/v1/ask-rules/{id}/exclusions", .api(.readSurveys)) { call in
            try await views.list(of: .rule(call.id()), call)
        }
        table.post("/api/v1/waves/{id}/exclusions", .api(.writeSurveys)) { call in
            try await create(of: .wave(call.id()), call)
        }
        table.post("/api/v1/ask-rules/{id}/exclusions", .api(.writeSurveys)) { call in
            try await create(of: .rule(call.id()), call)
        }
        table.delete("/api/v1/exclusions/{id}", .api(.writeSurveys), use: lift)
    }

    /// The wave or rule is looked for first: what is wrong with the body is no answer about another's.
    private func create(of scope: Exclusion.Scope, _ call: Call) async throws -> Response {
        let (account, actor) = (try call.account(), try call.actor())
        _ = try await database.read { tx in try scope.survey(account: account, in: tx) }
        let input = try ExclusionInput(call.json())
        return try await Idempotency.once(call, database: database, world: world) { [world] tx in
            let made = try Exclusion.make(
                input, of: scope, account: account, by: actor, world: world, in: tx)
            return APIAnswer(.created, made.json)
        }.response
    }

    @Sendable private func lift(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Exclusion.ID)
        try await database.write { [world] tx in
            try Exclusion.find(id, account: account, in: tx).lift(by: actor, world: world, in: tx)
        }
        return Response(status: .noContent)
    }
}

/// What programs read of who was left out.
struct ExclusionViews: Sendable {
    let reader: DatabaseReader

    func list(of scope: Exclusion.Scope, _ call: Call) async throws -> Response {
        let (account, asked) = (try call.account(), try call.pageRequest())
        let before: Exclusion.ID? = try asked.cursor.map { text in
            guard let id = Exclusion.ID(text) else { throw DomainError(.invalid, "bad-cursor") }
            return id
        }
        let found = try await reader.read { tx in
            _ = try scope.survey(account: account, in: tx)
            return try Exclusion.list(
                of: scope, account: account, before: before, limit: asked.limit + 1, in: tx)
        }
        return .list(Page(asked: asked.limit, found: found) { $0.id.description }, \.json)
    }
}

extension Exclusion.Scope {
    /// Throws not-found for one that the account has not.
    func survey(account: Int64, in tx: any Connection) throws -> Survey.ID {
        switch self {
        case .wave(let id): try Wave.find(id, account: account, in: tx).survey
        case .rule(let id): try AskRule.find(id, account: account, in: tx).definition.survey
        }
    }
}

extension Exclusion {
    fileprivate var json: JSONValue {
        var (wave, rule): (Wave.ID?, AskRule.ID?)
        switch scope {
        case .wave(let id): wave = id
        case .rule(let id): rule = id
        }
        return [
            "id": .id(id), "wave": .id(wave), "rule": .id(rule), "customer": .id(customer),
            "reason": .string(reason.rawValue), "note": .text(note),
            "by": .string(String(excludedBy.description.prefix { $0 != ":" })),
            "created_at": .time(createdAt), "lifted_at": .time(liftedAt),
        ]
    }
}
