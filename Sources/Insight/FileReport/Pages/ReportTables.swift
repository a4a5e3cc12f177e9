import Language
import Statistics
import Surveys

/// The tables behind the sentences: in the terminal, and under each chart.
extension ReportWords {
    var distributionTable: ReportTable {
        let histogram = report.overall.histogram
        let total = Double(max(1, histogram.n))
        let rows = zip(report.scale.scores, histogram.counts).map { score, count in
            [
                messages.number(score), messages.number(count), messages.percent(Double(count) / total),
                band(report.scale.band(of: score) ?? .unassigned),
            ]
        }
        return ReportTable(
            header: [self("column.score"), self("column.answers"), self("column.share"), ""], rows: rows)
    }

    var seriesTable: ReportTable {
        let rows = report.series.map { period -> [String] in
            let change = period.change
            return [
                self.period(period.start), messages.number(period.figure.n), shown(period.figure),
                limits(period.figure.limits), change.map { signed($0.difference) } ?? "",
                change.map { p($0.p) } ?? "", change?.mix.map { "\(signed($0.adjusted)) (\(p($0.p)))" } ?? "",
            ]
        }
        return ReportTable(
            header: [
                self("column.period"), "n", metric, self("column.interval"), self("column.change"), "p",
                self("column.same-mix"),
            ], rows: rows)
    }

    func groupTitle(_ group: GroupFinding) -> String {
        self(
            "group",
            [
                "column": .string(group.column), "tested": .int(group.tested),
                "count": .int(group.standingOut.count),
            ])
    }

    /// All values, or the `most` that lie at both ends and those that stand out.
    func groupTable(_ group: GroupFinding, most: Int = .max) -> ReportTable {
        let shown = group.ends(most)
        let rows = shown.map { row in
            [
                key(row.key), messages.number(row.figure.n), self.shown(row.figure),
                limits(row.figure.limits),
                row.shrunk.map(value) ?? "\u{2013}", row.q.map(q) ?? self("not-tested"),
                row.standsOut ? "●" : "",
            ]
        }
        var table = ReportTable(
            header: [
                group.column, "n", metric, self("column.interval"), self("column.shrunk"), "q", "",
            ], rows: rows)
        if shown.count < group.rows.count {
            table.note = self("more", ["count": .int(group.rows.count - shown.count)])
        }
        return table
    }
}

extension GroupFinding {
    /// The lowest and the highest values by best guess, and all that stand out (as far as there is room).
    func ends(_ most: Int) -> [Row] {
        guard rows.count > most else { return rows }
        let half = most / 2
        let tested = rows.indices.filter { rows[$0].q != nil }
        let pool = tested.count >= most ? tested : Array(rows.indices)
        var kept = Set(pool.prefix(half) + pool.suffix(half))
        kept.formUnion(rows.indices.filter { rows[$0].standsOut }.prefix(most))
        return kept.sorted().map { rows[$0] }
    }
}
