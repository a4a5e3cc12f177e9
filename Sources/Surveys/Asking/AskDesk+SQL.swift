import Accounts
import Customers
import Database
import Formats
import Kernel

extension AskDesk {
    /// For at most 1,000 customers, who would be written to within `moments`. Every look is by key, so that
    /// a decision costs the same however many customers there are.
    init(
        _ rules: [AskRule], about customers: [Customer.ID], within moments: ClosedRange<Timestamp>,
        account: Int64, secret: [UInt8], at now: Timestamp, in tx: any Connection
    ) throws {
        self.account = try Account.find(Account.ID(account), in: tx)
        self.secret = secret
        policy = ContactPolicy(of: self.account, secret: secret)
        facts = try ContactFacts(
            of: customers, by: .email, policy, counting: Invitation.State.counted, around: moments,
            account: account, in: tx)
        attributes = try CustomerAttribute.all(of: customers, account: account, in: tx)
        openSurveys = try Survey.open(
            among: Set(rules.map(\.definition.survey)), account: account, in: tx)
        excluded = try Exclusion.standing(
            of: customers, from: rules.map(\.id), account: account, in: tx)
        day = self.account.zone.day(of: now)
        let limited = rules.filter { $0.definition.quota != .init() }.map(\.id)
        asked = try Asked.of(limited, on: day, account: account, in: tx)
    }
}

extension AskDesk.Asked {
    fileprivate static func of(
        _ rules: [AskRule.ID], on day: LocalDay, account: Int64, in tx: any Connection
    ) throws -> [AskRule.ID: AskDesk.Asked] {
        if rules.isEmpty { return [:] }
        return try tx.run(
            """
            SELECT rule_id, day, decisions FROM ask_rule_days
            WHERE account_id = \(account) AND rule_id IN \(list: rules)
              AND day >= \(Interval.month.start(of: day)) AND outcome = 'asked' LIMIT 100000
            """
        ).reduce(into: [:]) { all, row in
            let (rule, count): (AskRule.ID, Int) = (try row.id("rule_id"), try row.int("decisions"))
            all[rule, default: AskDesk.Asked()].month += count
            if try row.day("day") == day { all[rule, default: AskDesk.Asked()].day += count }
        }
    }
}

extension Survey {
    /// Those of `ids` that take answers.
    static func open(among ids: Set<ID>, account: Int64, in tx: any Connection) throws -> Set<ID> {
        if ids.isEmpty { return [] }
        return Set(
            try tx.run(
                """
                SELECT id FROM surveys
                WHERE account_id = \(account) AND id IN \(list: ids.sorted()) AND status = 'open' LIMIT 1000
                """
            ).map { try $0.id("id") })
    }
}

extension AskCounts {
    /// What a rule decided from one day to another, both counted.
    static func of(
        _ rules: [AskRule.ID], from first: LocalDay, to last: LocalDay, account: Int64,
        in tx: any Connection
    ) throws -> [AskRule.ID: AskCounts] {
        if rules.isEmpty { return [:] }
        return try tx.run(
            """
            SELECT rule_id, outcome, SUM(decisions) AS decisions FROM ask_rule_days
            WHERE account_id = \(account) AND rule_id IN \(list: rules)
              AND day BETWEEN \(first) AND \(last)
            GROUP BY rule_id, outcome ORDER BY rule_id, outcome LIMIT 100000
            """
        ).reduce(into: [:]) { all, row in
            guard let outcome = AskOutcome(word: try row.text("outcome")) else { return }
            try all[row.id("rule_id"), default: AskCounts()].add(outcome, times: row.int("decisions"))
        }
    }
}
