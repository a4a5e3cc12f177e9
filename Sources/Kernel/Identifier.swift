import Synchronization

/// What an identifier is of: gives its ids their prefix outside (`rsp_…`), so that a pasted id says what it
/// names.
package protocol Noun {
    static var idPrefix: String { get }
}

/// The key of one row, typed by what the row is. Inside it is a 64-bit Snowflake, outside `prefix_` and 13
/// letters of
/// Crockford base32.
package struct Identifier<Tag: Noun>: Hashable, Sendable, LosslessStringConvertible, Comparable {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    /// Reads `prefix_` followed by base32, in either case. Another noun's prefix is no id of this noun.
    package init?(_ text: String) {
        let prefix = Tag.idPrefix + "_"
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 13,
            let number = Base32.decode(text.utf8.dropFirst(prefix.utf8.count))
        else { return nil }
        self.number = number
    }

    package var description: String { Tag.idPrefix + "_" + Base32.encode(number) }

    /// Writes what `description` says, for files of a million of them.
    package func write(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: Tag.idPrefix.utf8)
        bytes.append(UInt8(ascii: "_"))
        Base32.write(number, into: &bytes)
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Makes ids that grow with time: 41 bits of milliseconds since 2026-01-01, 10 of node, 12 of sequence.
///
/// A clock that stands still or runs backwards only counts the sequence up, and a full sequence borrows from
/// the next
/// millisecond, so ids never repeat and never fall.
package final class Snowflakes: Sendable {
    private static let epoch: Int64 = 1_767_225_600_000
    private let node: Int64
    private let state = Atomic<Int64>(0)

    package init(node: Int64) {
        precondition((0..<1024).contains(node))
        self.node = node
    }

    package func next(at now: Timestamp) -> Int64 {
        let earliest = max(0, now.milliseconds - Self.epoch) << 12
        var seen = state.load(ordering: .relaxed)
        while true {
            let next = max(seen + 1, earliest)
            let (won, current) = state.weakCompareExchange(expected: seen, desired: next, ordering: .relaxed)
            if won { return (next >> 12) << 22 | node << 12 | next & 0xFFF }
            seen = current
        }
    }
}

/// Crockford's base32 of a 64-bit integer: 13 letters, no i, l, o or u.
enum Base32 {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let digits: [UInt8?] = {
        var digits = [UInt8?](repeating: nil, count: 256)
        for (value, letter) in alphabet.enumerated() {
            digits[Int(letter)] = UInt8(value)
            if letter > 0x60 { digits[Int(letter - 0x20)] = UInt8(value) }
        }
        return digits
    }()

    static func encode(_ number: Int64) -> String {
        String(unsafeUninitializedCapacity: 13) { buffer in
            let bits = UInt64(bitPattern: number)
            for index in 0..<13 { buffer[index] = alphabet[Int(bits >> UInt64(60 - 5 * index) & 31)] }
            return 13
        }
    }

    static func write(_ number: Int64, into bytes: inout [UInt8]) {
        let bits = UInt64(bitPattern: number)
        for index in 0..<13 { bytes.append(alphabet[Int(bits >> UInt64(60 - 5 * index) & 31)]) }
    }

    static func decode(_ letters: some Sequence<UInt8>) -> Int64? {
        var number: Int64 = 0
        for letter in letters {
            guard let digit = digits[Int(letter)] else { return nil }
            let (shifted, overflow) = number.multipliedReportingOverflow(by: 32)
            if overflow { return nil }
            number = shifted | Int64(digit)
        }
        return number
    }
}
