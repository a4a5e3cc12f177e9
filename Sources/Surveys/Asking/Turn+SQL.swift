import Accounts
import Customers
import Database
import Formats
import Kernel

extension AskRule {
    /// Those of every account that ask by the calendar and are at work.
    static func bySchedule(limit: Int, in tx: any Connection) throws -> [(id: ID, account: Int64)] {
        try tx.run(
            """
            SELECT id, account_id FROM ask_rules WHERE event = \(schedule) AND state = 'active'
            ORDER BY id LIMIT \(limit) -- every account
            """
        ).map { (id: try $0.id("id"), account: try $0.int64("account_id")) }
    }

    /// What a customer's turn is to this rule.
    fileprivate func turn(of customer: Customer.ID, in period: Int, at now: Timestamp) -> Occasion {
        Occasion(
            key: Occasion.Key(period: Int64(period), number: customer.number), customer: customer,
            event: Self.schedule, properties: [:], occurredAt: now, heardAt: now)
    }
}

extension Asking {
    /// Goes on through the customers of an account, those whose turn it is in this period; false once all
    /// were seen. Who comes later is seen later, and nobody twice in a period.
    func takeTurns(
        _ id: AskRule.ID, account: Int64, limit: Int = 500, in tx: any Connection
    ) throws -> Bool {
        let now = world.now()
        let rule = try AskRule.find(id, account: account, in: tx)
        guard rule.state == .active, let round = try round(of: rule, at: now, in: tx) else { return false }
        let customers = try Customer.ids(after: round.last, account: account, limit: limit, in: tx)
        guard let last = customers.last else { return false }
        let due = customers.filter { rule.isTurn(of: $0, in: round.period, secret: secret) }
        try decide(
            due.map { Question(rule: rule, occasion: rule.turn(of: $0, in: round.period, at: now)) },
            account: account, at: now, in: tx)
        try tx.run(
            """
            INSERT INTO ask_rule_rounds (rule_id, period, account_id, customer_id)
            VALUES (\(id), \(round.period), \(account), \(last))
            ON CONFLICT (rule_id, period) DO UPDATE SET customer_id = excluded.customer_id
            """)
        return customers.count == limit
    }

    /// The period of today, and how far the rule has gone in it; `nil` for a rule that has none.
    private func round(
        of rule: AskRule, at now: Timestamp, in tx: any Connection
    ) throws -> (period: Int, last: Customer.ID?)? {
        guard let kind = rule.definition.period else { return nil }
        let zone = try Account.find(Account.ID(rule.account), in: tx).zone
        let period = kind.number(of: zone.day(of: now))
        let rows = try tx.run(
            """
            SELECT customer_id FROM ask_rule_rounds
            WHERE account_id = \(rule.account) AND rule_id = \(rule.id) AND period = \(period)
            """)
        return (period, try rows.first?.id("customer_id"))
    }

    /// Those whose turn is still to come in this period, at most `limit` customers on; what was decided is
    /// counted.
    func turns(
        of rule: AskRule, _ forecast: inout AskForecast, limit: Int, in tx: any Connection
    ) throws -> [Occasion] {
        let now = world.now()
        guard let round = try round(of: rule, at: now, in: tx) else { return [] }
        let decided = try tx.run(
            """
            SELECT outcome, COUNT(*) AS decisions FROM ask_decisions
            WHERE account_id = \(rule.account) AND rule_id = \(rule.id) AND period = \(round.period)
            GROUP BY outcome ORDER BY outcome
            """)
        for row in decided {
            guard let outcome = AskOutcome(word: try row.text("outcome")) else { continue }
            forecast.counts.add(outcome, times: try row.int("decisions"))
        }
        let rest = try Customer.ids(
            after: round.last, account: rule.account, limit: limit + 1, in: tx)
        forecast.isComplete = rest.count <= limit
        return rest.prefix(limit).filter { rule.isTurn(of: $0, in: round.period, secret: secret) }
            .map { rule.turn(of: $0, in: round.period, at: now) }
    }
}
