package import Accounts
package import Customers
package import Database
import Formats
package import Kernel
package import Ledger
package import Surveys

extension EventKind {
    package static let caseOpened = EventKind("case.opened")
    package static let caseAssigned = EventKind("case.assigned")
    package static let caseContacted = EventKind("case.contacted")
    package static let caseResolved = EventKind("case.resolved")
    package static let caseVerified = EventKind("case.verified")
    package static let caseReopened = EventKind("case.reopened")
    package static let caseClosed = EventKind("case.closed")
    package static let caseEscalated = EventKind("case.escalated")
}

extension RecoveryCase {
    private static let columns: SQL = """
        id, account_id, response_id, reply_id, rule, survey_id, customer_id, stage, owner_id, queue, due_at,
        opened_at, round, escalation, cause, remedy, resolution_note, resolved_at, closure_reason,
        closure_note, ended_at, verdict_token_hash
        """

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        response = try row.optionalID("response_id")
        reply = try row.optionalID("reply_id")
        rule = try row.text("rule")
        survey = try row.id("survey_id")
        customer = try row.optionalID("customer_id")
        stage = try row.value("stage")
        owner = try row.optionalID("owner_id")
        queue = try row.optionalText("queue")
        dueAt = try row.timestamp("due_at")
        openedAt = try row.timestamp("opened_at")
        round = try row.int("round")
        escalation = Escalation(rawValue: try row.int("escalation")) ?? .none
        cause = try row.optionalText("cause")
        remedy = try row.optionalText("remedy")
        resolutionNote = try row.optionalText("resolution_note")
        resolvedAt = try row.optionalTimestamp("resolved_at")
        closureReason = try row.optionalText("closure_reason")
        closureNote = try row.optionalText("closure_note")
        endedAt = try row.optionalTimestamp("ended_at")
        verdictTokenHash = try row.optionalText("verdict_token_hash")
    }

    /// Throws not-found for what is unknown or another account's.
    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> RecoveryCase {
        let rows = try tx.run(
            "SELECT \(columns) FROM recovery_cases WHERE account_id = \(account) AND id = \(id) LIMIT 1")
        guard let row = rows.first else { throw DomainError.notFound }
        return try RecoveryCase(row)
    }

    /// Those of some that there are, each by its id.
    package static func find(
        _ ids: [ID], account: Int64, in tx: any Connection
    ) throws -> [ID: RecoveryCase] {
        if ids.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT \(columns) FROM recovery_cases
            WHERE account_id = \(account) AND id IN \(list: ids) LIMIT \(ids.count)
            """)
        return Dictionary(
            try rows.map(RecoveryCase.init).map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
    }

    /// By the token of a customer's link; throws not-found for a token of no case.
    static func find(verdictToken token: String, _ links: VerdictLink, in tx: any Connection) throws
        -> RecoveryCase
    {
        let hash = links.hash(of: token)
        let rows = try tx.run(
            "SELECT \(columns) FROM recovery_cases WHERE verdict_token_hash = \(hash) LIMIT 1")
        guard let row = rows.first else { throw DomainError.notFound }
        return try RecoveryCase(row)
    }

    package static func ofResponse(
        _ response: SurveyResponse.ID, account: Int64, in tx: any Connection
    ) throws -> RecoveryCase? {
        try tx.run(
            """
            SELECT \(columns) FROM recovery_cases
            WHERE account_id = \(account) AND response_id = \(response) LIMIT 1
            """
        ).first.map(RecoveryCase.init)
    }

    /// Those of some responses that have a case.
    static func known(
        ofResponses ids: [SurveyResponse.ID], account: Int64, in tx: any Connection
    ) throws -> Set<SurveyResponse.ID> {
        Set(
            try tx.run(
                """
                SELECT response_id FROM recovery_cases
                WHERE account_id = \(account) AND response_id IN \(list: ids) LIMIT \(ids.count)
                """
            ).map { try $0.id("response_id") })
    }

    /// Those of some replies that have a case.
    static func known(
        ofReplies ids: [Reply.ID], account: Int64, in tx: any Connection
    ) throws -> Set<Reply.ID> {
        Set(
            try tx.run(
                """
                SELECT reply_id FROM recovery_cases
                WHERE account_id = \(account) AND reply_id IN \(list: ids) LIMIT \(ids.count)
                """
            ).map { try $0.id("reply_id") })
    }

    /// Those of some people with whose case somebody is at work.
    static func customersAtWork(
        among ids: [Customer.ID], account: Int64, in tx: any Connection
    ) throws -> Set<Customer.ID> {
        Set(
            try tx.run(
                """
                SELECT DISTINCT customer_id FROM recovery_cases
                WHERE account_id = \(account) AND customer_id IN \(list: ids)
                  AND stage IN ('open', 'contacted') LIMIT \(ids.count)
                """
            ).map { try $0.id("customer_id") })
    }

    /// The page of the case that a response opened.
    @Sendable package static func address(
        _ response: SurveyResponse.ID, account: Int64, in tx: any Connection
    ) throws -> String? {
        try ofResponse(response, account: account, in: tx).map { "/cases/\($0.id)" }
    }

    /// Cases of answers and replies that have none yet.
    static func insert(_ cases: [RecoveryCase], in tx: any Connection) throws {
        var rows = NewRows(
            "recovery_cases",
            [
                ("id", .integer), ("account_id", .integer), ("response_id", .integer),
                ("reply_id", .integer), ("rule", .text), ("survey_id", .integer), ("customer_id", .integer),
                ("stage", .text), ("owner_id", .integer), ("queue", .text), ("due_at", .integer),
                ("opened_at", .integer), ("round", .integer), ("escalation", .integer),
            ])
        for one in cases {
            rows.add([
                .of(one.id), .of(one.account), .of(one.response), .of(one.reply), .of(one.rule),
                .of(one.survey), .of(one.customer), .of(one.stage), .of(one.owner), .of(one.queue),
                .of(one.dueAt), .of(one.openedAt), .of(one.round), .of(one.escalation.rawValue),
            ])
        }
        try tx.insert(rows)
    }

    func update(in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE recovery_cases SET stage = \(stage), owner_id = \(owner), queue = \(queue),
              due_at = \(dueAt), round = \(round), escalation = \(escalation.rawValue),
              cause = \(cause), remedy = \(remedy),
              resolution_note = \(resolutionNote), resolved_at = \(resolvedAt),
              closure_reason = \(closureReason), closure_note = \(closureNote),
              ended_at = \(endedAt), verdict_token_hash = \(verdictTokenHash)
            WHERE account_id = \(account) AND id = \(id)
            """)
    }

    /// Writes the case and the event that tells of it.
    func save(
        _ kind: EventKind, by actor: Actor, payload: [String: String] = [:], world: World, at now: Timestamp,
        in tx: any Connection
    ) throws {
        try update(in: tx)
        try tell(kind, by: actor, payload: payload, world: world, at: now, in: tx)
    }

    func tell(
        _ kind: EventKind, by actor: Actor, payload: [String: String] = [:], world: World, at now: Timestamp,
        in tx: any Connection
    ) throws {
        let event = event(kind, by: actor, payload: payload, id: world.newID(), at: now)
        try Ledger.append([event], in: tx)
    }

    func event(
        _ kind: EventKind, by actor: Actor, payload: [String: String], id: Int64, at now: Timestamp
    ) -> NewEvent {
        NewEvent(
            kind, about: self.id.number, customer: customer?.number, by: actor,
            payload: JSONObject(payload.map { ($0.key, .string($0.value)) }), id: id, account: account,
            at: now)
    }

    /// What a list of cases may be narrowed by.
    package struct Filter: Sendable, Equatable {
        /// Any stage when empty.
        package var stages: [Stage] = []
        package var overdueOnly = false
        package var owner: Member.ID?
        package init() {}
    }

    /// Newest first, for the API; `before` is the last id of the page before.
    package static func list(
        _ filter: Filter, account: Int64, before: ID?, limit: Int, at now: Timestamp, in tx: any Connection
    ) throws -> [RecoveryCase] {
        var conditions = conditions(filter, now)
        if let before { conditions.append("id < \(before)") }
        return try tx.run(
            """
            SELECT \(columns) FROM recovery_cases
            WHERE account_id = \(account) AND \(conditions.joined(" AND "))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(RecoveryCase.init)
    }

    /// What is due first stands first, for the people who work on them; of cases that have ended, the last
    /// one.
    package static func byDue(
        _ filter: Filter, account: Int64, offset: Int = 0, limit: Int, at now: Timestamp,
        in tx: any Connection
    ) throws -> [RecoveryCase] {
        try tx.run(
            """
            SELECT \(columns) FROM recovery_cases
            WHERE account_id = \(account) AND \(conditions(filter, now).joined(" AND "))
            ORDER BY ended_at DESC NULLS FIRST, due_at, id LIMIT \(limit) OFFSET \(offset)
            """
        ).map(RecoveryCase.init)
    }

    /// How many cases stand in each stage, and how many of those that the filter's owner has are overdue.
    package static func counts(
        of owner: Member.ID?, account: Int64, at now: Timestamp, in tx: any Connection
    ) throws -> (byStage: [Stage: Int], overdue: Int) {
        var filter = Filter()
        filter.owner = owner
        let rows = try tx.run(
            """
            SELECT stage, COUNT(*) AS n,
              COUNT(*) FILTER (WHERE stage IN ('open', 'contacted') AND due_at < \(now)) AS overdue
            FROM recovery_cases WHERE account_id = \(account) AND \(conditions(filter, now).joined(" AND "))
            GROUP BY stage LIMIT 10
            """)
        var byStage: [Stage: Int] = [:]
        for row in rows { byStage[try row.value("stage")] = try row.int("n") }
        return (byStage, try rows.reduce(0) { try $0 + $1.int("overdue") })
    }

    /// Accounts in which somebody has still to be told that a case is late. At most 1,000.
    static func accountsToEscalate(at now: Timestamp, in tx: any Connection) throws -> [Int64] {
        try tx.run(
            """
            SELECT DISTINCT account_id FROM recovery_cases
            WHERE stage IN ('open', 'contacted') AND due_at < \(now) AND escalation < 2
            ORDER BY account_id LIMIT 1000
            """
        ).map { try $0.int64("account_id") }
    }

    /// Late cases of which somebody has still to hear, those first of which nobody has. At most 500.
    static func toEscalate(account: Int64, at now: Timestamp, in tx: any Connection) throws -> [RecoveryCase]
    {
        try tx.run(
            """
            SELECT \(columns) FROM recovery_cases
            WHERE account_id = \(account) AND stage IN ('open', 'contacted') AND due_at < \(now)
              AND escalation < 2
            ORDER BY escalation, due_at, id LIMIT 500
            """
        ).map(RecoveryCase.init)
    }

    /// Takes over people who named themselves after their answer had opened a case.
    static func takeCustomers(ofResponses ids: [Int64], account: Int64, in tx: any Connection) throws {
        guard !ids.isEmpty else { return }
        try tx.run(
            """
            UPDATE recovery_cases SET customer_id = (
              SELECT r.customer_id FROM responses r
              WHERE r.account_id = \(account) AND r.id = recovery_cases.response_id)
            WHERE account_id = \(account) AND customer_id IS NULL AND response_id IN \(list: ids)
            """)
    }

    /// Takes the person off the case, and all words that were written about them.
    @Sendable package static func forget(customer: Customer.ID, account: Int64, in tx: any Connection) throws
    {
        let theirs: SQL =
            "SELECT id FROM recovery_cases WHERE account_id = \(account) AND customer_id = \(customer)"
        try tx.run(
            "UPDATE case_contacts SET note = NULL WHERE account_id = \(account) AND case_id IN (\(theirs))")
        try tx.run(
            "UPDATE case_verdicts SET note = NULL WHERE account_id = \(account) AND case_id IN (\(theirs))")
        try tx.run(
            """
            UPDATE recovery_cases SET customer_id = NULL, resolution_note = NULL, closure_note = NULL,
              verdict_token_hash = NULL
            WHERE account_id = \(account) AND customer_id = \(customer)
            """)
    }

    private static func conditions(_ filter: Filter, _ now: Timestamp) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        if !filter.stages.isEmpty { conditions.append("stage IN \(list: filter.stages)") }
        if let owner = filter.owner { conditions.append("owner_id = \(owner)") }
        if filter.overdueOnly { conditions.append("stage IN ('open', 'contacted') AND due_at < \(now)") }
        return conditions
    }
}
