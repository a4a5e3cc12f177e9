/// A figure over time: interval as a wash, value as a line with dots, events as thin marks with words.
package struct TrendChart: Sendable {
    package struct Point: Sendable {
        /// The period, short: stands under the axis.
        package let label: String
        /// Nil where there is no answer or too few to tell; leaves a gap.
        package let value: Double?
        package let low: Double?
        package let high: Double?
        /// The value written out: "31".
        package let valueWords: String
        /// All of it: "week 41: 31, most likely between 27 and 35, from 120 answers".
        package let tip: String
        /// "n 120".
        package let count: String
        /// A change that is proven, or whatever else the reader should see first.
        package let isFlagged: Bool

        package init(
            label: String, value: Double?, low: Double?, high: Double?, valueWords: String, tip: String,
            count: String,
            isFlagged: Bool = false
        ) {
            self.label = label
            self.value = value
            self.low = low
            self.high = high
            self.valueWords = valueWords
            self.tip = tip
            self.count = count
            self.isFlagged = isFlagged
        }
    }

    /// Something that happened at a point: a release, a changed rule.
    package struct Event: Sendable {
        /// Index into the points.
        package let point: Int
        package let words: String

        package init(point: Int, words: String) {
            self.point = point
            self.words = words
        }
    }

    package let words: ChartWords
    package let points: [Point]
    package let events: [Event]
    /// Put around every value and zero; given when two charts must share a scale.
    package let range: ClosedRange<Double>?
    /// Writes a mark of the value axis.
    package let number: @Sendable (Double) -> String
    package let table: ChartTable

    package init(
        words: ChartWords, points: [Point], events: [Event] = [], range: ClosedRange<Double>? = nil,
        table: ChartTable,
        number: @escaping @Sendable (Double) -> String
    ) {
        self.words = words
        self.points = points
        self.events = events.filter { points.indices.contains($0.point) }
        self.range = range
        self.table = table
        self.number = number
    }

    package var chart: Chart {
        let frame = Frame(self)
        return Chart(
            words, table: table, height: frame.height,
            grid(frame) + eventMarks(frame) + washes(frame) + lines(frame) + dots(frame) + labels(frame))
    }

    /// Where things lie.
    private struct Frame {
        let values: Axis
        let places: [Double]
        let top: Double
        let bottom: Double
        let eventRows: Int
        var height: Double { bottom + 38 }

        init(_ trend: TrendChart) {
            eventRows = min(3, trend.events.count)
            top = 22 + Double(eventRows) * Charts.lineHeight
            bottom = top + 160
            let limits = trend.range.map { [$0.lowerBound, $0.upperBound] } ?? []
            let all = trend.points.flatMap { [$0.value, $0.low, $0.high].compactMap(\.self) } + limits + [0]
            values = Axis(covering: all, from: bottom, to: top).rounded
            let count = trend.points.count
            places = (0..<count).map { count == 1 ? 50 : 9 + 83 * Double($0) / Double(count - 1) }
        }
    }

    private func grid(_ frame: Frame) -> [Markup] {
        frame.values.marks.flatMap { mark in
            let y = frame.values.place(mark)
            return [
                Pencil.line(0, y, 100, y, mark == 0 ? .edge : .line),
                Pencil.words(number(mark), 0, y - 4, .soft),
            ]
        }
    }

    private func eventMarks(_ frame: Frame) -> [Markup] {
        events.enumerated().map { index, event in
            let x = frame.places[event.point]
            let y = 12 + Double(index % max(1, frame.eventRows)) * Charts.lineHeight
            let room = max(x, 100 - x) / 100 * Charts.narrowest - 8
            let short = TextWidth.fitted(event.words, to: room)
            let label = Pencil.words(short, x < 50 ? x + 1 : x - 1, y, .soft, anchor: x < 50 ? .start : .end)
            return Pencil.mark(
                event.words, [Pencil.line(x, y - 9, x, frame.bottom, .edge, dash: "2 3"), label])
        }
    }

    /// Points in unbroken runs of known values.
    private var runs: [[Int]] {
        var runs: [[Int]] = [[]]
        for (index, point) in points.enumerated() {
            if point.value?.isFinite == true {
                runs[runs.count - 1].append(index)
            } else if runs.last?.isEmpty == false {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    private func washes(_ frame: Frame) -> [Markup] {
        runs.map { run in
            func y(_ index: Int, _ limit: Double?) -> Double {
                frame.values.place(limit ?? points[index].value ?? 0)
            }
            if run.count == 1 {
                let x = frame.places[run[0]]
                return Pencil.line(
                    x, y(run[0], points[run[0]].low), x, y(run[0], points[run[0]].high), .wash, width: 10)
            }
            let lower = run.map { (frame.places[$0], y($0, points[$0].low)) }
            let upper = run.reversed().map { (frame.places[$0], y($0, points[$0].high)) }
            return Pencil.area(lower + upper, height: frame.height, .wash)
        }
    }

    private func lines(_ frame: Frame) -> [Markup] {
        runs.flatMap { run in
            zip(run, run.dropFirst()).map { one, next in
                Pencil.line(
                    frame.places[one], frame.values.place(points[one].value ?? 0), frame.places[next],
                    frame.values.place(points[next].value ?? 0), .ink, width: 1.75)
            }
        }
    }

    private func dots(_ frame: Frame) -> [Markup] {
        let last = points.lastIndex { $0.value != nil }
        return points.indices.map { index in
            let point = points[index]
            let x = frame.places[index]
            // A wide clear target, so that the tip is found without aiming.
            let target = Pencil.target(x, frame.top, frame.bottom)
            guard let value = point.value, value.isFinite else { return Pencil.mark(point.tip, [target]) }
            let y = frame.values.place(value)
            let small = points.count > 30 ? 2.0 : 3.0
            var pieces = [
                target,
                Pencil.dot(x, y, radius: point.isFlagged ? 5 : small, point.isFlagged ? .accent : .ink),
            ]
            if index == last || point.isFlagged {
                pieces.append(valueLabel(index, isLast: index == last, frame))
            }
            return Pencil.mark(point.tip, pieces)
        }
    }

    /// Outside the interval: under a dip, above everything else.
    private func valueLabel(_ index: Int, isLast: Bool, _ frame: Frame) -> Markup {
        let point = points[index]
        let neighbours = [index - 1, index + 1].filter(points.indices.contains).compactMap {
            points[$0].value
        }
        let isDip = !isLast && neighbours.allSatisfy { $0 > point.value ?? 0 }
        let edge = frame.values.place((isDip ? point.low : point.high) ?? point.value ?? 0)
        let y = isDip ? min(edge + 15, frame.bottom + 4) : max(frame.top - 6, edge - 7)
        return Pencil.words(point.valueWords, frame.places[index], y, anchor: .middle, bold: true)
    }

    /// Periods and counts under the axis, as many as a column holds; the last is always there.
    private func labels(_ frame: Frame) -> [Markup] {
        let widest = points.map { max(TextWidth.of($0.label), TextWidth.of($0.count)) }.max() ?? 0
        let narrow = stride(of: widest, in: Charts.narrowest)
        let wide = narrow / max(1, narrow / stride(of: widest, in: Charts.wide))
        return points.indices.reversed().flatMap { index -> [Markup] in
            let back = points.count - 1 - index
            guard back % wide == 0 else { return [] }
            let (place, anchor) = placing(of: index, widest: widest, frame)
            let shown = back % narrow == 0 ? "" : "wide"
            return [
                Pencil.words(
                    points[index].label, place, frame.bottom + 18, .soft, anchor: anchor, shown: shown),
                Pencil.words(
                    points[index].count, place, frame.bottom + 33, .soft, anchor: anchor, shown: shown),
            ]
        }
    }

    /// Under its point, but inside the drawing.
    private func placing(of index: Int, widest: Double, _ frame: Frame) -> (Double, Pencil.Anchor) {
        let x = frame.places[index]
        let isTight = widest / 2 > min(x, 100 - x) / 100 * Charts.narrowest + 6
        guard isTight else { return (x, .middle) }
        return x < 50 ? (0, .start) : (100, .end)
    }

    private func stride(of label: Double, in width: Double) -> Int {
        let room = max(1, Int(width * 0.86 / (label + 12)))
        return max(1, Int((Double(points.count) / Double(room)).rounded(.up)))
    }
}
