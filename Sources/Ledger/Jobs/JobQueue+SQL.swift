package import Database
package import Kernel

extension JobQueue {
    package static func look(account: Int64, at now: Timestamp, in tx: any Connection) throws -> JobQueue {
        let counts = try tx.run(
            """
            SELECT kind, state, COUNT(*) AS jobs FROM jobs WHERE account_id = \(account)
            GROUP BY kind, state ORDER BY kind, state LIMIT 1000
            """
        ).map { Count(kind: try $0.value("kind"), state: try $0.value("state"), jobs: try $0.int("jobs")) }
        let oldest = try tx.run(
            """
            SELECT MIN(run_at) AS run_at FROM jobs
            WHERE account_id = \(account) AND state = 'waiting' AND run_at <= \(now)
            """)
        return JobQueue(counts: counts, oldestDue: try oldest.first?.optionalTimestamp("run_at"))
    }

    /// Forgets what ended well, or was cancelled, before `cutoff`. At most 1,000 at once; how many.
    static func prune(before cutoff: Timestamp, in tx: any Connection) throws -> Int {
        try tx.run(
            """
            DELETE FROM jobs WHERE id IN (
              SELECT id FROM jobs WHERE account_id >= 0 AND state IN ('done', 'cancelled')
                AND run_at < \(cutoff) AND finished_at < \(cutoff) LIMIT 1000)
            RETURNING id
            """
        ).count
    }
}
