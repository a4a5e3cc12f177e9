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
    /// The bands' names, above several bars; a single bar names its own segments.
    package let key: [(band: ChartBand, name: String)]
    package let table: ChartTable

    package init(
        words: ChartWords, rows: [Row], key: [(band: ChartBand, name: String)] = [], table: ChartTable
    ) {
        self.words = words
        self.rows = rows
        self.key = key
        self.table = table
    }

    private var isSingle: Bool { rows.count == 1 }

    package var chart: Chart {
        var marks = isSingle ? [] : names(key.map { ($0.band, $0.name) }, at: -4)
        var y = isSingle || key.isEmpty ? 0 : namesHeight(key.count) + 4
        for row in rows {
            if !row.label.isEmpty || !row.note.isEmpty {
                marks += caption(row, at: y)
                y += 19
            }
            marks += bar(row, at: y)
            y += isSingle ? 28 : 32
        }
        if isSingle, let segments = rows.first?.segments {
            marks += names(segments.map { ($0.band, $0.words) }, at: y)
            y += namesHeight(segments.count)
        }
        return Chart(words, table: table, height: max(y, 20), marks)
    }

    private func caption(_ row: Row, at y: Double) -> [Markup] {
        let room = Charts.narrowest - TextWidth.of(row.note) - 12
        return [
            Pencil.words(TextWidth.fitted(row.label, to: room), 0, y + 13),
            Pencil.words(row.note, 100, y + 13, .soft, anchor: .end),
        ]
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
                [Pencil.box(x, y, width: width - gap, height: isSingle ? 28 : 16, segment.band.paint)])
        }
    }

    private func namesHeight(_ count: Int) -> Double { Double((count + 1) / 2) * 18 + 8 }

    /// Shape and name of each band, in two columns.
    private func names(_ entries: [(band: ChartBand, name: String)], at y: Double) -> [Markup] {
        entries.enumerated().flatMap { index, entry in
            let x = index % 2 == 0 ? 0.0 : 50.0
            let line = y + 20 + Double(index / 2) * 18
            // The shape takes the em space's place, whatever the width.
            return [
                Pencil.words(entry.band.shape, x, line, entry.band.paint),
                Pencil.words("\u{2003} " + entry.name, x, line),
            ]
        }
    }
}
