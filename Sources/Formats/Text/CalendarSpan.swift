/// A span of time as ISO 8601 writes it, `P3D`, `PT2H30M`, `P1W`: whole days of a calendar, then a time.
///
/// Months and years are no spans here: nobody can say how long one is.
package struct CalendarSpan: Hashable, Sendable, LosslessStringConvertible {
    package static let zero = CalendarSpan(days: 0, seconds: 0)
    /// Further ahead nobody knows what will be right.
    package static let longest = CalendarSpan(days: 366, seconds: 0)

    package let days: Int
    package let seconds: Int

    private init(days: Int, seconds: Int) {
        self.days = days
        self.seconds = seconds
    }

    /// Reads what ISO 8601 writes, in capital letters and whole numbers; `nil` beyond `longest`.
    package init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard rest.popFirst() == UInt8(ascii: "P"), !rest.isEmpty else { return nil }
        var units: [(letter: Unicode.Scalar, seconds: Int)] = [("W", 7 * 86_400), ("D", 86_400)]
        var (days, seconds) = (0, 0)
        var isTime = false
        while let first = rest.first {
            if first == UInt8(ascii: "T"), !isTime {
                rest.removeFirst()
                (isTime, units) = (true, [("H", 3600), ("M", 60), ("S", 1)])
                if rest.isEmpty { return nil }
                continue
            }
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            // Six digits cannot overflow, whatever the unit.
            guard (1...6).contains(digits.count), let letter = rest.popFirst(),
                let place = units.firstIndex(where: { UInt8(ascii: $0.letter) == letter })
            else { return nil }
            let span = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } * units[place].seconds
            (days, seconds) = isTime ? (days, seconds + span) : (days + span / 86_400, seconds)
            units.removeFirst(place + 1)
        }
        guard days * 86_400 + seconds <= Self.longest.days * 86_400 else { return nil }
        self.init(days: days, seconds: seconds)
    }

    package var description: String {
        let parts = [(seconds / 3600, "H"), (seconds / 60 % 60, "M"), (seconds % 60, "S")]
        let time = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
        if days == 0, time.isEmpty { return "PT0S" }
        return "P" + (days > 0 ? "\(days)D" : "") + (time.isEmpty ? "" : "T" + time)
    }
}
