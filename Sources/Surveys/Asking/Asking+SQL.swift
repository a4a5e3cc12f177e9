import Accounts
import Customers
import Database
import Formats
import Kernel
import Ledger

extension Asking {
    /// Asks each rule that is at work about each event that it is about, once.
    func take(_ events: [SealedEvent], account: Int64, in tx: any Connection) throws {
        let names = Set(events.compactMap(Occasion.name)).sorted()
        let rules = try AskRule.active(about: names, account: account, in: tx)
        if rules.isEmpty { return }
        let wanted = Set(rules.map(\.definition.event))
        let told = events.filter { Occasion.name(of: $0).map(wanted.contains) ?? false }
        let occasions = try Occasion.among(
            told, counted: rules.contains(where: \.definition.countsEvents), account: account, in: tx)
        let questions = occasions.flatMap { occasion in
            rules.filter {
                $0.definition.event == occasion.event && occasion.heardAt >= $0.activeSince
            }.map { Question(rule: $0, occasion: occasion) }
        }
        try decide(questions, account: account, at: world.now(), in: tx)
    }

    /// Decides what is not decided yet, writes it down and plans who is asked. At most 1,000 customers.
    func decide(
        _ questions: [Question], account: Int64, at now: Timestamp, in tx: any Connection
    ) throws {
        let open = try undecided(questions, account: account, in: tx)
        if open.isEmpty { return }
        let rules = Dictionary(open.map { ($0.rule.id, $0.rule) }, uniquingKeysWith: { first, _ in first })
        var desk = try AskDesk(
            rules.values.sorted { $0.id < $1.id },
            about: Set(open.map(\.occasion.customer)).sorted(), within: now...now + Self.furthest,
            account: account, secret: secret, at: now, in: tx)
        var log = AskLog(account: account, day: desk.account.zone.day(of: now), at: now)
        var waves: [AskRule.ID: Wave.ID] = [:]
        for question in open {
            let plan = desk.decide(question.rule, question.occasion, at: now)
            var outcome = plan.outcome
            if outcome == .asked {
                let rule = question.rule
                let wave = try waves[rule.id] ?? wave(of: rule, on: log.day, at: now, in: tx)
                waves[rule.id] = wave
                let isNew = try invite(question, plan, desk, wave: wave, at: now, in: tx)
                if !isNew { outcome = .skipped(.duplicate) }
            }
            log.add(question, outcome)
            guard case .skipped(let skip) = outcome, skip.isOfSomebodyMeant else { continue }
            let wave = try waves[question.rule.id] ?? wave(of: question.rule, on: log.day, at: now, in: tx)
            waves[question.rule.id] = wave
            log.pass(question.occasion.agent, because: skip, by: wave)
        }
        try log.write(in: tx)
    }

    /// The longest delay, and a night after it.
    private static let furthest = Duration.seconds((CalendarSpan.longest.days + 3) * 86_400)

    private func undecided(
        _ questions: [Question], account: Int64, in tx: any Connection
    ) throws -> [Question] {
        if questions.isEmpty { return [] }
        var known: Set<[Int64]> = []
        for period in Set(questions.map(\.occasion.key.period)).sorted() {
            let some = questions.filter { $0.occasion.key.period == period }
            let rows = try tx.run(
                """
                SELECT rule_id, occasion FROM ask_decisions
                WHERE account_id = \(account) AND rule_id IN \(list: Set(some.map(\.rule.id)).sorted())
                  AND period = \(period)
                  AND occasion IN \(list: Set(some.map(\.occasion.key.number)).sorted())
                LIMIT 1000000
                """)
            for row in rows { known.insert([try row.int64("rule_id"), period, try row.int64("occasion")]) }
        }
        return questions.filter { question in
            let key = question.occasion.key
            return known.insert([question.rule.id.number, key.period, key.number]).inserted
        }
    }

    /// What one version of a rule asks on one day is one wave.
    private func wave(
        of rule: AskRule, on day: LocalDay, at now: Timestamp, in tx: any Connection
    ) throws -> Wave.ID {
        let known = try tx.run(
            """
            SELECT id FROM waves
            WHERE account_id = \(rule.account) AND rule_id = \(rule.id) AND rule_version = \(rule.version)
              AND rule_day = \(day)
            """)
        if let row = known.first { return try row.id("id") }
        let id: Wave.ID = world.id()
        try tx.run(
            """
            INSERT INTO waves (id, account_id, survey_id, channel, touchpoint, planned_by, send_at, skipped,
              created_at, rule_id, rule_version, rule_day)
            VALUES (\(id), \(rule.account), \(rule.definition.survey), \(rule.definition.channel),
              \(rule.definition.touchpoint), \(Actor.system.description), \(now), '{}', \(now), \(rule.id),
              \(rule.version), \(day))
            """)
        return id
    }

