package import Database
package import Kernel
package import Ledger

extension EventKind {
    package static let customerRestricted = EventKind("customer.restricted")
    package static let customerUnrestricted = EventKind("customer.unrestricted")
}

/// Somebody has asked that nothing be done with what is known of them, though it is kept: nobody asks them
/// anything until that is lifted.
package enum Restriction {
    /// Since when; `nil` where there is none. Throws not-found for a customer of another account.
    package static func since(
        of customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws -> Timestamp? {
        let rows = try tx.run(
            "SELECT restricted_at FROM customers WHERE account_id = \(account) AND id = \(customer)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try row.optionalTimestamp("restricted_at")
    }

    /// Puts or lifts it. The first time stands, and what is so already is told of no second time.
    package static func put(
        _ isRestricted: Bool, on customer: Customer.ID, account: Int64, by actor: Actor, world: World,
        in tx: any Connection
    ) throws {
        let now = world.now()
        guard try (since(of: customer, account: account, in: tx) != nil) != isRestricted else { return }
        try tx.run(
            """
            UPDATE customers SET restricted_at = \(isRestricted ? now : nil), updated_at = \(now)
            WHERE account_id = \(account) AND id = \(customer)
            """)
        try Ledger.append(
            isRestricted ? .customerRestricted : .customerUnrestricted, about: customer.number,
            customer: customer.number, by: actor, id: world.newID(), account: account, at: now, in: tx)
    }
}
