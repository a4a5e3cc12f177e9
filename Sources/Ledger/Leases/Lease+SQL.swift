package import Database
package import Kernel

extension Lease {
    /// Takes a lease that is free, or prolongs one that `holder` has; `nil` while somebody else holds it.
    /// `holder` names one process, and no other ever. An end beyond two terms was written by a clock that was
    /// wrong, and is none: the token keeps out who wrote it.
    package static func take(
        _ name: String, holder: String, for term: Duration, at now: Timestamp, in tx: any Connection
    ) throws -> Lease? {
        let until = now + term
        let taken = try tx.run(
            """
            INSERT INTO leases (name, holder, token, leased_until) VALUES (\(name), \(holder), 1, \(until))
            ON CONFLICT (name) DO UPDATE SET
              token = leases.token + CASE
                WHEN leases.holder = excluded.holder AND leases.leased_until > \(now) THEN 0 ELSE 1 END,
              holder = excluded.holder, leased_until = excluded.leased_until
            WHERE leases.holder = excluded.holder OR leases.leased_until <= \(now)
              OR leases.leased_until > \(now + term * 2)
            RETURNING token
            """)
        return try taken.first.map {
            Lease(name: name, holder: holder, token: try $0.int64("token"), until: until)
        }
    }

    /// Throws `LeaseLost` unless it is still ours. Ask in the transaction that must not happen otherwise.
    package func require(at now: Timestamp, in tx: any Connection) throws {
        let held = try tx.run(
            """
            SELECT token FROM leases WHERE name = \(name) AND token = \(token) AND leased_until > \(now)
            """)
        if held.isEmpty { throw LeaseLost(name: name) }
    }

    /// Ends every lease, those of jobs too: for who knows that all other processes are gone. The tokens keep
    /// out one that is not.
    package static func endAll(at now: Timestamp, in tx: any Connection) throws {
        try tx.run("UPDATE leases SET leased_until = 0 WHERE leased_until > 0")
        try tx.run(
            """
            UPDATE jobs SET leased_until = \(now)
            WHERE account_id >= 0 AND state = 'running' AND leased_until > \(now)
            """)
    }

    /// Gives it back, so that the next need not wait for its end.
    package func release(in tx: any Connection) throws {
        try tx.run("UPDATE leases SET leased_until = 0 WHERE name = \(name) AND token = \(token)")
    }
}
