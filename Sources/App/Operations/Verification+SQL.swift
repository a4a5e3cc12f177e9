import Database

extension Verification {
    /// Every account that exists or has left events behind.
    static func accounts(in tx: any Connection) throws -> [Int64] {
        try tx.run(
            """
            SELECT id FROM accounts UNION SELECT account_id AS id FROM ledger_heads
            ORDER BY id LIMIT 100000
            """
        ).map { try $0.int64("id") }
    }
}
