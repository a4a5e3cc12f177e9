import Accounts
import Columns
import Customers
import Database
import Kernel
import Ledger
import Surveys

/// The next answers of an account in sealed order, as its columns take them in.
struct ColumnBatch: Sendable {
    private static let most = 5000

    /// The zone whose days the rows have, and how far all was sealed when they were begun.
    let label: String
    /// False where the columns follow another list or another zone, or somebody was erased since they were
    /// begun, which may have taken traits off: then this batch is the first one anew.
    let isContinued: Bool
    let rows: [(table: Int64, row: ColumnRow)]
    /// The position up to which `rows` go, and the event there.
    let through: Int
    let mark: Int64
    /// The surveys that are left, where some may be gone.
    let surveys: Set<Int64>?

    init(account: Int64, label: String?, after position: Int, mark: Int64, in tx: any Connection) throws {
        let zone = try Account.find(Account.ID(account), in: tx).zone
        let head = try SealedEvent.head(account: account, in: tx)
        let next = Span(account: account, after: position, through: min(head, position + Self.most))
        let begun = Self.begun(label, in: zone)
        isContinued =
            try begun != nil && Self.mark(at: position, account, in: tx) == mark
            && !next.from(begun ?? 0).has(.customerErased, in: tx)
        self.label = isContinued ? label ?? "" : "\(zone.name) \(head)"
        let span =
            isContinued ? next : Span(account: account, after: 0, through: min(head, Self.most))
        through = span.through
        self.mark = try Self.mark(at: through, account, in: tx) ?? 0
        rows = try span.rows(zone, in: tx)
        surveys = try span.has(.sampleRemoved, in: tx) ? Self.surveys(account, in: tx) : nil
    }

    /// How far all was sealed when columns of that label were begun; `nil` where they are of another zone.
    private static func begun(_ label: String?, in zone: Zone) -> Int? {
        let words = label?.split(separator: " ") ?? []
        return words.count == 2 && words[0] == zone.name ? Int(words[1]) : nil
    }

    /// Whether such columns tell the truth about what they hold: of this zone, and nobody was erased since.
    static func isSound(
        _ label: String, _ position: Int, _ account: Int64, in zone: Zone, in tx: any Connection
    ) throws -> Bool {
        guard let begun = begun(label, in: zone) else { return false }
        return try tx.run(
            """
            SELECT kind FROM events WHERE account_id = \(account) AND position > \(max(position, begun))
              AND kind = \(EventKind.customerErased)
            UNION ALL
            SELECT kind FROM unsealed_events WHERE account_id = \(account)
              AND kind = \(EventKind.customerErased)
            LIMIT 1
            """
        ).isEmpty
    }

    /// How far the events of each account are sealed.
    static func heads(in tx: any Connection) throws -> [Int64: Int] {
        let rows = try tx.run("SELECT account_id, position FROM ledger_heads LIMIT 1000000")
        return Dictionary(
            try rows.map { (try $0.int64("account_id"), try $0.int("position")) }, uniquingKeysWith: max)
    }

    /// The id of the event there: 0 before the first, `nil` beyond the last.
    private static func mark(at position: Int, _ account: Int64, in tx: any Connection) throws -> Int64? {
        if position == 0 { return 0 }
        return try tx.run(
            "SELECT id FROM events WHERE account_id = \(account) AND position = \(position)"
        ).first?.int64("id")
    }

    private static func surveys(_ account: Int64, in tx: any Connection) throws -> Set<Int64> {
        Set(
            try tx.run("SELECT id FROM surveys WHERE account_id = \(account) LIMIT 1000000")
                .map { try $0.int64("id") })
    }
}

/// Events of an account between two positions.
private struct Span {
    let account: Int64
    let after: Int
    let through: Int

    func from(_ position: Int) -> Span {
        Span(account: account, after: Swift.max(after, position), through: through)
    }

    private var recorded: SQL {
        """
        e.account_id = \(account) AND e.position > \(after) AND e.position <= \(through)
          AND e.kind = \(EventKind.responseRecorded)
        """
    }

    func rows(_ zone: Zone, in tx: any Connection) throws -> [(table: Int64, row: ColumnRow)] {
        if through == after { return [] }
        let attributes = try attributes(in: tx)
        var rows: [(table: Int64, row: ColumnRow)] = []
        try tx.each(
            """
            SELECT s.response_id, s.survey_id, s.scale, s.raw, s.occurred_at, r.touchpoint, r.channel,
              r.agent, r.language
            FROM events e CROSS JOIN scores s CROSS JOIN responses r
            WHERE \(recorded) AND s.response_id = e.subject_id AND s.account_id = \(account)
              AND r.id = s.response_id AND r.account_id = \(account)
            ORDER BY e.position LIMIT \(through - after)
            """
        ) { row in
            guard let scale = Scale(rawValue: try row.text("scale")) else { return }
            var values = attributes[try row.int64("response_id")] ?? []
            for name in ScoreDays.fixedDimensions {
                if let value = try row.optionalText(name) { values.append((name, value)) }
            }
            let day = zone.day(of: try row.timestamp("occurred_at")).number
            rows.append(
                (
                    try row.int64("survey_id"),
                    ColumnRow(
                        score: try row.int("raw") - scale.scores.lowerBound, day: day, values: values)
                ))
        }
        return rows
    }

    private func attributes(in tx: any Connection) throws -> [Int64: [(name: String, value: String)]] {
        var attributes: [Int64: [(name: String, value: String)]] = [:]
        try tx.each(
            """
            SELECT g.response_id, g.name, g.value FROM events e CROSS JOIN response_segments g
            WHERE \(recorded) AND g.response_id = e.subject_id AND g.account_id = \(account)
              AND g.name NOT IN \(list: ScoreDays.fixedDimensions)
            LIMIT 100000000
            """
        ) { row in
            attributes[try row.int64("response_id"), default: []].append(
                (try row.text("name"), try row.text("value")))
        }
        return attributes
    }

    func has(_ kind: EventKind, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT position FROM events
            WHERE account_id = \(account) AND position > \(after) AND position <= \(through)
              AND kind = \(kind) LIMIT 1
            """
        ).isEmpty
    }
}
