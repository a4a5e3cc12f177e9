import Accounts
package import Database
import Kernel
import Ledger
import Surveys

extension ScoreDays {
    /// Adds what was recorded. When the zone or the dimensions are others than those of the cells, all cells
    /// are cut anew.
    static func follow(_ events: [SealedEvent], account: Int64, in tx: any Connection) throws {
        guard let last = events.last?.position else { return }
        let kept = try settings(of: account, in: tx)
        let wanted = try wantedSettings(account, keeping: kept?.attributes ?? [], in: tx)
        guard kept == wanted, !events.contains(where: { $0.kind == .sampleRemoved }) else {
            return try rebuild(account, wanted, through: last, in: tx)
        }
        let recorded = events.filter { $0.kind == .responseRecorded }.map(\.subject)
        var tally = CellTally(wanted)
        try count(recorded, account, wanted, into: &tally, in: tx)
        let cells = tally.cells
        try add(cells, to: account, in: tx)
        try ScoreSpans.add(cells, to: account, in: tx)
    }

    /// Cuts every cell of an account anew from the rows whose events stand up to that position.
    static func rebuild(
        _ account: Int64, _ settings: Settings, through position: Int, in tx: any Connection
    ) throws {
        try tx.run("DELETE FROM score_days WHERE account_id = \(account)")
        let cells = try recount(account, settings, through: position, in: tx)
        try tx.load(
            table: "score_days",
            columns: ["account_id", "survey_id", "dimension", "value", "day", "raw", "responses"],
            rows: cells.map { cell, count in
                [
                    .integer(account), .integer(cell.survey), .text(cell.dimension), .text(cell.value),
                    .integer(Int64(cell.day)), .integer(Int64(cell.raw)), .integer(Int64(count)),
                ]
            })
        try ScoreSpans.rebuild(cells, of: account, in: tx)
        let dimensions = settings.attributes.joined(separator: "\n")
        try tx.run(
            """
            INSERT INTO score_day_settings (account_id, time_zone, dimensions)
            VALUES (\(account), \(settings.zone.name), \(dimensions))
            ON CONFLICT (account_id) DO UPDATE SET
              time_zone = excluded.time_zone, dimensions = excluded.dimensions
            """)
    }

    /// The cells as the raw rows say, up to a sealed position.
    static func recount(
        _ account: Int64, _ settings: Settings, through last: Int, in tx: any Connection
    ) throws -> [Cell: Int] {
        var tally = CellTally(settings)
        var position = 0
        while position < last {
            let rows = try tx.run(
                """
                SELECT position, subject_id FROM events
                WHERE account_id = \(account) AND position > \(position) AND position <= \(last)
                  AND kind = \(EventKind.responseRecorded)
                ORDER BY position LIMIT 1000
                """)
            guard let end = try rows.last?.int("position") else { break }
            position = end
            try count(try rows.map { try $0.int64("subject_id") }, account, settings, into: &tally, in: tx)
        }
        return tally.cells
    }

    private static func count(
        _ ids: [Int64], _ account: Int64, _ settings: Settings, into tally: inout CellTally,
        in tx: any Connection
    ) throws {
        for chunk in ids.chunks(of: 1000) {
            let attributes = try attributes(Array(chunk), settings.attributes, account, in: tx)
            let rows = try tx.run(
                """
                SELECT s.survey_id, s.raw, s.occurred_at, s.response_id, r.touchpoint, r.channel, r.agent,
                  r.language
                FROM scores s JOIN responses r ON r.id = s.response_id
                WHERE s.account_id = \(account) AND s.response_id IN \(list: Array(chunk)) LIMIT 1000
                """)
            for row in rows {
                let own = attributes.isEmpty ? [:] : attributes[try row.int64("response_id")] ?? [:]
                tally.add(
                    survey: try row.int64("survey_id"), raw: try row.int("raw"),
                    at: try row.timestamp("occurred_at"), fixed: row.values[4...], attributes: own)
            }
        }
    }

    private static func attributes(
        _ ids: [Int64], _ names: [String], _ account: Int64, in tx: any Connection
    ) throws -> [Int64: [String: String]] {
        if names.isEmpty { return [:] }
        var attributes: [Int64: [String: String]] = [:]
        let rows = try tx.run(
            """
            SELECT response_id, name, value FROM response_segments
            WHERE account_id = \(account) AND response_id IN \(list: ids) AND name IN \(list: names)
            LIMIT 10000
            """)
        for row in rows {
            attributes[try row.int64("response_id"), default: [:]][try row.text("name")] =
                try row.text("value")
        }
        return attributes
    }

