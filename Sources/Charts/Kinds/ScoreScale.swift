/// One score on its whole scale: interval as a wash, value as a mark, the scale's ends and its zero named.
package struct ScoreScale: Sendable {
    package let words: ChartWords
    package let value: Double
    package let low: Double
    package let high: Double
    /// Of the scale: -100 to 100 for NPS, 0 to 100 for a share.
    package let range: ClosedRange<Double>
    /// "31".
    package let valueWords: String
    /// "27 to 35".
    package let intervalWords: String
    package let table: ChartTable
    package let number: @Sendable (Double) -> String

    package init(
        words: ChartWords, value: Double, low: Double, high: Double, range: ClosedRange<Double>,
        valueWords: String,
        intervalWords: String, table: ChartTable, number: @escaping @Sendable (Double) -> String
    ) {
        self.words = words
        self.value = value
        self.low = low
        self.high = high
        self.range = range
        self.valueWords = valueWords
        self.intervalWords = intervalWords
        self.table = table
        self.number = number
    }

    package var chart: Chart {
        let axis = Axis(range.lowerBound, range.upperBound, from: 0, to: 100)
        let x = axis.place(value)
        let anchor: Pencil.Anchor = x < 18 ? .start : x > 82 ? .end : .middle
        let interval = Pencil.box(
            axis.place(low), 24, width: max(0.5, axis.place(high) - axis.place(low)), height: 20, .wash)
        let mark = Pencil.mark(
            "\(valueWords), \(intervalWords)",
            [
                interval, Pencil.line(x, 22, x, 46, .ink, width: 3),
                Pencil.words("\(valueWords) · \(intervalWords)", x, 14, anchor: anchor, bold: true),
            ])
        return Chart(words, table: table, height: 66, scale(axis) + [mark])
    }

    private func scale(_ axis: Axis) -> [Markup] {
        let ends = [range.lowerBound, range.upperBound]
        let marks = axis.holds(0) && !ends.contains(0) ? ends + [0] : ends
        return [Pencil.line(0, 34, 100, 34, .edge)]
            + marks.flatMap { mark in
                let x = axis.place(mark)
                let anchor: Pencil.Anchor = x <= 0 ? .start : x >= 100 ? .end : .middle
                return [
                    Pencil.line(x, 29, x, 39, .edge),
                    Pencil.words(number(mark), x, 60, .soft, anchor: anchor),
                ]
            }
    }
}
