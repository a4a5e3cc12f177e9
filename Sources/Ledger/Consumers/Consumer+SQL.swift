package import Database
import Kernel

extension Consumer {
    /// The accounts whose head is ahead of this consumer's cursor and which need not wait. At most 1,000.
    func accountsBehind(at now: Timestamp, in tx: any Connection) throws -> [Int64] {
        try tx.run(
            """
            SELECT h.account_id FROM ledger_heads h
            LEFT JOIN consumers c ON c.account_id = h.account_id AND c.name = \(name)
            WHERE h.position > COALESCE(c.position, 0) AND COALESCE(c.retry_at, 0) <= \(now)
            ORDER BY h.account_id LIMIT 1000
            """
        ).map { try $0.int64("account_id") }
    }

    func events(
        _ account: Int64, after position: Int, through last: Int, in tx: any Connection
    ) throws -> [SealedEvent] {
        let filter: SQL = kinds.isEmpty ? "1 = 1" : "kind IN \(list: kinds)"
        return try tx.run(
            """
            SELECT \(SealedEvent.columns) FROM events
            WHERE account_id = \(account) AND position > \(position) AND position <= \(last) AND \(filter)
            ORDER BY position LIMIT \(last - position)
            """
        ).map(SealedEvent.init)
    }

    func moveCursor(_ account: Int64, to position: Int, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO consumers (name, account_id, position, failures)
            VALUES (\(name), \(account), \(position), 0)
            ON CONFLICT (name, account_id) DO UPDATE SET
              position = excluded.position, failures = 0, last_error = NULL, retry_at = NULL
            """)
    }

    /// Keeps the cursor where it is. How many failures there were in a row by now.
    func recordFailure(
        _ reason: FailureReason, account: Int64, at now: Timestamp, in tx: any Connection
    ) throws -> Int {
        let failures = try Standing.find(name, account, in: tx).failures + 1
        let retryAt = now + Self.pause(after: failures)
        try tx.run(
            """
            INSERT INTO consumers (name, account_id, position, failures, last_error, retry_at)
            VALUES (\(name), \(account), 0, \(failures), \(reason.description), \(retryAt))
            ON CONFLICT (name, account_id) DO UPDATE SET
              failures = excluded.failures, last_error = excluded.last_error, retry_at = excluded.retry_at
            """)
        return failures
    }
}

extension Consumer.Standing {
    /// Where every consumer stands in one account, by name.
    package static func all(account: Int64, in tx: any Connection) throws -> [Consumer.Standing] {
        try tx.run(
            """
            SELECT c.name, c.account_id, c.position, COALESCE(h.position, 0) AS head, c.failures,
              c.last_error, c.retry_at
            FROM consumers c LEFT JOIN ledger_heads h ON h.account_id = c.account_id
            WHERE c.account_id = \(account) ORDER BY c.name LIMIT 1000
            """
        ).map(Consumer.Standing.init)
    }

    /// Lets a consumer that waits after a failure try again at once.
    package static func retryNow(_ name: String, account: Int64, in tx: any Connection) throws {
        try tx.run("UPDATE consumers SET retry_at = NULL WHERE name = \(name) AND account_id = \(account)")
    }

    static func find(_ name: String, _ account: Int64, in tx: any Connection) throws -> Consumer.Standing {
        let known = try tx.run(
            """
            SELECT name, account_id, position, 0 AS head, failures, last_error, retry_at FROM consumers
            WHERE name = \(name) AND account_id = \(account)
            """
        ).first.map(Consumer.Standing.init)
        return Consumer.Standing(
            name: name, account: account, position: known?.position ?? 0,
            head: try SealedEvent.head(account: account, in: tx), failures: known?.failures ?? 0,
            lastError: known?.lastError, retryAt: known?.retryAt)
    }

    private init(_ row: Row) throws {
        self.init(
            name: try row.text("name"), account: try row.int64("account_id"),
            position: try row.int("position"),
            head: try row.int("head"), failures: try row.int("failures"),
            lastError: try row.optionalText("last_error"),
            retryAt: try row.optionalTimestamp("retry_at"))
    }
}
