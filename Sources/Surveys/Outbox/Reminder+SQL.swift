import Accounts
import Database
import Formats
import Kernel

extension Invitation {
    /// What became of letters that others repeat.
    static func find(
        _ ids: [ID], account: Int64, in tx: any Connection
    ) throws -> [ID: Invitation] {
        if ids.isEmpty { return [:] }
        let found = try tx.run(
            """
            SELECT \(columns) FROM invitations
            WHERE account_id = \(account) AND id IN \(list: ids) LIMIT 10000
            """
        ).map(Invitation.init)
        return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// It leaves when its hours begin, or when it is its turn in the queue of its domain.
    func wait(until moment: Timestamp, _ isTurn: Bool, in tx: any Connection) throws {
        let turn = isTurn ? moment : nil
        try tx.run(
            """
            UPDATE invitations SET send_at = \(moment), turn_at = \(turn)
            WHERE account_id = \(account) AND id = \(id) AND state = 'planned'
            """)
    }

    /// The next letter behind the same link, now that this one has left. One that would come after the end of
    /// the link is not planned. Nobody is given the token of its own.
    func planReminder(world: World, at now: Timestamp, in tx: any Connection) throws {
        guard let span = reminders.first else { return }
        let due = (window?.zone ?? .utc).moment(span, after: now)
        let sendAt = window?.opening(from: due) ?? due
        guard sendAt < expiresAt else { return }
        let hash = SecretHash.of(world.secretToken())
        try tx.run(
            """
            INSERT INTO invitations (id, account_id, wave_id, survey_id, customer_id, contact_point_id,
              channel, language, touchpoint, state, token_hash, attempts, send_at, expires_at, reminders,
              send_window, reminder, reminder_of, created_at)
            SELECT \(world.newID()), account_id, wave_id, survey_id, customer_id, contact_point_id,
              channel, language, touchpoint, 'planned', \(hash), 0, \(sendAt), expires_at,
              \(Array(reminders.dropFirst()).joined), send_window, \(reminder + 1), id, \(now)
            FROM invitations
            WHERE account_id = \(account) AND id = \(first) AND customer_id IS NOT NULL
              AND response_id IS NULL
            ON CONFLICT (account_id, customer_id, wave_id, reminder) WHERE customer_id IS NOT NULL
            DO NOTHING
            """)
    }
}
