import Accounts
import Columns
package import Database
import Kernel
import Ledger
package import Surveys

extension ScoreQuery {
    /// From cells where they cover the question, else from packed columns and the rows that came after them,
    /// else from the rows.
    ///
    /// `columns` as they stood before this transaction began.
    package func table(
        scale: Scale, columns: ScoreColumns.Standing? = nil, in tx: any Connection
    ) throws -> ScoreTable {
        if let dimension = coveringDimension(try ScoreDays.settings(of: account, in: tx)) {
            return try fromSpans(dimension, scale, in: tx) ?? fromCells(dimension, scale, in: tx)
        }
        guard let columns else { return try fromRows(scale, in: tx) }
        columns.want()
        return try fromColumns(columns, scale, in: tx) ?? fromRows(scale, in: tx)
    }

    /// `nil` where the columns of this account do not know enough.
    func fromColumns(
        _ columns: ScoreColumns.Standing, _ scale: Scale, in tx: any Connection
    ) throws -> ScoreTable? {
        guard let view = columns.view,
            try ColumnBatch.isSound(view.label, view.position, account, in: zone, in: tx)
        else { return nil }
        let lowest = scale.scores.lowerBound
        let cut = ColumnCut(
            filters: filters.map { ($0.name, $0.values) }, by: by, byDay: byDay,
            days: (from?.number ?? 0)..<max(to?.number ?? .max, from?.number ?? 0),
            scores: scale.scores.count)
        // What was sealed since, and what waits for its seal.
        var table = try fromRows(scale, after: view.position, in: tx)
        for survey in surveys {
            guard let packed = view.tables[survey.number] else { continue }
            guard let counts = packed.count(cut) else { return nil }
            for count in counts {
                table.add(
                    count.value, LocalDay(number: count.day), raw: count.score + lowest, times: count.rows)
            }
        }
        return table
    }

    /// From whole weeks or months, and from days at both ends; `nil` where it must be days.
    private func fromSpans(_ dimension: String, _ scale: Scale, in tx: any Connection) throws -> ScoreTable? {
        guard let whole = wholeSpans() else { return nil }
        var table = ScoreTable(scale: scale)
        try ScoreSpans.read(
            self, dimension, whole.grain, from: whole.first, to: whole.end, into: &table, in: tx)
        for end in whole.ends { table.add(try end.fromCells(dimension, scale, in: tx)) }
        return table
    }

    private func fromCells(_ dimension: String, _ scale: Scale, in tx: any Connection) throws -> ScoreTable {
        var conditions = cells(of: dimension)
        if let from { conditions.append("day >= \(from.number)") }
        if let to { conditions.append("day < \(to.number)") }
        if let from, let to, filters.isEmpty, !dimension.isEmpty {
            // Days stand behind their values: without these all days of a dimension would be looked through.
            let months =
                cells(of: dimension) + [
                    "grain = \(Interval.month)", "start_day >= \(Interval.month.start(of: from).number)",
                    "start_day < \(to.number)",
                ]
            conditions.append(
                """
                value IN (
                  SELECT value FROM score_spans
                  WHERE account_id = \(account) AND \(months.joined(" AND ")))
                """)
        }
        let value: SQL = by == nil ? "''" : "value"
        let day: SQL = byDay ? "day" : "0"
        let rows = try tx.run(
            """
            SELECT \(value) AS value, \(day) AS day, raw, SUM(responses) AS n FROM score_days
            WHERE account_id = \(account) AND \(conditions.joined(" AND ")) GROUP BY 1, 2, 3
            """)
        var table = ScoreTable(scale: scale)
        for row in rows {
            table.add(
                try row.text("value"), try row.day("day"), raw: try row.int("raw"),
                times: try row.int("n"))
        }
        return table
    }

    /// Which counts of one dimension, days or spans, whenever they were.
    func cells(of dimension: String) -> [SQL] {
        var conditions: [SQL] = ["survey_id IN \(list: surveys)", "dimension = \(dimension)"]
        if dimension.isEmpty { conditions.append("value = ''") }
        return conditions + filters.map { "value IN \(list: $0.values)" }
    }

    /// Grouped by quarter hours, which no zone cuts, so that the day is found here and not by the database.
    ///
    /// With `after`, only answers whose events are not sealed at that position or before it.
    func fromRows(
        _ scale: Scale, after position: Int? = nil, in tx: any Connection
    ) throws -> ScoreTable {
        var conditions: [SQL] = ["s.survey_id IN \(list: surveys)"]
        conditions += filters.map(condition)
        if let from { conditions.append("s.occurred_at >= \(zone.start(of: from))") }
        if let to { conditions.append("s.occurred_at < \(zone.start(of: to))") }
        var (value, join): (SQL, SQL) = ("''", "")
        if let by {
            if let column = Self.column(by) {
                value = "COALESCE(\(column), '')"
            } else {
                value = "COALESCE(g.value, '')"
                join = """
                    LEFT JOIN response_segments g
                      ON g.response_id = s.response_id AND g.account_id = \(account) AND g.name = \(by)
                    """
            }
        }
        var scores: SQL = "scores s"
        if let position {
            // In this order, for only the events are few.
            scores = "(\(recorded(after: position))) recent CROSS JOIN scores s"
            conditions.append("s.response_id = recent.subject_id")
        }
        let quarter: SQL = byDay ? "s.occurred_at / 900000" : "0"
        let rows = try tx.run(
            """
            SELECT \(value) AS value, \(quarter) AS quarter, s.raw, COUNT(*) AS n
            FROM \(scores) JOIN responses r ON r.id = s.response_id \(join)
            WHERE s.account_id = \(account) AND r.account_id = \(account)
              AND \(conditions.joined(" AND "))
            GROUP BY 1, 2, 3
            """)
        var table = ScoreTable(scale: scale)
        for row in rows {
            let moment = Timestamp(milliseconds: try row.int64("quarter") * 900_000)
            table.add(
                try row.text("value"), byDay ? zone.day(of: moment) : LocalDay(number: 0),
                raw: try row.int("raw"), times: try row.int("n"))
        }
        return table
    }

    /// Answers whose events are sealed later than there, or not yet.
    private func recorded(after position: Int) -> SQL {
        """
        SELECT subject_id FROM events
        WHERE account_id = \(account) AND position > \(position) AND kind = \(EventKind.responseRecorded)
        UNION ALL
        SELECT subject_id FROM unsealed_events
        WHERE account_id = \(account) AND kind = \(EventKind.responseRecorded)
        """
    }

    private func condition(_ filter: Filter) -> SQL {
        let values = filter.values.filter { !$0.isEmpty }
        var either: [SQL] = []
        if let column = Self.column(filter.name) {
            if !values.isEmpty { either.append("\(column) IN \(list: values)") }
            if filter.values.contains("") { either.append("\(column) IS NULL") }
        } else {
            let segment: SQL = """
                SELECT 1 FROM response_segments w
                WHERE w.response_id = s.response_id AND w.account_id = \(account) AND w.name = \(filter.name)
                """
            if !values.isEmpty { either.append("EXISTS (\(segment) AND w.value IN \(list: values))") }
            if filter.values.contains("") { either.append("NOT EXISTS (\(segment))") }
        }
        return "(\(either.joined(" OR ")))"
    }

    private static func column(_ name: String) -> SQL? {
        switch name {
        case "touchpoint": "r.touchpoint"
        case "channel": "r.channel"
        case "agent": "r.agent"
        case "language": "r.language"
        default: nil
        }
    }
}
