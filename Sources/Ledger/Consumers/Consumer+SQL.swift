package import Database
import Kernel

extension Consumer {
    /// Accounts where one of some consumers stands behind the head and need not wait, and where each of them
    /// stands there. At most 1,000 accounts; one question for all consumers.
    static func behind(
        _ consumers: [Consumer], at now: Timestamp, in tx: any Connection
    ) throws -> [[Standing]] {
        if consumers.isEmpty { return [] }
        let names = consumers.map(\.name)
        let heads = try tx.run(
            """
            SELECT h.account_id, h.position FROM ledger_heads h
            WHERE h.position > 0 AND \(names.count) > (
              SELECT COUNT(*) FROM consumers c
              WHERE c.name IN \(list: names) AND c.account_id = h.account_id
                AND (c.position >= h.position OR c.retry_at > \(now)))
            ORDER BY h.account_id LIMIT 1000
            """)
        return try heads.map { head in
            let account = try head.int64("account_id")
            return try Standing.find(names, account, head: head.int("position"), in: tx)
        }
    }

    /// Those that one of some consumers takes in.
    static func events(
        for consumers: [Consumer], _ account: Int64, after position: Int, through last: Int,
        in tx: any Connection
    ) throws -> [SealedEvent] {
        let takesAll = consumers.contains { $0.kinds.isEmpty }
        let kinds = Set(consumers.flatMap(\.kinds).map(\.rawValue)).sorted()
        let filter: SQL = takesAll ? "1 = 1" : "kind IN \(list: kinds)"
        return try tx.run(
            """
            SELECT \(SealedEvent.columns) FROM events
            WHERE account_id = \(account) AND position > \(position) AND position <= \(last) AND \(filter)
            ORDER BY position LIMIT \(last - position)
            """
        ).map(SealedEvent.init)
    }

    static func moveCursors(
        of consumers: [Consumer], _ account: Int64, to position: Int, in tx: any Connection
    ) throws {
        let rows = consumers.map { "(\($0.name), \(account), \(position), 0)" as SQL }
        try tx.run(
            """
            INSERT INTO consumers (name, account_id, position, failures)
            VALUES \(rows.joined(", "))
            ON CONFLICT (name, account_id) DO UPDATE SET
              position = excluded.position, failures = 0, last_error = NULL, retry_at = NULL
            """)
    }

    /// Keeps the cursor where it is. How many failures there were in a row by now.
    func recordFailure(
        _ reason: FailureReason, account: Int64, at now: Timestamp, in tx: any Connection
    ) throws -> Int {
        let failures = try Standing.find([name], account, in: tx)[0].failures + 1
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

    /// Of some consumers, in the order of their names as given. `head` is looked up where it is left out.
    static func find(
        _ names: [String], _ account: Int64, head: Int? = nil, in tx: any Connection
    ) throws -> [Consumer.Standing] {
        let rows = try tx.run(
            """
            SELECT name, account_id, position, 0 AS head, failures, last_error, retry_at FROM consumers
            WHERE account_id = \(account) AND name IN \(list: names) LIMIT 1000
            """)
        let known = Dictionary(
            try rows.map { try ($0.text("name"), Consumer.Standing($0)) },
            uniquingKeysWith: { one, _ in one })
        let head = try head ?? SealedEvent.head(account: account, in: tx)
        return names.map { name in
            let known = known[name]
            return Consumer.Standing(
                name: name, account: account, position: known?.position ?? 0, head: head,
                failures: known?.failures ?? 0, lastError: known?.lastError, retryAt: known?.retryAt)
        }
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
