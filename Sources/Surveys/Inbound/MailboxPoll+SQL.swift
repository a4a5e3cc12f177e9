package import Database
import Kernel

extension MailboxPoll {
    private static let columns: SQL =
        "mailbox, uid_validity, last_uid, taken, polled_at, failures, reason, failing_since"

    private init(_ row: Row) throws {
        self.init(try row.text("mailbox"))
        validity = try row.int64("uid_validity")
        lastNumber = try row.int64("last_uid")
        taken = try row.int("taken")
        polledAt = try row.optionalTimestamp("polled_at")
        failures = try row.int("failures")
        reason = try row.optionalText("reason")
        failingSince = try row.optionalTimestamp("failing_since")
    }

    static func find(_ mailbox: String, in tx: any Connection) throws -> MailboxPoll {
        try tx.run("SELECT \(columns) FROM mailbox_polls WHERE mailbox = \(mailbox)").first
            .map(MailboxPoll.init) ?? MailboxPoll(mailbox)
    }

    /// The one that was read or tried last; `nil` where none ever was.
    package static func last(in tx: any Connection) throws -> MailboxPoll? {
        try tx.run(
            """
            SELECT \(columns) FROM mailbox_polls
            ORDER BY COALESCE(polled_at, 0) DESC, COALESCE(failing_since, 0) DESC LIMIT 1
            """
        ).first.map(MailboxPoll.init)
    }

    func save(in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO mailbox_polls (\(Self.columns))
            VALUES (\(mailbox), \(validity), \(lastNumber), \(taken), \(polledAt), \(failures), \(reason),
              \(failingSince))
            ON CONFLICT (mailbox) DO UPDATE SET uid_validity = excluded.uid_validity,
              last_uid = excluded.last_uid, taken = excluded.taken, polled_at = excluded.polled_at,
              failures = excluded.failures, reason = excluded.reason,
              failing_since = excluded.failing_since
            """)
    }
}
