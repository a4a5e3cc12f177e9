import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Ask rules over the API.
package struct AskRuleRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let views: AskRuleViews

    package init(database: any Database, world: World, secret: [UInt8]) {
        self.database = database
        self.world = world
        views = AskRuleViews(reader: DatabaseReader(database), asking: Asking(world: world, secret: secret))
    }

    package func add(to table: inout RouteTable) {
        table.get("/api/v1/ask-rules", .api(.readSurveys), use: views.list)
        table.post("/api/v1/ask-rules", .api(.writeSurveys), use: create)
        table.get("/api/v1/ask-rules/{id}", .api(.readSurveys), use: views.find)
        table.patch("/api/v1/ask-rules/{id}", .api(.writeSurveys), use: change)
        table.get("/api/v1/ask-rules/{id}/preview", .api(.readSurveys), use: views.preview)
        table.get("/api/v1/ask-rules/{id}/simulation", .api(.readSurveys), use: views.simulation)
        table.get("/api/v1/ask-rules/{id}/versions", .api(.readSurveys), use: views.versions)
    }

    @Sendable private func create(_ call: Call) async throws -> Response {
        let (account, actor) = (try call.account(), try call.actor())
        let (name, definition) = try AskRule.read(call.json())
        return try await Idempotency.once(call, database: database, world: world) { [world] tx in
            let rule = try AskRule.create(
                name, definition, account: account, by: actor, world: world, at: world.now(), in: tx)
            return APIAnswer(.created, rule.json)
        }.response
    }

    /// A merge patch; whatever changes of the definition makes a new version.
    @Sendable private func change(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as AskRule.ID)
        let patch = try call.json()
        let rule = try await database.write { [world] tx in
            let before = try AskRule.find(id, account: account, in: tx)
            var rule = before
            try rule.change(by: patch)
            return try rule.save(over: before, by: actor, world: world, at: world.now(), in: tx)
        }
        return .json(rule.json)
    }
}

/// What programs read of ask rules.
struct AskRuleViews: Sendable {
    let reader: DatabaseReader
    let asking: Asking

    /// A rule is not changed more often than somebody would read.
    private static let mostVersions = 200

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, asked) = (try call.account(), try call.pageRequest())
        let before: AskRule.ID? = try asked.cursor.map { text in
            guard let id = AskRule.ID(text) else { throw DomainError(.invalid, "bad-cursor") }
            return id
        }
        let found = try await reader.read { tx in
            try AskRule.list(account: account, before: before, limit: asked.limit + 1, in: tx)
        }
        return .list(Page(asked: asked.limit, found: found) { $0.id.description }, \.json)
    }

    @Sendable func find(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AskRule.ID)
        return .json(try await reader.read { tx in try AskRule.find(id, account: account, in: tx) }.json)
    }

    @Sendable func preview(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AskRule.ID)
        let forecast = try await reader.read { [asking] tx in
            try asking.today(AskRule.find(id, account: account, in: tx), in: tx)
        }
        return .json(forecast.json)
    }

    @Sendable func simulation(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AskRule.ID)
        let forecast = try await reader.read { [asking] tx in
            try asking.simulation(of: AskRule.find(id, account: account, in: tx), in: tx)
        }
        return .json(forecast.json)
    }

    @Sendable func versions(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AskRule.ID)
        let versions = try await reader.read { tx in
            _ = try AskRule.find(id, account: account, in: tx)
            return try AskRuleVersion.all(of: id, account: account, limit: Self.mostVersions, in: tx)
        }
        return .list(Page(items: versions, nextCursor: nil), \.json)
    }
}

extension AskRule {
    /// As the API shows it.
    var json: JSONValue {
        var object: JSONObject = [
            "id": .id(id), "name": .string(name), "state": .string(state.rawValue),
            "version": .integer(Int64(version)),
        ]
        for member in definition.json.members { object.append(member.key, member.value) }
        object.append("created_at", .time(createdAt))
        object.append("updated_at", .time(updatedAt))
        return .object(object)
    }
}

extension AskRuleVersion {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["version": .integer(Int64(version)), "made_at": .time(createdAt)]
        for member in definition.json.members { object.append(member.key, member.value) }
        return .object(object)
    }
}

extension AskCounts {
    /// `{asked, skipped: {reason: n}}`.
    var json: JSONObject {
        let reasons = AskSkip.allCases.compactMap { skip in
            skipped[skip].map { (skip.rawValue, JSONValue.integer(Int64($0))) }
        }
        return ["asked": .integer(Int64(asked)), "skipped": .object(JSONObject(reasons))]
    }
}

extension AskForecast {
    var json: JSONValue {
        var json = counts.json
        json.append("from", .time(from))
        json.append("complete", .bool(isComplete))
        return .object(json)
    }
}
