import Accounts
import Customers
import Database
import Formats
package import Kernel
import Ledger

/// Who is or would be asked about what was heard since some moment.
package struct AskForecast: Equatable, Sendable {
    package var counts = AskCounts()
    package let from: Timestamp
    /// False where there was more than is looked at.
    package internal(set) var isComplete = true

    init(from: Timestamp) { self.from = from }
}

extension Asking {
    /// Occasions that one forecast looks at, the newest.
    static let mostForecast = 5000
    /// Events of the ledger among which it looks for them.
    private static let mostWalked = 20_000
    private static let simulatedDays = 30

    /// What the rule makes of today: what it has decided, and what it would decide about the rest.
    func today(_ rule: AskRule, in tx: any Connection) throws -> AskForecast {
        let now = world.now()
        let zone = try Account.find(Account.ID(rule.account), in: tx).zone
        var forecast = AskForecast(from: zone.start(of: zone.day(of: now)))
        let occasions = try heard(by: rule, &forecast, in: tx)
        let decided = try outcomes(of: rule, among: occasions.map(\.key), in: tx)
        for outcome in decided.values { forecast.counts.add(outcome) }
        let open = occasions.filter { decided[$0.key] == nil }.map { ($0, now) }
        try judge(open, by: rule, from: now, isAlone: false, into: &forecast.counts, in: tx)
        return forecast
    }

    /// What the rule as it stands would have made of the last thirty days. Who has left is known as of now;
    /// the quiet period is kept as if the rule had asked alone.
    func simulation(of rule: AskRule, in tx: any Connection) throws -> AskForecast {
        var forecast = AskForecast(from: world.now() - .seconds(Self.simulatedDays * 86_400))
        let occasions = try heard(by: rule, &forecast, in: tx).map { ($0, $0.heardAt) }
        try judge(occasions, by: rule, from: forecast.from, isAlone: true, into: &forecast.counts, in: tx)
        return forecast
    }

    /// Decides about occasions as of a moment each, and writes nothing.
    private func judge(
        _ occasions: [(Occasion, Timestamp)], by rule: AskRule, from start: Timestamp, isAlone: Bool,
        into counts: inout AskCounts, in tx: any Connection
    ) throws {
        var before: AskDesk?
        for first in stride(from: 0, to: occasions.count, by: 1000) {
            let some = occasions[first..<min(first + 1000, occasions.count)]
            let end = (some.map(\.1).max() ?? start) + .seconds((CalendarSpan.longest.days + 3) * 86_400)
            var desk = try AskDesk(
                [rule], about: Set(some.map(\.0.customer)).sorted(), within: start...end,
                account: rule.account, secret: secret, at: start, in: tx)
            if isAlone { (desk.facts.asked, desk.asked) = ([:], [:]) }
            if let before {
                desk.facts.asked.merge(before.facts.asked) { $0 + $1 }
                (desk.asked, desk.day) = (before.asked, before.day)
            }
            for (occasion, now) in some { counts.add(desk.decide(rule, occasion, at: now).outcome) }
            before = desk
        }
    }

    /// What was heard since the forecast's beginning, oldest first.
    private func heard(
        by rule: AskRule, _ forecast: inout AskForecast, in tx: any Connection
    ) throws -> [Occasion] {
        let (event, counted) = (rule.definition.event, rule.definition.countsEvents)
        if rule.definition.asksBySchedule {
            return try turns(of: rule, &forecast, limit: Self.mostForecast, in: tx)
        }
        if let kind = AskRule.ledgerEvents.first(where: { $0.rawValue == event }) {
            let told = try Occasion.told(
                kind, since: forecast.from, account: rule.account, among: Self.mostWalked,
                limit: Self.mostForecast, in: tx)
            forecast.isComplete = told.isComplete
            return try Occasion.among(told.events, counted: counted, account: rule.account, in: tx)
        }
        let events = try CustomerEvent.named(
            event, since: forecast.from, account: rule.account, limit: Self.mostForecast + 1, in: tx)
        forecast.isComplete = events.count <= Self.mostForecast
        return try events.suffix(Self.mostForecast).map { try Occasion($0, counted: counted, in: tx) }
    }

    private func outcomes(
        of rule: AskRule, among keys: [Occasion.Key], in tx: any Connection
    ) throws -> [Occasion.Key: AskOutcome] {
        var found: [Occasion.Key: AskOutcome] = [:]
        for (period, some) in Dictionary(grouping: keys, by: \.period) {
            let rows = try tx.run(
                """
                SELECT occasion, outcome FROM ask_decisions
                WHERE account_id = \(rule.account) AND rule_id = \(rule.id) AND period = \(period)
                  AND occasion IN \(list: some.map(\.number)) LIMIT 1000000
                """)
            for row in rows {
                let key = Occasion.Key(period: period, number: try row.int64("occasion"))
                found[key] = AskOutcome(word: try row.text("outcome"))
            }
        }
        return found
    }
}

extension Asking {
    /// What a page shows of a rule.
    func standing(
        _ rule: AskRule, _ zone: Zone, _ days: Int, in tx: any Connection
    ) throws -> AskRulePage.Standing {
        let sent = try tx.run(
            """
            SELECT COUNT(*) FILTER (WHERE i.reminder = 0) AS sent, COUNT(i.response_id) AS answered
            FROM waves w JOIN invitations i ON i.wave_id = w.id AND i.state = 'sent'
            WHERE w.account_id = \(rule.account) AND w.rule_id = \(rule.id)
              AND w.rule_day > \(zone.day(of: world.now()) - days)
            """)[0]
        return AskRulePage.Standing(
            rule: rule, today: try today(rule, in: tx), month: try simulation(of: rule, in: tx),
            sent: try sent.int("sent"), answered: try sent.int("answered"),
            versions: try AskRuleVersion.all(of: rule.id, account: rule.account, limit: 20, in: tx))
    }
}

extension Occasion {
    /// Events of the ledger of one kind, the newest `limit` among the last `reach` of any kind, oldest
    /// first.
    fileprivate static func told(
        _ kind: EventKind, since start: Timestamp, account: Int64, among reach: Int, limit: Int,
        in tx: any Connection
    ) throws -> (events: [SealedEvent], isComplete: Bool) {
        let after = try SealedEvent.head(account: account, in: tx) - reach
        var events: [SealedEvent] = []
        var before: Int?
        while events.count <= limit {
            let some = try SealedEvent.audit(
                account: account, prefixes: [kind.rawValue], after: after, before: before, limit: 500, in: tx)
            events += some.filter { $0.happenedAt >= start }
            guard let last = some.last, some.count == 500, last.happenedAt >= start else { break }
            before = last.position
        }
        return (events.prefix(limit).reversed(), events.count <= limit)
    }
}
