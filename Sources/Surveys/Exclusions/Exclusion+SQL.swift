package import Customers
package import Database
import Formats
package import Kernel
package import Ledger
import Web

extension EventKind {
    package static let exclusionCreated = EventKind("exclusion.created")
    package static let exclusionLifted = EventKind("exclusion.lifted")
}

extension Invitation {
    /// Why one is withdrawn whose person is left out by hand.
    package static let excluded = "excluded"
}

extension Exclusion {
    private static let columns: SQL = """
        id, account_id, survey_id, wave_id, rule_id, customer_id, reason, note, excluded_by, created_at,
        lifted_at
        """

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        survey = try row.id("survey_id")
        let wave: Wave.ID? = try row.optionalID("wave_id")
        scope = try wave.map { Scope.wave($0) } ?? .rule(row.id("rule_id"))
        customer = try row.optionalID("customer_id")
        reason = try row.value("reason")
        note = try row.optionalText("note")
        excludedBy = Actor(try row.text("excluded_by")) ?? .system
        createdAt = try row.timestamp("created_at")
        liftedAt = try row.optionalTimestamp("lifted_at")
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> Exclusion {
        let rows = try tx.run(
            "SELECT \(columns) FROM exclusions WHERE account_id = \(account) AND id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try Exclusion(row)
    }

    /// Newest first. `before` is the last one of the page before.
    static func list(
        of scope: Scope, account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [Exclusion] {
        try tx.run(
            """
            SELECT \(columns) FROM exclusions
            WHERE account_id = \(account) AND \(condition(scope)) AND id < \(before?.number ?? Int64.max)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Exclusion.init)
    }

    private static func condition(_ scope: Scope) -> SQL {
        switch scope {
        case .wave(let id): "wave_id = \(id)"
        case .rule(let id): "rule_id = \(id)"
        }
    }

    /// Leaves a known customer out. Of a wave it takes back what is planned, and throws
    /// `invitation-not-planned` where nothing is; of a rule it holds for what comes until it is lifted, and a
    /// second one is the first.
    static func make(
        _ input: ExclusionInput, of scope: Scope, account: Int64, by actor: Actor, world: World,
        in tx: any Connection
    ) throws -> Exclusion {
        let now = world.now()
        let (survey, waves) = try place(scope, account: account, in: tx)
        var people = try CustomerBook(for: [input.customer], account: account, world: world, at: now, in: tx)
        // Looked up, and never written.
        let found = try people.hear(input.customer, from: .stranger)
        if found.isNew { throw DomainError.invalid("/customer", "not-found") }
        let customer = found.customer.id
        if case .rule = scope, let known = try standing(scope, customer, account: account, in: tx) {
            return known
        }
        let planned = try tx.run(
            """
            SELECT \(Invitation.columns) FROM invitations
            WHERE account_id = \(account) AND customer_id = \(customer) AND state = 'planned'
              AND wave_id IN (\(waves)) LIMIT 10000
            """
        ).map(Invitation.init)
        let taken = try planned.count {
            try $0.withdraw(because: Invitation.excluded, world: world, at: now, in: tx)
        }
        if case .wave = scope, taken == 0 { throw DomainError.invitationNotPlanned }
        let made = Exclusion(
            id: world.id(), account: account, survey: survey, scope: scope, customer: customer,
            reason: input.reason, note: input.note, excludedBy: actor, createdAt: now, liftedAt: nil)
        try made.insert(in: tx)
        try made.tell(.exclusionCreated, by: actor, world: world, at: now, in: tx)
        return made
    }

    /// The survey of a wave or a rule, and all its waves. Throws not-found.
    private static func place(
        _ scope: Scope, account: Int64, in tx: any Connection
    ) throws -> (survey: Survey.ID, waves: SQL) {
        switch scope {
        case .wave(let id):
            return (
                try Wave.find(id, account: account, in: tx).survey,
                "SELECT id FROM waves WHERE account_id = \(account) AND id = \(id)"
            )
        case .rule(let id):
            return (
                try AskRule.find(id, account: account, in: tx).definition.survey,
                "SELECT id FROM waves WHERE account_id = \(account) AND rule_id = \(id)"
            )
        }
    }

    private static func standing(
        _ scope: Scope, _ customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws -> Exclusion? {
        try tx.run(
            """
            SELECT \(columns) FROM exclusions
            WHERE account_id = \(account) AND customer_id = \(customer) AND \(condition(scope))
              AND lifted_at IS NULL LIMIT 1
            """
        ).first.map(Exclusion.init)
    }

    private func insert(in tx: any Connection) throws {
        var (wave, rule): (Wave.ID?, AskRule.ID?)
        switch scope {
        case .wave(let id): wave = id
        case .rule(let id): rule = id
        }
        try tx.run(
            """
            INSERT INTO exclusions (\(Self.columns))
            VALUES (\(id), \(account), \(survey), \(wave), \(rule), \(customer), \(reason), \(note),
              \(excludedBy.description), \(createdAt), \(liftedAt))
            """)
    }

    /// The rule asks the person again. Throws `exclusion-of-a-wave`, for what was taken back stays so.
    func lift(by actor: Actor, world: World, in tx: any Connection) throws {
        guard case .rule = scope else { throw DomainError.exclusionOfAWave }
        let now = world.now()
        let lifted = try tx.run(
            """
            UPDATE exclusions SET lifted_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND lifted_at IS NULL RETURNING id
            """)
        if lifted.isEmpty { return }
        try tell(.exclusionLifted, by: actor, world: world, at: now, in: tx)
    }

    /// Holds no note: that may say who somebody is.
    private func tell(
        _ kind: EventKind, by actor: Actor, world: World, at now: Timestamp, in tx: any Connection
    ) throws {
        var payload: JSONObject = ["survey": .id(survey), "reason": .string(reason.rawValue)]
        switch scope {
        case .wave(let id): payload.append("wave", .id(id))
        case .rule(let id): payload.append("rule", .id(id))
        }
        try Ledger.append(
            kind, about: id.number, customer: customer?.number, by: actor, payload: payload,
            id: world.newID(), account: account, at: now, in: tx)
    }

    /// Whom some rules must leave out, of at most 1,000 people.
    static func standing(
        of customers: [Customer.ID], from rules: [AskRule.ID], account: Int64, in tx: any Connection
    ) throws -> [AskRule.ID: Set<Customer.ID>] {
        if customers.isEmpty || rules.isEmpty { return [:] }
        return try tx.run(
            """
            SELECT rule_id, customer_id FROM exclusions
            WHERE account_id = \(account) AND customer_id IN \(list: customers) AND rule_id IN \(list: rules)
              AND lifted_at IS NULL LIMIT 100000
            """
        ).reduce(into: [:]) { all, row in
            try all[row.id("rule_id"), default: []].insert(row.id("customer_id"))
        }
    }

    /// How many were left out about a survey in a span of time, by reason and by who did it.
    package static func counts(
        about survey: Survey.ID, from: Timestamp, to: Timestamp, account: Int64, in tx: any Connection
    ) throws -> [(reason: Reason, by: Actor, count: Int)] {
        try tx.run(
            """
            SELECT reason, excluded_by, COUNT(*) AS n FROM exclusions
            WHERE account_id = \(account) AND survey_id = \(survey) AND created_at >= \(from)
              AND created_at < \(to)
            GROUP BY reason, excluded_by ORDER BY reason, excluded_by LIMIT 10000
            """
        ).map { row in
            (
                reason: try row.value("reason"), by: Actor(try row.text("excluded_by")) ?? .system,
                count: try row.int("n")
            )
        }
    }

    /// What was said of somebody who is erased; that somebody was left out stays counted.
    @Sendable package static func forget(
        customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws {
        try tx.run(
            """
            UPDATE exclusions SET customer_id = NULL, note = NULL
            WHERE account_id = \(account) AND customer_id = \(customer)
            """)
    }

    /// Takes away all that was left out or passed over about surveys that are taken away.
    static func remove(about surveys: SQL, account: Int64, in tx: any Connection) throws {
        try tx.run("DELETE FROM exclusions WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try tx.run(
            """
            DELETE FROM wave_skips WHERE account_id = \(account) AND wave_id IN (
              SELECT id FROM waves WHERE account_id = \(account) AND survey_id IN (\(surveys)))
            """)
    }
}

extension DomainError {
    /// What a wave no longer plans is not planned again.
    package static let exclusionOfAWave = DomainError(.conflict, "exclusion-of-a-wave")
}
