package import Database
package import Kernel
import Ledger

extension RelayAlarm {
    /// `nil` while mail goes out.
    package static func find(in tx: any Connection) throws -> RelayAlarm? {
        try tx.run(
            "SELECT reason, failures, raised_at, stopped_until FROM relay_alarms WHERE relay = \(mail)"
        ).first.map { row in
            RelayAlarm(
                reason: try row.text("reason"), failures: try row.int("failures"),
                raisedAt: try row.timestamp("raised_at"), stoppedUntil: try row.timestamp("stopped_until"))
        }
    }

    /// Several messages that meet one fault are one failure.
    package static func raise(_ reason: String, at now: Timestamp, in tx: any Connection) throws {
        let before = try find(in: tx)
        if let before, before.stoppedUntil > now { return }
        let failures = (before?.failures ?? 0) + 1
        try tx.run(
            """
            INSERT INTO relay_alarms (relay, reason, failures, raised_at, stopped_until)
            VALUES (\(mail), \(FailureReason(reason).description), \(failures), \(before?.raisedAt ?? now),
              \(now + pause(after: failures)))
            ON CONFLICT (relay) DO UPDATE SET reason = excluded.reason, failures = excluded.failures,
              stopped_until = excluded.stopped_until
            """)
    }

    package static func clear(in tx: any Connection) throws {
        try tx.run("DELETE FROM relay_alarms WHERE relay = \(mail)")
    }
}
