package import Formats
package import Kernel

/// The hours in which a company works: what a deadline in business hours is counted in.
package struct BusinessCalendar: Equatable, Sendable {
    /// From one minute of the day to another, the end not included: 540..<1020 is 9:00-17:00. Two in a day
    /// leave a break.
    package typealias Span = Range<Int>

    /// By weekday, 1 is Monday: the spans of that day, in order and apart.
    package let week: [Int: [Span]]
    package let holidays: Set<LocalDay>
    package let zone: Zone

    package static let mostHolidays = 400

    /// Throws `invalid` naming each field: a span that ends before it begins or overlaps another, no hours at
    /// all.
    package init(week: [Int: [Span]], holidays: Set<LocalDay>, zone: Zone) throws(DomainError) {
        var faults: [DomainError.Field] = []
        for weekday in 1...7 where !Self.isInOrder(week[weekday] ?? []) {
            faults.append(DomainError.Field("/hours_\(weekday)", "hours-overlap"))
        }
        if week.values.allSatisfy(\.isEmpty) { faults.append(DomainError.Field("/hours_1", "hours-none")) }
        if holidays.count > Self.mostHolidays {
            faults.append(DomainError.Field("/holidays", "too-many", ["max": String(Self.mostHolidays)]))
        }
        if !faults.isEmpty { throw .invalid(faults) }
        self.init(checked: week, holidays: holidays, zone: zone)
    }

    private init(checked week: [Int: [Span]], holidays: Set<LocalDay>, zone: Zone) {
        self.week = week.filter { !$0.value.isEmpty }
        self.holidays = holidays
        self.zone = zone
    }

    /// Out of the box: Monday to Friday, 9:00-17:00.
    package static func usual(in zone: Zone) -> BusinessCalendar {
        BusinessCalendar(
            checked: Dictionary(uniqueKeysWithValues: (1...5).map { ($0, [540..<1020]) }), holidays: [],
            zone: zone)
    }

    private static func isInOrder(_ spans: [Span]) -> Bool {
        spans.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= 1440 }
            && zip(spans, spans.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    }
}

extension BusinessCalendar {
    /// When so many business hours have passed since `start`. The clock stands still outside them.
    ///
    /// A company that does not open within four years (every day a holiday) gets plain hours.
    package func due(after start: Timestamp, businessHours: Int) -> Timestamp {
        due(after: start, businessTime: .seconds(businessHours * 3600))
    }

    package func due(after start: Timestamp, businessTime: Duration) -> Timestamp {
        var left = businessTime
        let first = zone.day(of: start)
        for offset in 0..<1461 {
            for open in opening(on: first + offset) {
                let begin = max(open.begin, start)
                guard begin < open.end else { continue }
                if open.end - begin >= left { return begin + left }
                left = left - (open.end - begin)
            }
        }
        return start + businessTime
    }

    /// The business time from one moment to a later one; zero where it is not later.
    package func businessTime(from start: Timestamp, to end: Timestamp) -> Duration {
        guard start < end else { return .zero }
        var total = Duration.zero
        for number in zone.day(of: start).number...zone.day(of: end).number {
            for open in opening(on: LocalDay(number: number)) {
                let begin = max(open.begin, start), finish = min(open.end, end)
                if begin < finish { total += finish - begin }
            }
        }
        return total
    }

    /// True in business hours.
    package func isOpen(at moment: Timestamp) -> Bool {
        opening(on: zone.day(of: moment)).contains { $0.begin <= moment && moment < $0.end }
    }

    /// Real moments: a day on which the clocks change is an hour longer or shorter.
    private func opening(on day: LocalDay) -> [(begin: Timestamp, end: Timestamp)] {
        if holidays.contains(day) { return [] }
        return (week[day.weekday] ?? []).map {
            (zone.moment(on: day, minute: $0.lowerBound), zone.moment(on: day, minute: $0.upperBound))
        }
    }
}

/// How hours and holidays are written, stored and read.
extension BusinessCalendar {
    /// `9:00-12:00, 13:00-17:00`, as people type it; blank is closed. `nil` for anything else.
    package static func spans(_ text: String) -> [Span]? {
        if text.allSatisfy(\.isWhitespace) { return [] }
        var spans: [Span] = []
        for piece in text.split(whereSeparator: { ",;、，；".contains($0) }) {
            let ends = piece.split(omittingEmptySubsequences: false, whereSeparator: { "-–—~".contains($0) })
                .map { minute($0) }
            guard ends.count == 2, let from = ends[0], let to = ends[1], from < to else { return nil }
            spans.append(from..<to)
        }
        return spans.isEmpty ? nil : spans
    }

    package static func text(of spans: [Span]) -> String {
        spans.map { clock($0.lowerBound) + "-" + clock($0.upperBound) }.joined(separator: ", ")
    }

    private static func clock(_ minute: Int) -> String { "\(minute / 60):\((minute % 60).padded(2))" }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.filter { !$0.isWhitespace }.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
            let hour = Int(parts[0]), let minute = parts.count == 1 ? 0 : Int(parts[1]),
            hour >= 0, (0..<60).contains(minute), hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }

    /// `{"week": {"1": "9:00-17:00"}, "holidays": ["2026-12-25"]}`
    package var definition: JSONValue {
        let week = (1...7).compactMap { day in
            self.week[day].map { (String(day), JSONValue.string(Self.text(of: $0))) }
        }
        return [
            "week": .object(JSONObject(week)),
            "holidays": .array(holidays.sorted().map { .string($0.description) }),
        ]
    }

    /// Reads `definition`.
    package init(definition: JSONValue, zone: Zone) throws(DomainError) {
        var week: [Int: [Span]] = [:]
        for member in definition["week"]?.object?.members ?? [] {
            week[Int(member.key) ?? 0] = member.value.string.flatMap { Self.spans($0) }
        }
        let holidays = (definition["holidays"]?.array ?? []).compactMap { $0.string.flatMap { LocalDay($0) } }
        try self.init(week: week, holidays: Set(holidays), zone: zone)
    }
}
