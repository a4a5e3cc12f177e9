import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
package import Web

/// Alert rules by API. Who may send answers out of the house is who may set the account.
package struct AlertRuleRoutes: Sendable {
    private let database: any Database
    private let work: AlertRuleWork
    private let views: AlertRuleViews

    package init(database: any Database, work: AlertRuleWork) {
        self.database = database
        self.work = work
        views = AlertRuleViews(reader: DatabaseReader(database))
    }

    package func add(to table: inout RouteTable) {
        table.get("/api/v1/alert-rules", .api(.writeAccount), use: views.list)
        table.post("/api/v1/alert-rules", .api(.writeAccount), use: create)
        table.get("/api/v1/alert-rules/{id}", .api(.writeAccount), use: views.show)
        table.patch("/api/v1/alert-rules/{id}", .api(.writeAccount), use: change)
        table.delete("/api/v1/alert-rules/{id}", .api(.writeAccount), use: remove)
        table.post("/api/v1/alert-rules/{id}/test", .api(.writeAccount), use: test)
    }

    @Sendable private func create(_ call: Call) async throws -> Response {
        var body = try call.json()
        let input = AlertRuleInput(&body, guarding: work.guarding)
        try body.finish()
        let (account, actor) = (try call.account(), try call.principal().actor)
        return try await Idempotency.once(call, database: database, world: work.world) { [work] tx in
            let rule = try work.make(input, account: account, by: actor, in: tx)
            return APIAnswer(.created, rule.json)
        }.response
    }

    @Sendable private func change(_ call: Call) async throws -> Response {
        let id: AlertRule.ID = try call.id()
        let (account, actor, patch) = (try call.account(), try call.principal().actor, try call.json())
        let rule = try await database.write { [work] tx in
            try work.change(id, account: account, by: actor, in: tx) { known in
                var body = patch
                let input = AlertRuleInput(&body, over: known, guarding: work.guarding)
                try body.finish()
                return input
            }
        }
        return .json(rule.json)
    }

    @Sendable private func remove(_ call: Call) async throws -> Response {
        let id: AlertRule.ID = try call.id()
        let (account, actor) = (try call.account(), try call.principal().actor)
        try await database.write { [work] tx in
            try AlertRule.find(id, account: account, in: tx).remove(by: actor, world: work.world, in: tx)
        }
        return Response(status: .noContent)
    }

    @Sendable private func test(_ call: Call) async throws -> Response {
        let id: AlertRule.ID = try call.id()
        let account = try call.account()
        if !call.body.isEmpty { try call.json().finish() }
        return try await Idempotency.once(call, database: database, world: work.world) { [work] tx in
            try work.test(id, account: account, in: tx)
            return APIAnswer(.accepted, ["rule": .id(id)])
        }.response
    }
}

/// What programs read of alert rules.
struct AlertRuleViews: Sendable {
    let reader: DatabaseReader
    private static let shown = 20

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, asked) = (try call.account(), try call.pageRequest())
        let before = try asked.cursor.map { text in
            guard let id = AlertRule.ID(text) else { throw DomainError.invalid("/cursor", "not-an-id") }
            return id
        }
        let found = try await reader.read { tx in
            try AlertRule.list(account: account, before: before, limit: asked.limit + 1, in: tx)
        }
        return .list(Page(asked: asked.limit, found: found) { $0.id.description }) { $0.json }
    }

    /// With its last deliveries.
    @Sendable func show(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AlertRule.ID)
        let (rule, deliveries) = try await reader.read { tx in
            (
                try AlertRule.find(id, account: account, in: tx),
                try AlertDelivery.last(of: id, account: account, limit: Self.shown, in: tx)
            )
        }
        guard var object = rule.json.object else { throw DomainError.notFound }
        object.set(
            "deliveries",
            .array(
                deliveries.map { one in
                    [
                        "response": .id(one.response), "state": .string(one.state.rawValue),
                        "reason": .text(one.reason), "at": .time(one.at),
                    ]
                }))
        return .json(.object(object))
    }
}

extension AlertRule {
    /// A robot's address is a secret, so its host alone is said.
    var json: JSONValue {
        var to: JSONObject = ["kind": .string(destination.rawValue)]
        if let hook {
            to.set("host", .string(hook.host))
            to.set("signed", .bool(hook.sealedSecret != nil))
        } else {
            to.set("members", .array(members.map { .id($0) }))
        }
        return [
            "id": .id(id), "name": .string(name), "survey": .id(survey), "when": conditions.json,
            "quiet_hours": quietHours?.json ?? .null, "to": .object(to), "enabled": .bool(isEnabled),
            "created_at": .time(createdAt), "updated_at": .time(updatedAt),
        ]
    }
}
