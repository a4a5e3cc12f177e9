/// A forest plot: one row a group, its interval as a bar of wash, its value as a dot, a line for the whole.
package struct IntervalPlot: Sendable {
    package struct Row: Sendable {
        package let label: String
        /// "n 120".
        package let count: String
        /// Nil where too few answered; then only the words stand there.
        package let value: Double?
        package let low: Double?
        package let high: Double?
        /// "31 [27, 35]", or why there is none.
        package let figure: String
        /// It differs from the rest and that is proven.
        package let isFlagged: Bool

        package init(
            label: String, count: String, value: Double?, low: Double?, high: Double?, figure: String,
            isFlagged: Bool = false
        ) {
            self.label = label
            self.count = count
            self.value = value
            self.low = low
            self.high = high
            self.figure = figure
            self.isFlagged = isFlagged
        }
    }

    package let words: ChartWords
    package let rows: [Row]
    /// The whole, in value and words ("all 31").
    package let reference: (value: Double, words: String)?
    /// Put around every interval; given when two plots must share a scale.
    package let range: ClosedRange<Double>?
    package let number: @Sendable (Double) -> String
    package let table: ChartTable

    package init(
        words: ChartWords, rows: [Row], reference: (value: Double, words: String)? = nil,
        range: ClosedRange<Double>? = nil, table: ChartTable, number: @escaping @Sendable (Double) -> String
    ) {
        self.words = words
        self.rows = rows
        self.reference = reference
        self.range = range
        self.table = table
        self.number = number
    }

    package var chart: Chart {
        let top = reference == nil ? 4.0 : 22.0
        return Chart(words, table: table, [RowFrame.wide(top: top), .narrow(top: top)].map(drawing))
    }

    private func drawing(_ frame: RowFrame) -> Chart.Drawing {
        let limits = range.map { [$0.lowerBound, $0.upperBound] } ?? []
        let values = rows.flatMap { [$0.value, $0.low, $0.high].compactMap(\.self) } + limits
        let whole = reference.map { [$0.value] } ?? []
        let axis = Axis(covering: values + whole, from: frame.from, to: frame.to).rounded
        let bottom = frame.bottom(rows: rows.count)
        let marks =
            grid(axis, frame, bottom) + line(axis, frame, bottom)
            + rows.enumerated().map { row($1, at: $0, axis, frame) }
        return Chart.Drawing(height: bottom + 24, shown: frame.shown, marks: marks)
    }

    private func grid(_ axis: Axis, _ frame: RowFrame, _ bottom: Double) -> [Markup] {
        axis.marks.flatMap { mark in
            let x = axis.place(mark)
            let anchor: Pencil.Anchor = x < 5 ? .start : x > 95 ? .end : .middle
            return [
                Pencil.line(x, frame.top, x, bottom, mark == 0 ? .edge : .line),
                Pencil.words(
                    number(mark), anchor == .start ? 0 : anchor == .end ? 100 : x, bottom + 16, .soft,
                    anchor: anchor),
            ]
        }
    }

    private func line(_ axis: Axis, _ frame: RowFrame, _ bottom: Double) -> [Markup] {
        guard let reference, reference.value.isFinite else { return [] }
        let x = axis.place(reference.value)
        let anchor: Pencil.Anchor = x < 25 ? .start : x > 75 ? .end : .middle
        return [
            Pencil.line(x, 16, x, bottom, .accent, dash: "4 3"),
            Pencil.words(reference.words, x, 12, .accent, anchor: anchor),
        ]
    }

    private func row(_ row: Row, at index: Int, _ axis: Axis, _ frame: RowFrame) -> Markup {
        let y = frame.middle(of: index)
        var pieces = frame.captions(
            index, label: row.label, note: row.count, figure: row.figure, bold: row.isFlagged)
        if let value = row.value, value.isFinite {
            let from = axis.place(row.low ?? value)
            let to = axis.place(row.high ?? value)
            pieces += [
                Pencil.line(from, y, to, y, .wash, width: 10),
                Pencil.dot(
                    axis.place(value), y, radius: row.isFlagged ? 5 : 3.5, row.isFlagged ? .accent : .ink),
            ]
        }
        return Pencil.mark("\(row.label), \(row.count): \(row.figure)", pieces)
    }
}
