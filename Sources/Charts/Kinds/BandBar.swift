/// Shares of the bands as one bar, or one for each group: the same scale, 0 to 100 %, for all.
package struct BandBar: Sendable {
    package struct Segment: Sendable {
        package let band: ChartBand
        /// 0 to 1.
        package let share: Double
        /// "Detractors 41 %".
        package let words: String

        package init(band: ChartBand, share: Double, words: String) {
            self.band = band
            self.share = share
            self.words = words
        }
    }

    package struct Row: Sendable {
        /// Empty when there is one bar only.
        package let label: String
        /// Its figure and n: "31 · n 1,204".
        package let note: String
        package let segments: [Segment]

        package init(label: String = "", note: String = "", segments: [Segment]) {
            self.label = label
            self.note = note
            self.segments = segments
        }
    }

    package let words: ChartWords
    package let rows: [Row]
    package let table: ChartTable

    package init(words: ChartWords, rows: [Row], table: ChartTable) {
        self.words = words
        self.rows = rows
        self.table = table
    }

    package var chart: Chart {
        var marks: [Markup] = []
        var y = 0.0
        for row in rows {
            if !row.label.isEmpty || !row.note.isEmpty {
                let room = Charts.narrowest - TextWidth.of(row.note) - 12
                marks.append(Pencil.words(TextWidth.fitted(row.label, to: room), 0, y + 13))
                marks.append(Pencil.words(row.note, 100, y + 13, .soft, anchor: .end))
                y += 19
            }
            marks += bar(row, at: y)
            y += rows.count == 1 ? 28 : 18
            if rows.count == 1 {
                marks += names(row, at: y)
                y += Double((row.segments.count + 1) / 2) * 18 + 8
            } else {
                y += 14
            }
        }
        return Chart(words, table: table, height: max(y, 20), marks)
    }

    private func bar(_ row: Row, at y: Double) -> [Markup] {
        let shares = row.segments.map { $0.share.isFinite ? max(0, $0.share) : 0 }
        let total = max(shares.reduce(0, +), 0.0001)
        var x = 0.0
        return zip(row.segments, shares).map { segment, share in
            let width = share / total * 100
            defer { x += width }
            let gap = width > 1 ? 0.3 : 0
            return Pencil.mark(
                segment.words,
                [Pencil.box(x, y, width: width - gap, height: rows.count == 1 ? 28 : 16, segment.band.paint)])
        }
    }

    /// Shape, name and share of each band, in two columns.
    private func names(_ row: Row, at y: Double) -> [Markup] {
        row.segments.enumerated().flatMap { index, segment in
            let x = index % 2 == 0 ? 0.0 : 50.0
            let line = y + 20 + Double(index / 2) * 18
            return [
                Pencil.words(segment.band.shape, x, line, segment.band.paint),
                Pencil.words("\u{2003} " + segment.words, x, line),
            ]
        }
    }
}
