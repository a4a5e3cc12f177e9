import Database
import Kernel
import Ledger

extension Vitals {
    static func look(at now: Timestamp, in tx: any Connection) throws -> Vitals {
        let failed = try tx.run("SELECT COUNT(*) AS n FROM jobs WHERE state = 'failed' -- every account")
        let accounts = try Verification.accounts(in: tx)
        let newest = try tx.run(
            """
            SELECT MAX(happened_at) AS at FROM unsealed_events WHERE account_id >= 0 AND id > 0
            """)
        return Vitals(
            oldestUnsealed: try Ledger.oldestUnsealed(in: tx), failedJobs: try failed.first?.int("n") ?? 0,
            standings: try accounts.flatMap { try Consumer.Standing.all(account: $0, in: tx) },
            newestEvent: try newest.first?.optionalTimestamp("at"), databaseClock: try clock(in: tx))
    }

    private static func clock(in tx: any Connection) throws -> Timestamp? {
        guard tx.dialect == .postgres else { return nil }
        return try tx.run(
            "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS at -- postgres"
        ).first?.timestamp("at")
    }

    /// The size of the database on its disk.
    static func sizeBytes(in tx: any Connection) throws -> Int {
        switch tx.dialect {
        case .sqlite:
            let pages = try tx.run("PRAGMA page_count -- sqlite").first?.int("page_count") ?? 0
            return try pages * (tx.run("PRAGMA page_size -- sqlite").first?.int("page_size") ?? 0)
        case .postgres:
            let size = try tx.run("SELECT pg_database_size(current_database()) AS size -- postgres").first
            return try size?.int("size") ?? 0
        }
    }
}
