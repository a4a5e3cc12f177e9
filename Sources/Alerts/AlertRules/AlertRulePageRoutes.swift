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
        table.post("/settings/alerts/{id}/test", .page(.writeAccount), use: test)
        table.post("/settings/alerts/{id}/state", .page(.writeAccount), use: setState)
        table.post("/settings/alerts/{id}/removal", .page(.writeAccount), use: remove)
    }

    @Sendable private func make(_ call: Call) async throws -> Response {
        var form = try call.form()
        let input = AlertRuleInput(&form)
        let (account, actor) = (try call.account(), try call.principal().actor)
        do {
            try form.finish()
            _ = try await database.write { [work] tx in
                try work.make(input, account: account, by: actor, in: tx)
            }
        } catch let error as DomainError where error.kind == .invalid {
            var page = try await views.page(call)
            page.refused = (form.fields, error)
            return try call.page("alerts", page.model, status: .unprocessableContent)
        }
        return .seeOther("/settings/alerts?done=alert-made")
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

    func page(_ call: Call) async throws -> AlertRulePage {
        let (account, messages, now) = (try call.account(), call.messages, work.world.now())
        return try await reader.read { tx in
            let rules = try AlertRule.list(account: account, limit: AlertRule.mostPerAccount, in: tx)
            let rows = try rules.map { rule in
                (
                    rule: rule,
                    deliveries: try AlertDelivery.last(
                        of: rule.id, account: account, limit: Self.deliveries, in: tx)
                )
            }
            let id = Account.ID(account)
            return AlertRulePage(
                rules: rows, surveys: try Survey.list(account: account, limit: 200, in: tx),
                members: try Membership.list(account: id, PageRequest(limit: 200, cursor: nil), in: tx).items,
                zone: try Account.find(id, in: tx).zone, messages: messages, now: now)
        }
    }
}

extension AlertRuleInput {
    /// The form of the page: flat, with names of its own for what the API nests.
    init(_ form: inout FormInput) {
        name = form.requiredText("name", 1...120)
        destination = form.choice("to") ?? .members
        if let text = form.text("survey") {
            survey = Survey.ID(text)
            if survey == nil { form.refuse("survey", "not-found") }
        }
        let tones = Set(form.fields.all("tone").compactMap { BandTone(rawValue: $0) })
        // All three are no condition.
        if tones.count < BandTone.allCases.count {
            conditions.bands = Band.allCases.filter { $0 != .unassigned && tones.contains($0.tone) }
        }
        conditions.atMost = form.score("score_at_most")
        conditions.atLeast = form.score("score_at_least")
        let separators: Set<Character> = [",", "，", "、", ";", "；"]
        let words = (form.text("words", 1...2000) ?? "").split(whereSeparator: separators.contains)
        for word in words.map({ String($0).trimmed }) where !word.isEmpty {
            if word.count > 100 { form.refuse("words", "too-long", ["max": "100"]) }
            if !conditions.words.contains(word) { conditions.words.append(word) }
        }
        if conditions.words.count > AlertConditions.mostWords {
            form.refuse("words", "too-many", ["max": String(AlertConditions.mostWords)])
        }
        takeSegments(&form)
        takePlace(&form)
    }

    private mutating func takeSegments(_ form: inout FormInput) {
        let (name, value) = (form.text("segment", 1...64), form.text("segment_value", 1...200))
        if let name, let value {
            conditions.segments = [.init(name: name, value: value)]
        } else if name != nil {
            form.refuse("segment_value", "missing")
        } else if value != nil {
            form.refuse("segment", "missing")
        }
        let (attribute, least) = (form.text("value", 1...64), form.text("value_at_least", 1...30))
        guard attribute != nil || least != nil else { return }
        guard let attribute else { return form.refuse("value", "missing") }
        guard let number = least.flatMap({ AlertConditions.number($0) }) else {
            return form.refuse("value_at_least", least == nil ? "missing" : "not-a-number")
        }
        conditions.worth = .init(attribute: attribute, atLeast: number)
    }

    private mutating func takePlace(_ form: inout FormInput) {
        let (from, to) = (form.text("quiet_from", 1...8), form.text("quiet_to", 1...8))
        if from != nil || to != nil {
            quietHours = QuietHours(from: from ?? "", to: to ?? "")
            if quietHours == nil { form.refuse("quiet_to", "not-a-time-of-day") }
        }
        if destination.robot == nil {
            for text in form.fields.all("member") {
                guard let id = Member.ID(text) else {
                    form.refuse("members", "not-found")
                    continue
                }
                if !members.contains(id) { members.append(id) }
            }
        } else {
            url = form.text("url", 1...Self.longestURL)
            secret = form.text("secret", 1...500)
        }
        for (field, code, values) in faults(keeps: false) where form.problems.isEmpty {
            form.refuse(field, code, values)
        }
    }
}

extension FormInput {
    /// A number that some scale has.
    fileprivate mutating func score(_ key: String) -> Int? {
        guard let number = integer(key) else { return nil }
        if (-10...10).contains(number) { return number }
        refuse(key, "out-of-range", ["min": "-10", "max": "10"])
        return nil
    }
}
