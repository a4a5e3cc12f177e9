import Kernel

/// Counts of whole weeks and months, kept with those of `ScoreDays` by the same consumer: what every series
/// and total reads, while days serve the ragged ends of a period.
enum ScoreSpans {
    static let grains: [Interval] = [.week, .month]
    /// Raw scores of all scales, one column each.
    static let scores = -10...10

    struct Span: Hashable, Comparable {
        let survey: Int64
        let dimension: String
        let grain: Interval
        let value: String
        let start: Int

        static func < (left: Span, right: Span) -> Bool {
            (left.survey, left.dimension, left.grain.rawValue, left.value, left.start)
                < (right.survey, right.dimension, right.grain.rawValue, right.value, right.start)
        }
    }

    /// One count for each of `scores`, the lowest first.
    static func spans(of cells: [ScoreDays.Cell: Int]) -> [Span: [Int]] {
        var spans: [Span: [Int]] = [:]
        for (cell, count) in cells {
            for grain in grains {
                let span = Span(
                    survey: cell.survey, dimension: cell.dimension, grain: grain, value: cell.value,
                    start: grain.start(of: LocalDay(number: cell.day)).number)
                spans[span, default: Array(repeating: 0, count: scores.count)][
                    cell.raw - scores.lowerBound] += count
            }
        }
        return spans
    }
}

extension ScoreQuery {
    /// Whole weeks or months that answer this, and what is left of its period at both ends; `nil` where it
    /// asks for days or holds no whole one.
    func wholeSpans() -> (grain: Interval, first: LocalDay?, end: LocalDay?, ends: [ScoreQuery])? {
        guard let grain = byDay ? interval : .month, ScoreSpans.grains.contains(grain) else { return nil }
        let first = from.map { grain.start(of: $0) == $0 ? $0 : grain.next(after: grain.start(of: $0)) }
        let end = to.map { grain.start(of: $0) }
        if let first, let end, first >= end { return nil }
        var ends: [ScoreQuery] = []
        if let from, let first, from < first { ends.append(within(from, first)) }
        if let to, let end, end < to { ends.append(within(end, to)) }
        return (grain, first, end, ends)
    }

    private func within(_ from: LocalDay, _ to: LocalDay) -> ScoreQuery {
        var part = self
        (part.from, part.to) = (from, to)
        return part
    }
}
