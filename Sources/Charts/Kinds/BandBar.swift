/// Shares of the bands as one bar, or one for each group: the same scale, 0 to 100 %, for all.
package struct BandBar: Sendable {
    package struct Segment: Sendable {
        package let band: ChartBand
        /// 0 to 1.
        package let share: Double
        /// "Detractors 41 %".
        package let words: String
        /// "41 %", under a bar that stands among others; may be empty.
        package let shareWords: String

        package init(band: ChartBand, share: Double, words: String, shareWords: String = "") {
            self.band = band
            self.share = share
            self.words = words
            self.shareWords = shareWords
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
        var y = isSingle || key.isEmpty ? 0 : namesHeight(key.map { ($0.band, $0.name) }) + 4
        for row in rows {
            if !row.label.isEmpty || !row.note.isEmpty {
                marks += caption(row, at: y)
                y += 19
            }
            marks += bar(row, at: y)
            y += isSingle ? 28 : 46
        }
        if isSingle, let segments = rows.first?.segments {
            marks += names(segments.map { ($0.band, $0.words) }, at: y)
            y += namesHeight(segments.map { ($0.band, $0.words) })
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
        } + (isSingle ? [] : values(of: row, total: total, under: y + 16))
    }

    /// What each segment is worth, under it: the first at the left end, the last at the right. One without
    /// room
    /// stays unsaid; the tip and the table have it.
    private func values(of row: Row, total: Double, under y: Double) -> [Markup] {
        var (from, taken) = (0.0, 0.0)
        return row.segments.enumerated().map { index, segment in
            let width = segment.share.isFinite ? max(0, segment.share) / total * 100 : 0
            let words = "\(segment.band.shape)\u{2002}\(segment.shareWords)"
            let room = TextWidth.of(words) / Charts.narrowest * 100
            let isLast = index == row.segments.count - 1
            let (start, place, anchor): (Double, Double, Pencil.Anchor) =
                index == 0
                ? (0, 0, .start)
                : isLast ? (100 - room, 100, .end) : (from + (width - room) / 2, from + width / 2, .middle)
            from += width
            guard start >= taken, isLast || start + room <= 100, !segment.shareWords.isEmpty else {
                return .nothing
            }
            taken = start + room + 2
            return Pencil.words(words, place, y + 14, .soft, anchor: anchor)
        }
    }

    private func namesHeight(_ entries: [(band: ChartBand, name: String)]) -> Double {
        let columns = columns(for: entries)
        return Double((entries.count + columns - 1) / columns) * 18 + 8
    }

    /// Three where each name has room, else two.
    private func columns(for entries: [(band: ChartBand, name: String)]) -> Int {
        let widest = entries.map { TextWidth.of("\u{2003} \($0.name)") }.max() ?? 0
        return widest <= Charts.narrowest / 3 ? 3 : 2
    }

    /// Shape and name of each band, in columns.
    private func names(_ entries: [(band: ChartBand, name: String)], at y: Double) -> [Markup] {
        let columns = columns(for: entries)
        return entries.enumerated().flatMap { index, entry in
            let x = Double(index % columns) * 100 / Double(columns)
            let line = y + 20 + Double(index / columns) * 18
            // The shape takes the em space's place, whatever the width.
            return [
                Pencil.words(entry.band.shape, x, line, entry.band.paint),
                Pencil.words("\u{2003} " + entry.name, x, line),
            ]
        }
    }
}
