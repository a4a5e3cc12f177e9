import Crypto
package import Database
package import Kernel
package import Ledger

/// Makes a context forget what one person said, in the transaction that erases that person.
package typealias Forgetting =
    @Sendable (_ customer: Customer.ID, _ account: Int64, _ tx: any Connection) throws -> Void

/// Erases people. What is left are scores of nobody, events with ids, and a trace that tells a person who
/// comes back from a backup apart from a new one.
package struct Erasure: Sendable {
    private let secret: [UInt8]
    /// What the other contexts have to forget.
    private let others: [Forgetting]

    /// `secret` keys the traces: nobody without it can ask whether an address was here.
    package init(secret: [UInt8], others: [Forgetting]) {
        self.secret = secret
        self.others = others
    }

    /// HMAC-SHA256 (RFC 2104) in hexadecimal.
    private func trace(_ name: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Array(name.utf8), using: SymmetricKey(data: secret)).hexadecimal
    }

    package func erase(
        _ id: Customer.ID, account: Int64, by actor: Actor, world: World, at now: Timestamp,
        in tx: any Connection
    ) throws {
        let known = try KnownCustomer(Customer.find(id, account: account, in: tx), in: tx)
        for forget in others { try forget(id, account, tx) }
        try CustomerEvent.forget(customer: id, account: account, in: tx)
        try tx.run("DELETE FROM contact_points WHERE account_id = \(account) AND customer_id = \(id)")
        try tx.run("DELETE FROM customer_attributes WHERE account_id = \(account) AND customer_id = \(id)")
        try tx.run("DELETE FROM customers WHERE account_id = \(account) AND id = \(id)")
        for name in names(of: known) {
            try tx.run(
                """
                INSERT INTO erased_people (account_id, trace, erased_at)
                VALUES (\(account), \(trace(name)), \(now))
                ON CONFLICT (account_id, trace) DO UPDATE SET erased_at = excluded.erased_at
                """)
        }
        try Ledger.append(
            .customerErased, about: id.number, customer: id.number, by: actor, id: world.newID(),
            account: account,
            at: now, in: tx)
    }

    /// What a person was known by.
    private func names(of known: KnownCustomer) -> [String] {
        let account = known.customer.account
        return known.contacts.map { "\(account) \($0.kind.rawValue) \($0.value)" }
            + (known.customer.externalID.map { ["\(account) external_id \($0)"] } ?? [])
    }
}
