package import Database
import Kernel

extension SealedEvent {
    /// A person's story, newest first. `before` is the position of the last one on the page before.
    package static func timeline(
        customer: Int64, account: Int64, before: Int? = nil, limit: Int, in tx: any Connection
    ) throws -> [SealedEvent] {
        try newest(account, before, "customer_id = \(customer)", limit, in: tx)
    }

    /// The story of one row, newest first.
    package static func about(
        subject: Int64, account: Int64, before: Int? = nil, limit: Int, in tx: any Connection
    ) throws -> [SealedEvent] {
        try newest(account, before, "subject_id = \(subject)", limit, in: tx)
    }

    /// All that happened in an account, newest first, of the kinds that begin with one of `prefixes` (all
    /// when there are none): `["case.", "member.invited"]`. `after` bounds how far back it looks.
    package static func audit(
        account: Int64, prefixes: [String] = [], by actor: Actor? = nil, after: Int? = nil,
        before: Int? = nil, limit: Int, in tx: any Connection
    ) throws -> [SealedEvent] {
        // A range, for LIKE knows wildcards and on one engine no case. `~` follows all that a kind may hold.
        let kinds = prefixes.map { prefix -> SQL in "(kind >= \(prefix) AND kind < \(prefix + "~"))" }
        var filters: [SQL] = kinds.isEmpty ? [] : ["(\(kinds.joined(" OR ")))"]
        if let actor { filters.append("actor = \(actor.description)") }
        if let after { filters.append("position > \(after)") }
        return try newest(account, before, filters.isEmpty ? "1 = 1" : filters.joined(" AND "), limit, in: tx)
    }

    /// What follows `position`, oldest first: how a feed goes on.
    package static func after(
        _ position: Int, account: Int64, limit: Int, in tx: any Connection
    ) throws -> [SealedEvent] {
        try tx.run(
            """
            SELECT \(columns) FROM events WHERE account_id = \(account) AND position > \(position)
            ORDER BY position LIMIT \(limit)
            """
        ).map(SealedEvent.init)
    }

    /// Those at some positions, each under its own.
    package static func at(
        _ positions: [Int], account: Int64, in tx: any Connection
    ) throws -> [Int: SealedEvent] {
        if positions.isEmpty { return [:] }
        let found = try tx.run(
            """
            SELECT \(columns) FROM events
            WHERE account_id = \(account) AND position IN \(list: positions) LIMIT \(positions.count)
            """
        ).map(SealedEvent.init)
        return Dictionary(found.map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The position of the newest sealed event, 0 before the first.
    package static func head(account: Int64, in tx: any Connection) throws -> Int {
        try tx.run("SELECT position FROM ledger_heads WHERE account_id = \(account)").first?.int("position")
            ?? 0
    }

    private static func newest(
        _ account: Int64, _ before: Int?, _ filter: SQL, _ limit: Int, in tx: any Connection
    ) throws -> [SealedEvent] {
        try tx.run(
            """
            SELECT \(columns) FROM events
            WHERE account_id = \(account) AND position < \(before ?? Int.max) AND \(filter)
            ORDER BY position DESC LIMIT \(limit)
            """
        ).map(SealedEvent.init)
    }

    static let columns: SQL = """
        account_id, position, id, kind, subject_id, customer_id, actor, payload, happened_at
        """

    init(_ row: Row) throws {
        try self.init(row, position: row.int("position"))
    }

    init(_ row: Row, position: Int) throws {
        account = try row.int64("account_id")
        self.position = position
        id = try row.int64("id")
        kind = try row.value("kind")
        subject = try row.int64("subject_id")
        customer = try row.optionalInt64("customer_id")
        guard let actor = Actor(try row.text("actor")) else {
            throw RowError.wrongType("actor", try row.value("actor"))
        }
        self.actor = actor
        payloadText = try row.text("payload")
        happenedAt = try row.timestamp("happened_at")
    }
}