    /// False where the wave asks this customer already.
    private func invite(
        _ question: Question, _ plan: AskDesk.Plan, _ desk: AskDesk, wave: Wave.ID, at now: Timestamp,
        in tx: any Connection
    ) throws -> Bool {
        let (definition, customer) = (question.rule.definition, question.occasion.customer)
        guard let reach = desk.facts.reach[customer] else { return false }
        let id: Invitation.ID = world.id()
        return try !tx.run(
            """
            INSERT INTO invitations (id, account_id, wave_id, survey_id, customer_id, contact_point_id,
              channel, language, touchpoint, agent, state, token_hash, attempts, send_at, expires_at,
              reminders, send_window, created_at)
            VALUES (\(id), \(question.rule.account), \(wave), \(definition.survey), \(customer),
              \(reach.openPoint?.id), \(definition.channel), \(reach.customer.language),
              \(definition.touchpoint), \(question.occasion.agent), 'planned',
              \(links.hash(of: links.token(of: id))), 0, \(plan.sendAt),
              \(plan.sendAt + Invitation.lifetime), \(definition.reminders.joined),
              \(plan.window?.description), \(now))
            ON CONFLICT (account_id, customer_id, wave_id, reminder) WHERE customer_id IS NOT NULL
            DO NOTHING RETURNING id
            """
        ).isEmpty
    }
}

/// What rules decided, on its way into the tables.
private struct AskLog {
    let account: Int64
    let day: LocalDay
    let now: Timestamp
    private var decisions = NewRows(
        "ask_decisions",
        [
            ("rule_id", .integer), ("period", .integer), ("occasion", .integer), ("account_id", .integer),
            ("rule_version", .integer), ("outcome", .text), ("decided_at", .integer),
        ])
    private var counts: [AskRule.ID: [String: Int]] = [:]
    private var passed: [Passed: Int] = [:]

    /// Who was passed over on the day of a rule, as coverage counts it.
    private struct Passed: Hashable, Comparable {
        let wave: Wave.ID
        let agent: String
        let reason: String

        static func < (left: Passed, right: Passed) -> Bool {
            (left.wave, left.agent, left.reason) < (right.wave, right.agent, right.reason)
        }
    }

    init(account: Int64, day: LocalDay, at now: Timestamp) {
        self.account = account
        self.day = day
        self.now = now
    }

    mutating func add(_ question: Asking.Question, _ outcome: AskOutcome) {
        let key = question.occasion.key
        decisions.add([
            .of(question.rule.id), .of(key.period), .of(key.number), .of(account),
            .of(question.rule.version), .of(outcome.word), .of(now),
        ])
        counts[question.rule.id, default: [:]][outcome.word, default: 0] += 1
    }

    mutating func pass(_ agent: String?, because skip: AskSkip, by wave: Wave.ID) {
        passed[Passed(wave: wave, agent: agent ?? "", reason: skip.rawValue), default: 0] += 1
    }

    func write(in tx: any Connection) throws {
        try tx.insert(decisions)
        try writePassed(in: tx)
        var days = NewRows(
            "ask_rule_days",
            [
                ("rule_id", .integer), ("day", .integer), ("outcome", .text), ("account_id", .integer),
                ("decisions", .integer),
            ])
        for (rule, outcomes) in counts.sorted(by: { $0.key < $1.key }) {
            for (outcome, count) in outcomes.sorted(by: { $0.key < $1.key }) {
                days.add([.of(rule), .of(day), .of(outcome), .of(account), .of(count)])
            }
        }
        try tx.insert(
            days,
            else: """
                ON CONFLICT (rule_id, day, outcome)
                DO UPDATE SET decisions = ask_rule_days.decisions + excluded.decisions
                """)
    }

    private func writePassed(in tx: any Connection) throws {
        if passed.isEmpty { return }
        var rows = NewRows(
            "wave_skips",
            [
                ("wave_id", .integer), ("agent", .text), ("reason", .text), ("account_id", .integer),
                ("people", .integer),
            ])
        for (one, count) in passed.sorted(by: { $0.key < $1.key }) {
            rows.add([.of(one.wave), .of(one.agent), .of(one.reason), .of(account), .of(count)])
        }
        try tx.insert(
            rows,
            else: """
                ON CONFLICT (wave_id, agent, reason)
                DO UPDATE SET people = wave_skips.people + excluded.people
                """)
    }
}
