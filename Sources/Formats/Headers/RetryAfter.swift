package import Kernel

/// How long a server asks to be left alone (RFC 9110, 10.2.3): seconds, or a moment.
package enum RetryAfter {
    /// `nil` for what is neither; a moment that has passed is no pause.
    package static func pause(_ text: String, at now: Timestamp) -> Duration? {
        let digits = text.utf8
        if (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int(text).map { .seconds($0) }
        }
        return HTTPDate.moment(text).map { max($0 - now, .zero) }
    }
}

/// A date in a header, in the three spellings that RFC 9110, 5.6.7 has everybody read.
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    package static func moment(_ text: String) -> Timestamp? {
        guard text.utf8.count <= 40 else { return nil }
        let words = text.split { " ,-".contains($0) }
        guard (5...6).contains(words.count), (3...9).contains(words[0].count) else { return nil }
        if words.count == 5 {  // Sun Nov  6 08:49:37 1994
            return moment(day: words[2], month: words[1], year: words[4], time: words[3])
        }
        guard words[5] == "GMT" else { return nil }
        return moment(day: words[1], month: words[2], year: words[3], time: words[4])
    }

    private static func moment(day: Substring, month: Substring, year: Substring, time: Substring)
        -> Timestamp?
    {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let monthIndex = months.firstIndex(of: String(month)), let dayNumber = number(day, 1...2),
            var yearNumber = number(year, 2...4), clock.count == 3, let hour = number(clock[0], 2...2),
            let minute = number(clock[1], 2...2), let second = number(clock[2], 2...2), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        if year.utf8.count == 2 { yearNumber += yearNumber < 70 ? 2000 : 1900 }
        guard let date = LocalDay(year: yearNumber, month: monthIndex + 1, day: dayNumber) else { return nil }
        let seconds = Int64(date.number) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(milliseconds: seconds * 1000)
    }

    private static func number(_ text: Substring, _ digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
