import Database
import Kernel

extension Worker {
    static func anyDue(_ kinds: [JobKind], at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT account_id FROM jobs
            WHERE state = 'waiting' AND run_at <= \(now) AND kind IN \(list: kinds) LIMIT 1
            """
        ).isEmpty
    }

    /// Rows that another session is claiming are passed over, so this may run at read committed.
    /// `MATERIALIZED`, for a planner may otherwise evaluate the limit more than once.
    static func claim(
        _ kinds: [JobKind], limit: Int, for term: Duration, at now: Timestamp, in tx: any Connection
    ) throws -> [Job] {
        try tx.run(
            """
            WITH due AS MATERIALIZED (
              SELECT id FROM jobs WHERE account_id >= 0 AND state = 'waiting' AND run_at <= \(now)
                AND kind IN \(list: kinds)
              ORDER BY run_at, id LIMIT \(limit) \(.skipLocked))
            UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_token = lease_token + 1,
              leased_until = \(now + term)
            WHERE id IN (SELECT id FROM due) RETURNING \(Job.columns)
            """
        ).map(Job.init)
    }

    /// Jobs whose worker is gone, paused or cut off, or had a clock by which two terms and more are left. At
    /// most 100.
    static func expired(at now: Timestamp, term: Duration, in tx: any Connection) throws -> [Job] {
        try tx.run(
            """
            SELECT \(Job.columns) FROM jobs
            WHERE state = 'running' AND (leased_until <= \(now) OR leased_until > \(now + term * 2))
            ORDER BY leased_until LIMIT 100 -- every account
            """
        ).map(Job.init)
    }
}

/// What only the holder of a job's lease may write: each names the token, and throws `LeaseLost` when nothing
/// fits it.
extension Job {
    func prolong(until: Timestamp, in tx: any Connection) throws {
        try settle("leased_until = \(until)", in: tx)
    }

    func finish(at now: Timestamp, in tx: any Connection) throws {
        try settle("state = 'done', finished_at = \(now), last_error = NULL", in: tx)
    }

    func wait(until: Timestamp, because reason: FailureReason, in tx: any Connection) throws {
        try settle("state = 'waiting', run_at = \(until), last_error = \(reason.description)", in: tx)
    }

    /// As if this attempt had not begun.
    func giveBack(until: Timestamp, in tx: any Connection) throws {
        try settle("state = 'waiting', run_at = \(until), attempts = attempts - 1", in: tx)
    }

    func giveUp(at now: Timestamp, because reason: FailureReason, in tx: any Connection) throws {
        try settle("state = 'failed', finished_at = \(now), last_error = \(reason.description)", in: tx)
    }

    func isStillHeld(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM jobs WHERE id = \(id) AND account_id = \(account) AND lease_token = \(leaseToken)
              AND state = 'running' AND leased_until > \(now) \(.forUpdate)
            """
        ).isEmpty
    }

    private func settle(_ changes: SQL, in tx: any Connection) throws {
        let settled = try tx.run(
            """
            UPDATE jobs SET \(changes)
            WHERE id = \(id) AND account_id = \(account) AND lease_token = \(leaseToken) AND state = 'running'
            RETURNING id
            """)
        if settled.isEmpty { throw LeaseLost(name: "job \(id)") }
    }
}
