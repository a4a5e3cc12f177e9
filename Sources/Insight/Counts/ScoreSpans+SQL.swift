import Database
import Kernel
import Surveys

extension ScoreSpans {
    private static let columns: [NewRows.Column] =
        [
            ("account_id", .integer), ("survey_id", .integer), ("dimension", .text), ("grain", .text),
            ("value", .text), ("start_day", .integer),
        ]
        + ([
            "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11", "n12", "n13", "n14",
            "n15", "n16", "n17", "n18", "n19", "n20",
        ] as [StaticString]).map { ($0, .integer) }
    private static let counts: [SQL] = (0..<scores.count).map { SQL(stringLiteral: "n\($0)") }
    private static let sums: SQL = counts.map { "\($0) = score_spans.\($0) + excluded.\($0)" as SQL }
        .joined(", ")

    /// In the order of the key, as the cells are.
    static func add(_ cells: [ScoreDays.Cell: Int], to account: Int64, in tx: any Connection) throws {
        var new = NewRows("score_spans", columns)
        for (span, counted) in spans(of: cells).sorted(by: { $0.key < $1.key }) {
            new.add(row(of: span, counted, account))
        }
        try tx.insert(
            new,
            else: """
                ON CONFLICT (account_id, survey_id, dimension, grain, value, start_day) DO UPDATE SET \(sums)
                """)
    }

    /// Moves counts from value to value; a span that nothing is left of goes.
    static func move(_ cells: [ScoreDays.Cell: Int], of account: Int64, in tx: any Connection) throws {
        try add(cells, to: account, in: tx)
        let isEmpty = counts.map { "\($0) = 0" as SQL }.joined(" AND ")
        for span in spans(of: cells.filter { $0.value < 0 }).keys.sorted() {
            try tx.run(
                """
                DELETE FROM score_spans
                WHERE account_id = \(account) AND survey_id = \(span.survey)
                  AND dimension = \(span.dimension) AND grain = \(span.grain) AND value = \(span.value)
                  AND start_day = \(span.start) AND \(isEmpty)
                """)
        }
    }

    /// All spans of an account anew, from all its cells.
    static func rebuild(_ cells: [ScoreDays.Cell: Int], of account: Int64, in tx: any Connection) throws {
        try tx.run("DELETE FROM score_spans WHERE account_id = \(account)")
        try tx.load(
            table: "score_spans", columns: columns.map { $0.name },
            rows: spans(of: cells).map { row(of: $0, $1, account) })
    }

    private static func row(of span: Span, _ counted: [Int], _ account: Int64) -> [SQLValue] {
        [
            .of(account), .of(span.survey), .of(span.dimension), .of(span.grain), .of(span.value),
            .of(span.start),
        ] + counted.map { .of($0) }
    }

    /// What is wrong with the spans of an account, given what its cells should be.
    static func differences(
        from cells: [ScoreDays.Cell: Int], account: Int64, in tx: any Connection
    ) throws -> [String] {
        var published: [Span: [Int]] = [:]
        try tx.each(
            """
            SELECT survey_id, dimension, grain, value, start_day, \(counts.joined(", ")) FROM score_spans
            WHERE account_id = \(account) LIMIT 50000000
            """
        ) { row in
            let span = Span(
                survey: try row.int64("survey_id"), dimension: try row.text("dimension"),
                grain: try row.value("grain"), value: try row.text("value"),
                start: try row.int("start_day"))
            published[span] = Array(row.numbers(from: 5))
        }
        let counted = spans(of: cells)
        let wrong = Set(counted.keys).union(published.keys).filter { counted[$0] != published[$0] }
        return wrong.sorted().map { span in
            let name = span.dimension.isEmpty ? "" : " \(span.dimension)=\(span.value)"
            let total = { (counts: [Int]?) in counts?.reduce(0, +) ?? 0 }
            return "survey \(Survey.ID(span.survey))\(name) \(span.grain.rawValue) of "
                + "\(LocalDay(number: span.start)): published \(total(published[span])), "
                + "counted \(total(counted[span]))"
        }
    }

    /// The counts of one dimension.
    static func read(
        _ query: ScoreQuery, _ dimension: String, _ grain: Interval, from: LocalDay?, to: LocalDay?,
        into table: inout ScoreTable, in tx: any Connection
    ) throws {
        var conditions = query.cells(of: dimension)
        if let from { conditions.append("start_day >= \(from.number)") }
        if let to { conditions.append("start_day < \(to.number)") }
        let places = table.scale.scores.lowerBound - scores.lowerBound
        let asked = counts[places..<(places + table.scale.scores.count)]
        try tx.each(
            """
            SELECT value, start_day, \(Array(asked).joined(", ")) FROM score_spans
            WHERE account_id = \(query.account) AND grain = \(grain) AND \(conditions.joined(" AND "))
            LIMIT 10000000
            """
        ) { row in
            table.add(
                query.by == nil ? "" : try row.text("value"),
                query.byDay ? try row.day("start_day") : LocalDay(number: 0), row.numbers(from: 2))
        }
    }
}

extension Row {
    /// By place: names would be looked for in each of many rows.
    fileprivate func numbers(from place: Int) -> some Collection<Int> {
        values[place...].lazy.map { if case .integer(let number) = $0 { Int(number) } else { 0 } }
    }
}
