package import Kernel

/// How much of a date is said.
package enum DateStyle: String, Sendable, CaseIterable {
    /// 21 November 2026
    case long
    /// 21 Nov 2026
    case short
    /// 21 Nov, on an axis whose year is clear
    case day
    /// November 2026
    case month
    /// Nov 2026
    case shortMonth = "short-month"
    /// week 47 of 2026 (ISO 8601: the year is that of the week's Thursday)
    case week
    /// Saturday, 21 November 2026
    case full
}

/// Dates, times of day and spans of time, from the tables under `format.` in the catalogs.
extension Messages {
    package func date(_ day: LocalDay, _ style: DateStyle = .short) -> String {
        let (year, month, dayOfMonth) = (style == .week ? day + (4 - day.weekday) : day).civil
        return self(
            "format.date.\(style.rawValue)",
            [
                "year": "\(year)", "day": "\(dayOfMonth)", "number": "\(month)", "week": "\(day.isoWeek)",
                "month": .string(self("month.\(month)")), "dated": .string(self("month.dated.\(month)")),
                "short": .string(self("month.short.\(month)")),
                "weekday": .string(self("weekday.\(day.weekday)")),
            ])
    }

    /// The name of one period of a series, by its first day.
    package func period(_ start: LocalDay, _ interval: Interval) -> String {
        switch interval {
        case .day: date(start, .short)
        case .week: date(start, .week)
        case .month: date(start, .month)
        }
    }

    /// `09:30`, on a clock that is `offsetSeconds` ahead of UTC.
    package func time(_ at: Timestamp, offsetSeconds: Int) -> String {
        let minute = at.local(offsetSeconds).secondOfDay / 60
        return "\((minute / 60).padded(2)):\((minute % 60).padded(2))"
    }

    /// `21 Nov 2026, 09:30`
    package func dateTime(_ at: Timestamp, _ style: DateStyle = .short, offsetSeconds: Int) -> String {
        self(
            "format.date-time",
            [
                "date": .string(date(at.local(offsetSeconds).day, style)),
                "time": .string(time(at, offsetSeconds: offsetSeconds)),
            ])
    }

    /// How long ago, or how long from now: `3 h ago`, `in 2 days`. Whole units, never rounded up.
    package func relative(_ at: Timestamp, now: Timestamp) -> String {
        let seconds = (at.milliseconds - now.milliseconds) / 1000
        let direction = seconds < 0 ? "ago" : "ahead"
        let span = Int(seconds.magnitude)
        let steps = [
            (31_557_600, "years"), (2_629_800, "months"), (86_400, "days"), (3600, "hours"), (60, "minutes"),
        ]
        guard let (unit, name) = steps.first(where: { span >= $0.0 }) else {
            return self("format.\(direction).now")
        }
        return self("format.\(direction).\(name)", ["count": .int(span / unit)])
    }

    /// A span in its two largest units: `2 days 3 h`, `3 h 20 min`, `12 s`.
    package func duration(_ span: Duration) -> String {
        let seconds = Int(span.components.seconds.magnitude)
        let steps = [(86_400, "days", Int.max), (3600, "hours", 24), (60, "minutes", 60), (1, "seconds", 60)]
        let first = steps.firstIndex { seconds >= $0.0 } ?? 3
        let parts = steps[first...].prefix(2).compactMap { unit, name, wrap in
            let count = seconds / unit % wrap
            return count > 0 || seconds == 0 ? self("format.duration.\(name)", ["count": .int(count)]) : nil
        }
        return parts.joined(separator: self("format.duration.between"))
    }

    /// `a, b and c`
    package func list(_ items: [String]) -> String {
        guard items.count > 1, let last = items.last else { return items.first ?? "" }
        let head = items.dropLast().joined(separator: self("format.list.between"))
        return self("format.list.last", ["items": .string(head), "last": .string(last)])
    }
}

extension LocalDay {
    /// 1 to 53, ISO 8601: the week belongs to the year of its Thursday.
    package var isoWeek: Int {
        let thursday = self + (4 - weekday)
        let newYear = LocalDay(year: thursday.civil.year, month: 1, day: 1) ?? thursday
        return (thursday.number - newYear.number) / 7 + 1
    }
}

extension Timestamp {
    fileprivate func local(_ offsetSeconds: Int) -> (day: LocalDay, secondOfDay: Int) {
        let seconds = milliseconds.dividedRoundingDown(by: 1000).quotient + Int64(offsetSeconds)
        let (day, second) = seconds.dividedRoundingDown(by: 86_400)
        return (LocalDay(number: Int(day)), Int(second))
    }
}
