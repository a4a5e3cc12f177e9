package import Database
package import Kernel
import Ledger

extension ProvisionalScore {
    private static let columns: SQL =
        "p.invitation_id, p.account_id, p.survey_id, p.raw, p.given_at, p.due_at"

    private init(_ row: Row) throws {
        invitation = try row.id("invitation_id")
        account = try row.int64("account_id")
        survey = try row.id("survey_id")
        raw = try row.int("raw")
        givenAt = try row.timestamp("given_at")
        dueAt = try row.timestamp("due_at")
    }

    /// Takes the place of an earlier one.
    func put(in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO provisional_scores (invitation_id, account_id, survey_id, raw, given_at, due_at)
            VALUES (\(invitation), \(account), \(survey), \(raw), \(givenAt), \(dueAt))
            ON CONFLICT (invitation_id) DO UPDATE
            SET raw = excluded.raw, given_at = excluded.given_at, due_at = excluded.due_at
            """)
    }

    /// Takes back what a machine gave.
    static func withdraw(
        of invitation: Invitation, since: Timestamp, in tx: any Connection
    ) throws {
        try tx.run(
            """
            DELETE FROM provisional_scores
            WHERE account_id = \(invitation.account) AND invitation_id = \(invitation.id)
              AND given_at >= \(since)
            """)
    }

    /// How many wait for being sent, or for their day to pass.
    package static func count(
        of surveys: [Survey.ID], account: Int64, from: Timestamp? = nil, to: Timestamp? = nil,
        in tx: any Connection
    ) throws -> Int {
        if surveys.isEmpty { return 0 }
        let (begin, end) = (from?.milliseconds ?? 0, to?.milliseconds ?? .max)
        return try tx.run(
            """
            SELECT COUNT(*) AS n FROM provisional_scores
            WHERE account_id = \(account) AND survey_id IN \(list: surveys)
              AND given_at >= \(begin) AND given_at < \(end)
            """)[0].int("n")
    }

    /// The same for each of some surveys; one without any is left out.
    package static func counts(
        of surveys: [Survey.ID], account: Int64, in tx: any Connection
    ) throws -> [Survey.ID: Int] {
        if surveys.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT survey_id, COUNT(*) AS n FROM provisional_scores
            WHERE account_id = \(account) AND survey_id IN \(list: surveys)
            GROUP BY survey_id LIMIT 1000
            """)
        return try rows.reduce(into: [:]) { all, row in all[try row.id("survey_id")] = try row.int("n") }
    }

    /// Those whose day has passed, the oldest first. Where the survey was closed meanwhile they wait until it
    /// is open again.
    static func due(at now: Timestamp, limit: Int, in tx: any Connection) throws -> [ProvisionalScore] {
        try tx.run(
            """
            SELECT \(columns) FROM provisional_scores p
              JOIN surveys s ON s.id = p.survey_id AND s.account_id = p.account_id
            WHERE p.due_at <= \(now) AND s.status = 'open' -- every account
            ORDER BY p.due_at, p.invitation_id LIMIT \(limit)
            """
        ).map(ProvisionalScore.init)
    }

    /// Makes an answer of it, given when it was given; nothing where it was sent, moved or taken back since.
    func settle(world: World, in tx: any Connection) throws {
        let rows = try tx.run(
            """
            SELECT \(Invitation.columns) FROM invitations
            WHERE account_id = \(account) AND id = \(invitation) AND response_id IS NULL
              AND EXISTS (SELECT 1 FROM provisional_scores p WHERE p.account_id = \(account)
                AND p.invitation_id = \(invitation) AND p.due_at = \(dueAt))
            """)
        let survey = try Survey.find(survey, account: account, in: tx)
        if survey.status != .open { return }
        guard let row = rows.first, let score = Score(raw, on: survey.scale) else {
            return try drop(in: tx)
        }
        let invitation = try Invitation(row)
        var draft = ResponseDraft(score: score)
        draft.occurredAt = givenAt
        draft.language = invitation.language
        let recording = Recording(source: .page, actor: .customer, world: world, now: world.now())
        _ = try invitation.answer(draft, for: survey, recording, in: tx)
    }
    private func drop(in tx: any Connection) throws {
        try tx.run(
            """
            DELETE FROM provisional_scores
            WHERE account_id = \(account) AND invitation_id = \(invitation) AND due_at = \(dueAt)
            """)
    }
}
