/// A day of the calendar without a time zone: days since 1970-01-01, proleptic Gregorian.
///
/// Civil-date arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
package struct LocalDay: Hashable, Sendable, Comparable, LosslessStringConvertible {
    package let number: Int

    package init(number: Int) { self.number = number }

    /// `nil` where the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...31).contains(day), (0...9999).contains(year) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.dividedRoundingDown(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        // Each month has 28 days.
        guard day <= 28 || civil == (year, month, day) else { return nil }
    }

    /// Reads `2026-11-21` and nothing else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var civil: (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (number + 719_468).dividedRoundingDown(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    package var description: String {
        let (year, month, day) = civil
        guard (0...9999).contains(year) else {
            return "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
        }
        return String(unsafeUninitializedCapacity: 10) { text in
            var digits = (year * 100 + month) * 100 + day
            for place in (0..<10).reversed() {
                let isDash = place == 4 || place == 7
                text[place] = isDash ? UInt8(ascii: "-") : UInt8(ascii: "0") + UInt8(digits % 10)
                if !isDash { digits /= 10 }
            }
            return 10
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    package static func + (day: Self, days: Int) -> Self { Self(number: day.number + days) }
    package static func - (day: Self, days: Int) -> Self { Self(number: day.number - days) }

    /// 1 is Monday, 7 is Sunday (ISO 8601).
    package var weekday: Int { (number + 3).dividedRoundingDown(by: 7).remainder + 1 }
}

/// The three widths of a period on a time axis.
package enum Interval: String, Sendable, CaseIterable {
    case day, week, month

    /// The first day of the period that holds `day`: weeks begin on Monday.
    package func start(of day: LocalDay) -> LocalDay {
        switch self {
        case .day: return day
        case .week: return day - (day.weekday - 1)
        case .month: return day - (day.civil.day - 1)
        }
    }

    /// The first day of the period after the one that begins on `start`.
    package func next(after start: LocalDay) -> LocalDay {
        switch self {
        case .day: start + 1
        case .week: start + 7
        case .month: self.start(of: start + 31)
        }
    }
}
