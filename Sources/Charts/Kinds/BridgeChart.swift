/// From one figure to the next by what each part added or took: a waterfall in rows.
package struct BridgeChart: Sendable {
    package struct Total: Sendable {
        package let label: String
        package let value: Double
        package let valueWords: String

        package init(label: String, value: Double, valueWords: String) {
            self.label = label
            self.value = value
            self.valueWords = valueWords
        }
    }

    package struct Step: Sendable {
        package let label: String
        /// In the totals' unit; what it adds or, negative, takes.
        package let difference: Double
        /// With its sign: "−12.4".
        package let differenceWords: String

        package init(label: String, difference: Double, differenceWords: String) {
            self.label = label
            self.difference = difference
            self.differenceWords = differenceWords
        }
    }

    package let words: ChartWords
    package let start: Total
    package let steps: [Step]
    package let end: Total
    package let table: ChartTable

    package init(words: ChartWords, start: Total, steps: [Step], end: Total, table: ChartTable) {
        self.words = words
        self.start = start
        self.steps = steps
        self.end = end
        self.table = table
    }

    package var chart: Chart {
        let frames = [RowFrame.wide(top: 2), RowFrame.narrow(top: 2)]
        return Chart(words, table: table, frames.map(drawing))
    }

    /// The running figure before each step, and after the last.
    private var running: [Double] {
        steps.reduce(into: [finite(start.value)]) { $0.append($0[$0.count - 1] + finite($1.difference)) }
    }

    private func finite(_ value: Double) -> Double { value.isFinite ? value : 0 }

    private func drawing(_ frame: RowFrame) -> Chart.Drawing {
        let running = running
        let axis = Axis(
            covering: running + [finite(end.value)], from: frame.from, to: frame.to, padding: 0.04)
        var marks: [Markup] = []
        if axis.holds(0) {
            let zero = axis.place(0)
            marks.append(Pencil.line(zero, frame.top, zero, frame.bottom(rows: steps.count + 2), .line))
        }
        marks.append(total(start, row: 0, axis, frame))
        for (index, step) in steps.enumerated() {
            marks.append(bar(step, from: running[index], row: index + 1, axis, frame))
        }
        marks.append(total(end, row: steps.count + 1, axis, frame))
        return Chart.Drawing(
            height: frame.bottom(rows: steps.count + 2) + 4, shown: frame.shown, marks: marks)
    }

    private func total(_ total: Total, row: Int, _ axis: Axis, _ frame: RowFrame) -> Markup {
        let y = frame.middle(of: row)
        let x = axis.place(total.value)
        let captions = frame.captions(row, label: total.label, note: "", figure: total.valueWords, bold: true)
        return Pencil.mark(
            "\(total.label): \(total.valueWords)",
            captions + [Pencil.line(x, y - 8, x, y + 8, .ink, width: 4)])
    }

    private func bar(_ step: Step, from value: Double, row: Int, _ axis: Axis, _ frame: RowFrame) -> Markup {
        let y = frame.middle(of: row)
        let before = axis.place(value)
        let after = axis.place(value + finite(step.difference))
        let paint: Paint = finite(step.difference) < 0 ? .soft : .accent
        let captions = frame.captions(row, label: step.label, note: "", figure: step.differenceWords)
        return Pencil.mark(
            "\(step.label): \(step.differenceWords)",
            captions + [
                Pencil.line(before, y - frame.rowHeight + 8, before, y + 7, .edge, dash: "2 2"),
                Pencil.box(
                    min(before, after), y - 7, width: max(0.4, abs(after - before)), height: 14, paint),
            ])
    }
}
