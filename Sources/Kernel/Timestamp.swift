/// Milliseconds since 1970 in UTC: what every `_at` column holds.
package struct Timestamp: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
    package static func + (time: Self, delay: Duration) -> Self {
        let (seconds, attoseconds) = delay.components
        return Self(milliseconds: time.milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
    package static func - (time: Self, delay: Duration) -> Self { time + (.zero - delay) }
    package static func - (later: Self, earlier: Self) -> Duration {
        .milliseconds(later.milliseconds - earlier.milliseconds)
    }
}

extension Timestamp {
    /// RFC 3339 in UTC, with milliseconds only where there are any: `2026-11-21T09:30:00Z`.
    package var rfc3339: String {
        let (day, rest) = milliseconds.dividedRoundingDown(by: 86_400_000)
        let (year, month, dayOfMonth) = LocalDay(number: Int(day)).civil
        let (seconds, fraction) = (Int(rest / 1000), Int(rest % 1000))
        return String(unsafeUninitializedCapacity: 24) { bytes in
            var count = 0
            func write(_ number: Int, _ width: Int, then sign: Unicode.Scalar) {
                var rest = number
                for place in (0..<width).reversed() {
                    bytes[count + place] = 0x30 + UInt8(rest % 10)
                    rest /= 10
                }
                bytes[count + width] = UInt8(ascii: sign)
                count += width + 1
            }
            // RFC 3339 knows no other years.
            write(min(max(year, 0), 9999), 4, then: "-")
            write(month, 2, then: "-")
            write(dayOfMonth, 2, then: "T")
            write(seconds / 3600, 2, then: ":")
            write(seconds / 60 % 60, 2, then: ":")
            write(seconds % 60, 2, then: fraction == 0 ? "Z" : ".")
            if fraction != 0 { write(fraction, 3, then: "Z") }
            return count
        }
    }

    /// Reads RFC 3339 with any offset, `2026-11-21T10:30:00.5+01:00`; digits past milliseconds are dropped.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"), let month = scanner.number(digits: 2),
            scanner.skip("-"), let dayOfMonth = scanner.number(digits: 2),
            let day = LocalDay(year: year, month: month, day: dayOfMonth),
            scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
            let second = scanner.number(digits: 2), second <= 60
        else { return nil }
        var fraction = 0
        if scanner.skip(".") {
            guard let digits = scanner.fraction(places: 3) else { return nil }
            fraction = digits
        }
        guard let offset = scanner.offsetMinutes(), scanner.isAtEnd else { return nil }
        let seconds = (hour * 60 + minute - offset) * 60 + second
        self.init(milliseconds: Int64(day.number) * 86_400_000 + Int64(seconds) * 1000 + Int64(fraction))
    }
}

/// Reads fixed-width digits from ASCII bytes.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        let head = rest.prefix(digits)
        guard head.count == digits, head.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest.removeFirst(digits)
        return head.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func fraction(places: Int) -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count) else { return nil }
        rest.removeFirst(digits.count)
        let kept = digits.prefix(places).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (digits.count..<max(places, digits.count)).reduce(kept) { value, _ in value * 10 }
    }

    mutating func offsetMinutes() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

extension BinaryInteger {
    /// Quotient and remainder with the remainder never negative.
    package func dividedRoundingDown(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Decimal digits with zeros in front up to `width`.
    package func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
