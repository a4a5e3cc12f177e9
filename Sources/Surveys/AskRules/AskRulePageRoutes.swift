import Accounts
import Customers
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Ask rules for people: the list, and one rule with whom it asks.
package struct AskRulePageRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let views: AskRulePageViews

    package init(database: any Database, world: World, secret: [UInt8]) {
        self.database = database
        self.world = world
        views = AskRulePageViews(
            reader: DatabaseReader(database), asking: Asking(world: world, secret: secret))
    }

    package func add(to table: inout RouteTable) {
        table.get("/ask-rules", .page(.readSurveys), use: views.list)
        table.get("/ask-rules/new", .page(.writeSurveys), use: views.blank)
        table.post("/ask-rules", .page(.writeSurveys), use: create)
        table.get("/ask-rules/{id}", .page(.readSurveys), use: views.show)
        table.post("/ask-rules/{id}", .page(.writeSurveys), use: change)
        table.post("/ask-rules/{id}/pause", .page(.writeSurveys), use: pause)
        table.post("/ask-rules/{id}/resumption", .page(.writeSurveys), use: resume)
    }

    @Sendable private func create(_ call: Call) async throws -> Response {
        let (account, actor) = (try call.account(), try call.actor())
        let fields = try call.form().fields
        do {
            let body = try JSONInput(.object(AskRuleForm(fields).body), path: "")
            let (name, definition) = try AskRule.read(body)
            let rule = try await database.write { [world] tx in
                try AskRule.create(
                    name, definition, account: account, by: actor, world: world, at: world.now(), in: tx)
            }
            return .seeOther("/ask-rules/\(rule.id)?done=ask-rule-created")
        } catch let error as DomainError where [.invalid, .conflict].contains(error.kind) {
            var page = try await views.page(nil, call)
            (page.typed, page.error) = (fields, error)
            return try call.page("ask-rule", page.model, status: error.kind.status)
        }
    }

    @Sendable private func change(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as AskRule.ID)
        let fields = try call.form().fields
        do {
            let patch = try JSONInput(.object(AskRuleForm(fields).body), path: "")
            try await database.write { [world] tx in
                let before = try AskRule.find(id, account: account, in: tx)
                var rule = before
                try rule.change(by: patch, isWhole: true)
                return try rule.save(over: before, by: actor, world: world, at: world.now(), in: tx)
            }
            return .seeOther("/ask-rules/\(id)?done=ask-rule-saved")
        } catch let error as DomainError where error.kind == .invalid {
            var page = try await views.page(id, call)
            (page.typed, page.error) = (fields, error)
            return try call.page("ask-rule", page.model, status: error.kind.status)
        }
    }

    @Sendable private func pause(_ call: Call) async throws -> Response { try await put(.paused, call) }
    @Sendable private func resume(_ call: Call) async throws -> Response { try await put(.active, call) }

    private func put(_ state: AskRule.State, _ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as AskRule.ID)
        try await database.write { [world] tx in
            let before = try AskRule.find(id, account: account, in: tx)
            var rule = before
            rule.state = state
            return try rule.save(over: before, by: actor, world: world, at: world.now(), in: tx)
        }
        return .seeOther("/ask-rules/\(id)?done=ask-rule-\(state == .active ? "resumed" : "paused")")
    }
}

/// What people see of ask rules.
struct AskRulePageViews: Sendable {
    let reader: DatabaseReader
    let asking: Asking

    private static let mostListed = 200
    private static let mostEvents = 30
    private static let daysShown = 30

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, now) = (try call.account(), asking.world.now())
        let (messages, mayWrite) = (call.messages, try call.principal().may(.writeSurveys))
        let page = try await reader.read { tx in
            let zone = try Account.find(Account.ID(account), in: tx).zone
            let rules = try AskRule.list(account: account, limit: Self.mostListed, in: tx)
            let today = zone.day(of: now)
            return AskRuleListPage(
                rules: rules,
                surveys: try Survey.names(
                    of: Set(rules.map(\.definition.survey)), account: account, in: tx),
                counts: try AskCounts.of(
                    rules.map(\.id), from: today - Self.daysShown + 1, to: today, account: account, in: tx),
                zone: zone, messages: messages, mayWrite: mayWrite)
        }
        return try call.page("ask-rules", page.model)
    }

    @Sendable func blank(_ call: Call) async throws -> Response {
        try call.page("ask-rule", try await page(nil, call).model)
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        try call.page("ask-rule", try await page(try call.id() as AskRule.ID, call).model)
    }

    func page(_ id: AskRule.ID?, _ call: Call) async throws -> AskRulePage {
        let account = try call.account()
        let (messages, mayWrite) = (call.messages, try call.principal().may(.writeSurveys))
        return try await reader.read { [asking] tx in
            let zone = try Account.find(Account.ID(account), in: tx).zone
            let standing = try id.map { id in
                try asking.standing(AskRule.find(id, account: account, in: tx), zone, Self.daysShown, in: tx)
            }
            return AskRulePage(
                standing: standing,
                surveys: try Survey.list(account: account, limit: Self.mostListed, in: tx)
                    .map { ($0.id, $0.name) },
                events: try CustomerEvent.names(account: account, limit: Self.mostEvents, in: tx),
                zone: zone, messages: messages, mayWrite: mayWrite)
        }
    }
}
