/// An address of the internet. Reads the one spelling that everybody reads alike, and none of those that only
/// some resolvers take: `127.1`, `0x7f000001`, `017700000001`, `2130706433`.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt64, UInt64)

    /// Four decimal numbers, or IPv6 as in RFC 4291, 2.2, without brackets or zone.
    package init?(_ text: some StringProtocol) {
        if let bits = Self.v4Bits(text.utf8) {
            self = .v4(bits)
        } else if let groups = Self.v6Groups(Array(text.utf8)) {
            let halves = [groups[..<4], groups[4...]].map { $0.reduce(0) { $0 << 16 | UInt64($1) } }
            self = .v6(halves[0], halves[1])
        } else {
            return nil
        }
    }

    private static func v4Bits(_ text: some Sequence<UInt8>) -> UInt32? {
        let parts = Array(text).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
                part.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            let number = part.reduce(0) { $0 * 10 + UInt32($1 - 0x30) }
            guard number <= 255 else { return nil }
            bits = bits << 8 | number
        }
        return bits
    }

    /// Eight groups of 16 bits.
    private static func v6Groups(_ text: [UInt8]) -> [UInt16]? {
        guard (2...45).contains(text.count) else { return nil }
        var halves: [[UInt16]] = [[]]
        var pieces = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)[...]
        guard pieces.count >= 3 else { return nil }
        // `::` at an end leaves two empty pieces there.
        if pieces.first?.isEmpty == true {
            pieces.removeFirst()
            guard pieces.first?.isEmpty == true else { return nil }
        }
        if pieces.last?.isEmpty == true {
            pieces.removeLast()
            guard pieces.last?.isEmpty == true else { return nil }
        }
        for (place, piece) in zip(pieces.indices, pieces) {
            if piece.isEmpty {
                guard halves.count == 1 else { return nil }
                halves.append([])
            } else if place == pieces.indices.last, let bits = v4Bits(piece) {
                halves[halves.count - 1] += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
            } else if piece.count <= 4, let group = UInt16(hexadecimal: piece) {
                halves[halves.count - 1].append(group)
            } else {
                return nil
            }
        }
        let known = halves.joined().count
        if halves.count == 1 { return known == 8 ? halves[0] : nil }
        guard known < 8 else { return nil }
        return halves[0] + [UInt16](repeating: 0, count: 8 - known) + halves[1]
    }

    /// The most significant byte first: 4 or 16.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let bits): (0..<4).map { UInt8(truncatingIfNeeded: bits >> (24 - 8 * $0)) }
        case .v6(let high, let low):
            [high, low].flatMap { half in
                (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) }
            }
        }
    }

    /// From 4 or 16 bytes.
    package init?(bytes: [UInt8]) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: self = .v4(UInt32(number(bytes[...])))
        case 16: self = .v6(number(bytes[..<8]), number(bytes[8...]))
        default: return nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// IPv6 as in RFC 5952: small letters, the longest run of zero groups as `::`.
    package var description: String {
        guard case .v6 = self else { return bytes.map(String.init).joined(separator: ".") }
        let bytes = bytes
        let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        var longest = 0..<0, begun = 0
        for place in 0...8 where place == 8 || groups[place] != 0 {
            if place - begun > max(longest.count, 1) { longest = begun..<place }
            begun = place + 1
        }
        func written(_ some: ArraySlice<UInt16>) -> String {
            some.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return written(groups[...]) }
        return written(groups[..<longest.lowerBound]) + "::" + written(groups[longest.upperBound...])
    }

    /// As it stands in a URL.
    package var authority: String {
        if case .v6 = self { "[\(description)]" } else { description }
    }
}

extension UInt16 {
    /// `nil` for anything but digits and letters a to f; a sign is none.
    fileprivate init?(hexadecimal digits: some Collection<UInt8>) {
        var number: UInt16 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: number = number << 4 | UInt16(digit - 0x30)
            case 0x41...0x46, 0x61...0x66: number = number << 4 | UInt16(digit & 0x5F - 0x37)
            default: return nil
            }
        }
        self = number
    }
}