    /// What is wrong with the cells of an account, as `verify` prints it: nothing when they equal a recount.
    package static func differences(account: Int64, in tx: any Connection) throws -> [String] {
        guard let settings = try settings(of: account, in: tx) else { return [] }
        let counted = try recount(
            account, settings, through: try position(account: account, in: tx), in: tx)
        let published = try published(account, in: tx)
        let spans = try ScoreSpans.differences(from: counted, account: account, in: tx)
        let wrong = Set(counted.keys).union(published.keys).filter { counted[$0] != published[$0] }
        return wrong.map { cell in
            let name = cell.dimension.isEmpty ? "" : " \(cell.dimension)=\(cell.value)"
            return "survey \(Survey.ID(cell.survey))\(name) day \(LocalDay(number: cell.day))"
                + " score \(cell.raw): published \(published[cell] ?? 0), counted \(counted[cell] ?? 0)"
        }.sorted() + spans
    }

    /// Up to which event of an account all is counted.
    static func position(account: Int64, in tx: any Connection) throws -> Int {
        try tx.run(
            """
            SELECT position FROM consumers WHERE name = \(consumerName) AND account_id = \(account) LIMIT 1
            """
        ).first?.int("position") ?? 0
    }

    private static func published(_ account: Int64, in tx: any Connection) throws -> [Cell: Int] {
        var cells: [Cell: Int] = [:]
        try tx.each(
            """
            SELECT survey_id, dimension, value, day, raw, responses FROM score_days
            WHERE account_id = \(account) LIMIT 50000000
            """
        ) { row in
            let cell = Cell(
                survey: try row.int64("survey_id"), dimension: try row.text("dimension"),
                value: try row.text("value"), day: try row.int("day"), raw: try row.int("raw"))
            cells[cell] = try row.int("responses")
        }
        return cells
    }

    /// The settings that the cells of an account were cut by; `nil` before the first count.
    static func settings(of account: Int64, in tx: any Connection) throws -> Settings? {
        let rows = try tx.run(
            "SELECT time_zone, dimensions FROM score_day_settings WHERE account_id = \(account) LIMIT 1")
        guard let row = rows.first, let zone = Zone(named: try row.text("time_zone")) else { return nil }
        return Settings(
            zone: zone, attributes: try row.text("dimensions").split(separator: "\n").map(String.init))
    }

    /// Attributes that are counted stay; new ones take the places that are left, so that an account's cells
    /// are cut anew a few times at most, however many attributes its customers come to have.
    private static func wantedSettings(
        _ account: Int64, keeping kept: [String], in tx: any Connection
    ) throws -> Settings {
        let zone = try Account.find(Account.ID(account), in: tx).zone
        let free = mostDimensions - fixedDimensions.count - kept.count
        guard free > 0 else { return Settings(zone: zone, attributes: kept) }
        let names = try tx.run(
            """
            SELECT name FROM attribute_names
            WHERE account_id = \(account) AND name NOT IN \(list: fixedDimensions + kept)
            ORDER BY name LIMIT \(free)
            """
        ).map { try $0.text("name") }
        return Settings(zone: zone, attributes: kept + names)
    }

    static func answers(
        _ ids: [Int64], _ account: Int64, in tx: any Connection
    ) throws -> [Counted] {
        guard !ids.isEmpty else { return [] }
        var attributes: [Int64: [String: String]] = [:]
        try tx.each(
            """
            SELECT response_id, name, value FROM response_segments
            WHERE account_id = \(account) AND response_id IN \(list: ids) LIMIT 1000000
            """
        ) { row in
            let name = try row.text("name")
            attributes[try row.int64("response_id"), default: [:]][name] = try row.text("value")
        }
        return try tx.run(
            """
            SELECT s.response_id, s.survey_id, s.raw, s.occurred_at, r.touchpoint, r.channel, r.agent,
              r.language
            FROM scores s JOIN responses r ON r.id = s.response_id
            WHERE s.account_id = \(account) AND s.response_id IN \(list: ids) LIMIT 1000
            """
        ).map { row in
            var values = attributes[try row.int64("response_id")] ?? [:]
            for name in fixedDimensions { values[name] = try row.optionalText(name) }
            return Counted(
                id: try row.int64("response_id"), survey: try row.int64("survey_id"), raw: try row.int("raw"),
                at: try row.timestamp("occurred_at"), values: values)
        }
    }

    /// In the order of the key, so that two nodes that add at once never wait for each other in a circle.
    static func add(_ cells: [Cell: Int], to account: Int64, in tx: any Connection) throws {
        let sorted = cells.sorted { left, right in
            (left.key.survey, left.key.dimension, left.key.value, left.key.day, left.key.raw)
                < (right.key.survey, right.key.dimension, right.key.value, right.key.day, right.key.raw)
        }
        var rows = NewRows(
            "score_days",
            [
                ("account_id", .integer), ("survey_id", .integer), ("dimension", .text), ("value", .text),
                ("day", .integer), ("raw", .integer), ("responses", .integer),
            ])
        for (cell, count) in sorted {
            rows.add([
                .of(account), .of(cell.survey), .of(cell.dimension), .of(cell.value), .of(cell.day),
                .of(cell.raw), .of(count),
            ])
        }
        try tx.insert(
            rows,
            else: """
                ON CONFLICT (account_id, survey_id, dimension, value, day, raw) DO UPDATE SET
                  responses = score_days.responses + excluded.responses
                """)
    }
}

extension Array {
    func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
