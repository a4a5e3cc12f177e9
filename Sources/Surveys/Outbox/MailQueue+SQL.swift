package import Database
package import Kernel

/// Letters of one account whose turn has come, and those that did not arrive for certain.
package struct MailQueue: Equatable, Sendable {
    package var due = 0
    /// When the turn of the first of them came.
    package var oldestDue: Timestamp?
    package var failed = 0
    package var uncertain = 0

    package init() {}

    /// `failed` and `uncertain` are those of waves whose turn came after `moment`.
    package static func look(
        account: Int64, since moment: Timestamp, at now: Timestamp, in tx: any Connection
    ) throws -> MailQueue {
        var queue = MailQueue()
        let waiting = try tx.run(
            """
            SELECT COUNT(*) AS n, MIN(send_at) AS oldest FROM invitations
            WHERE account_id = \(account) AND state = 'planned' AND send_at <= \(now)
            """)
        queue.due = try waiting.first?.int("n") ?? 0
        queue.oldestDue = try waiting.first?.optionalTimestamp("oldest")
        let lost = try tx.run(
            """
            SELECT i.state, COUNT(*) AS n FROM waves w
            JOIN invitations i ON i.wave_id = w.id AND i.state IN ('failed', 'uncertain')
            WHERE w.account_id = \(account) AND w.send_at > \(moment) GROUP BY i.state
            """)
        for row in lost {
            let number = try row.int("n")
            if try row.value("state") == Invitation.State.failed {
                queue.failed = number
            } else {
                queue.uncertain = number
            }
        }
        return queue
    }
}
