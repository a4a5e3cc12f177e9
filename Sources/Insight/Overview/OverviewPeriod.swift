import Kernel

/// Which days the overview looks at: a usual span up to today, or two dates.
struct OverviewPeriod: Equatable, Sendable {
    enum Span: String, Sendable, CaseIterable {
        case fourWeeks = "4w"
        case threeMonths = "3m"
        case year = "12m"
        case custom
    }

    let span: Span
    let from: LocalDay
    /// The first day that no longer counts.
    let to: LocalDay
    let interval: Interval

    /// At least the span; it begins where a week or a month does, so that the first point of the trend is
    /// whole.
    init(_ span: Span, today: LocalDay) {
        self.span = span
        to = today + 1
        switch span {
        case .fourWeeks, .custom:
            from = Interval.week.start(of: today - 27)
            interval = .week
        case .threeMonths:
            from = Interval.week.start(of: today - 90)
            interval = .week
        case .year:
            from = Interval.month.start(of: today - 364)
            interval = .month
        }
    }

    /// Both days included; in the order of the calendar, whatever the order they were given in.
    init(from first: LocalDay, through last: LocalDay) {
        span = .custom
        from = min(first, last)
        to = max(first, last) + 1
        let days = to.number - from.number
        interval = days <= 14 ? .day : days <= 182 ? .week : .month
    }

    /// As long as this one, and directly before it.
    var before: (from: LocalDay, to: LocalDay) { (from - (to.number - from.number), from) }
    var lastDay: LocalDay { to - 1 }
}
