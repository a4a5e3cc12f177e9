package import Database
package import Kernel

extension Lease {
    /// Takes a lease that is free, or prolongs one that `holder` has; `nil` while somebody else holds it.
    /// `holder` names one process, and no other ever.
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

    /// Gives it back, so that the next need not wait for its end.
    package func release(in tx: any Connection) throws {
        try tx.run("UPDATE leases SET leased_until = 0 WHERE name = \(name) AND token = \(token)")
    }
}
