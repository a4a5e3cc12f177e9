package import Kernel

/// What a whole column of dates says about its own order, gathered row by row.
package struct DateColumn: Sendable {
    private var plain = Span()
    private var dayFirst = Span()
    private var monthFirst = Span()
    private var pairs = 0

    /// How the order of day and month was settled.
    package enum Evidence: String, Sendable {
        /// No cell left a choice.
        case plain
        /// A number above 12 stood in one place.
        case proved
        /// Both orders can be read; this one spans fewer days.
        case shorter
        /// Nothing speaks for either: the day is taken to stand first.
        case assumed
    }

    package init() {}

    package mutating func add(_ cell: DateCell) {
        guard case .pair = cell else { return plain.add(cell.day(.dayFirst)) }
        pairs += 1
        dayFirst.add(cell.day(.dayFirst))
        monthFirst.add(cell.day(.monthFirst))
    }

    /// The order that more cells can be read in.
    package var order: (order: DateOrder, evidence: Evidence) {
        if pairs == 0 { return (.dayFirst, .plain) }
        if dayFirst.count != monthFirst.count {
            return (dayFirst.count > monthFirst.count ? .dayFirst : .monthFirst, .proved)
        }
        let (days, months) = (plain + dayFirst, plain + monthFirst)
        if days.length == months.length { return (.dayFirst, .assumed) }
        return (days.length < months.length ? .dayFirst : .monthFirst, .shorter)
    }

    /// The first and the last day in that order; `nil` for a column without any.
    package var days: ClosedRange<LocalDay>? {
        (plain + (order.order == .dayFirst ? dayFirst : monthFirst)).days
    }

    private struct Span: Sendable {
        var count = 0
        var days: ClosedRange<LocalDay>?

        var length: Int { days.map { $0.upperBound.number - $0.lowerBound.number } ?? 0 }

        mutating func add(_ day: LocalDay?) {
            guard let day else { return }
            count += 1
            days = days.map { min($0.lowerBound, day)...max($0.upperBound, day) } ?? day...day
        }

        static func + (left: Span, right: Span) -> Span {
            var both = left
            both.add(right.days?.lowerBound)
            both.add(right.days?.upperBound)
            return both
        }
    }
}

extension Interval {
    /// Days under two weeks, weeks up to 26, months beyond.
    package static func fitting(_ days: ClosedRange<LocalDay>) -> Interval {
        let count = days.upperBound.number - days.lowerBound.number + 1
        return count < 14 ? .day : count <= 26 * 7 ? .week : .month
    }
}
