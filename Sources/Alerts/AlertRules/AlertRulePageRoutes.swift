import Accounts
package import Database
import Formats
import Hummingbird
import Kernel
import Surveys
package import Web

/// The page where alert rules are read, made, tried, paused and removed.
package struct AlertRulePageRoutes: Sendable {
    private let database: any Database
    private let work: AlertRuleWork
    private let views: AlertRulePageViews

    package init(database: any Database, work: AlertRuleWork) {
        self.database = database
        self.work = work
        views = AlertRulePageViews(reader: DatabaseReader(database), work: work)
    }

    package func add(to table: inout RouteTable) {
        table.get("/settings/alerts", .page(.writeAccount), use: views.show)
        table.post("/settings/alerts", .page(.writeAccount), use: make)
        table.get("/settings/alerts/{id}", .page(.writeAccount), use: views.showRule)
        table.post("/settings/alerts/{id}", .page(.writeAccount), use: save)
        table.post("/settings/alerts/{id}/test", .page(.writeAccount), use: test)
        table.post("/settings/alerts/{id}/state", .page(.writeAccount), use: setState)
        table.post("/settings/alerts/{id}/removal", .page(.writeAccount), use: remove)
    }

    @Sendable private func make(_ call: Call) async throws -> Response {
        var form = try call.form()
        let input = AlertRuleInput(&form, guarding: work.guarding)
        let (account, actor) = (try call.account(), try call.principal().actor)
        do {
            try form.finish()
            _ = try await database.write { [work] tx in
                try work.make(input, account: account, by: actor, in: tx)
            }
        } catch let error as DomainError where error.kind == .invalid {
            let page = try await views.page(call, refused: (form.fields, error))
            return try call.page("alerts", page.model, status: .unprocessableContent)
        }
        return .seeOther("/settings/alerts?done=alert-made")
    }

    @Sendable private func save(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as AlertRule.ID)
        let fields = try call.form().fields
        do {
            _ = try await database.write { [work] tx in
                try work.change(id, account: account, by: actor, in: tx) { known in
                    var form = FormInput(fields)
                    let input = AlertRuleInput(&form, over: known, guarding: work.guarding)
                    try form.finish()
                    return input
                }
            }
        } catch let error as DomainError where error.kind == .invalid {
            let page = try await views.page(call, of: id, refused: (fields, error))
            return try call.page("alert", page.ruleModel, status: .unprocessableContent)
        }
        return .seeOther("/settings/alerts/\(id)?done=alert-saved")
    }

    @Sendable private func test(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AlertRule.ID)
        try await database.write { [work] tx in try work.test(id, account: account, in: tx) }
        return .seeOther("/settings/alerts?done=alert-tested")
    }

    @Sendable private func setState(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AlertRule.ID)
        let isEnabled = try call.form().fields["enabled"] == "yes"
        let actor = try call.principal().actor
        try await database.write { [work] tx in
            var rule = try AlertRule.find(id, account: account, in: tx)
            rule.isEnabled = isEnabled
            try rule.save(by: actor, world: work.world, in: tx)
        }
        return .seeOther("/settings/alerts?done=settings-saved")
    }

    @Sendable private func remove(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as AlertRule.ID)
        let actor = try call.principal().actor
        try await database.write { [work] tx in
            try AlertRule.find(id, account: account, in: tx).remove(by: actor, world: work.world, in: tx)
        }
        return .seeOther("/settings/alerts?done=alert-removed")
    }
}

/// The page as it is read.
struct AlertRulePageViews: Sendable {
    let reader: DatabaseReader
    let work: AlertRuleWork
    private static let deliveries = 5

    @Sendable func show(_ call: Call) async throws -> Response {
        try call.page("alerts", try await page(call).model)
    }

    @Sendable func showRule(_ call: Call) async throws -> Response {
        try call.page("alert", try await page(call, of: try call.id() as AlertRule.ID).ruleModel)
    }

    /// Of one rule, else of all.
    func page(
        _ call: Call, of id: AlertRule.ID? = nil, refused: (typed: FormFields, error: DomainError)? = nil
    ) async throws -> AlertRulePage {
        let (account, messages, now) = (try call.account(), call.messages, work.world.now())
        return try await reader.read { tx in
            let one = try id.map { try AlertRule.find($0, account: account, in: tx) }
            let rules =
                try one.map { [$0] }
                ?? AlertRule.list(account: account, limit: AlertRule.mostPerAccount, in: tx)
            let rows = try rules.map { rule in
                (
                    rule: rule,
                    deliveries: try AlertDelivery.last(
                        of: rule.id, account: account, limit: Self.deliveries, in: tx)
                )
            }
            let id = Account.ID(account)
            let form = AlertRuleForm(
                rule: one, surveys: try Survey.list(account: account, limit: 200, in: tx),
                members: try Membership.list(account: id, PageRequest(limit: 200, cursor: nil), in: tx).items,
                zone: try Account.find(id, in: tx).zone, messages: messages, refused: refused)
            return AlertRulePage(rules: rows, form: form, now: now)
        }
    }
}
