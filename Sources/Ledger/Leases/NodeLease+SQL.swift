package import Database
package import Kernel

extension NodeLease {
    /// Takes the number that has rested longest. `holder` names one process, and no other ever.
    package static func take(holder: String, at now: Timestamp, in tx: any Connection) throws -> NodeLease {
        let known = try tx.run("SELECT id, leased_until FROM nodes ORDER BY leased_until, id LIMIT 1024")
            .map { (id: try $0.int64("id"), until: try $0.timestamp("leased_until")) }
        let fresh = Set(all).subtracting(known.map(\.id)).min()
        guard let node = fresh ?? known.first(where: { $0.until <= now })?.id else { throw NoNodeLeft() }
        // Whoever was quicker on PostgreSQL makes this transaction run again.
        try tx.run(
            """
            INSERT INTO nodes (id, holder, leased_until) VALUES (\(node), \(holder), \(now + term))
            ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until
            """)
        return NodeLease(node: node, holder: holder)
    }

    /// Throws `LeaseLost` when it has run out: somebody else may make ids with this number.
    package func renew(at now: Timestamp, in tx: any Connection) throws {
        let renewed = try tx.run(
            """
            UPDATE nodes SET leased_until = \(now + Self.term)
            WHERE id = \(node) AND holder = \(holder) AND leased_until > \(now) RETURNING id
            """)
        if renewed.isEmpty { throw LeaseLost(name: "node \(node)") }
    }

    package func release(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE nodes SET leased_until = \(now + Self.rest) WHERE id = \(node) AND holder = \(holder)
              AND leased_until > \(now + Self.rest)
            """)
    }
}
