/// Well-formed UTF-8, byte by byte (Unicode, table 3-7).
enum UTF8Check {
    enum Sequence: Equatable {
        case valid(length: Int)
        case invalid
        /// Right so far, and the bytes end.
        case cut
    }

    /// The sequence that begins at `start`.
    static func sequence(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Sequence {
        let lead = bytes[start]
        if lead < 0x80 { return .valid(length: 1) }
        guard (0xC2...0xF4).contains(lead) else { return .invalid }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        for offset in 1..<length {
            guard start + offset < bytes.count else { return .cut }
            let byte = bytes[start + offset]
            guard (offset == 1 ? second(after: lead) : 0x80...0xBF).contains(byte) else { return .invalid }
        }
        return .valid(length: length)
    }

    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        while position < bytes.count {
            guard case .valid(let length) = sequence(in: bytes, at: position) else { return false }
            position += length
        }
        return true
    }

    /// Where text ends that begins at `start`: at a zero byte, at what is no UTF-8, at a character that is
    /// cut off, or with the bytes.
    static func textEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var position = start
        while position < raw.count {
            let lead = raw[position]
            if lead >= 0x80 {
                if isThreeBytes(raw, at: position, lead) {
                    position += 3
                } else if case .valid(let length) = sequence(in: bytes, at: position) {
                    position += length
                } else {
                    return position
                }
            } else if position + 8 <= raw.count {
                let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                let stops = word & high | zeros(word)
                position += stops == 0 ? 8 : stops.trailingZeroBitCount >> 3
                if stops != 0, raw[position] == 0 { return position }
            } else if lead == 0 {
                return position
            } else {
                position += 1
            }
        }
        return position
    }

    /// A character of three bytes whose second may be any, as nearly all of Chinese.
    private static func isThreeBytes(_ raw: UnsafeRawBufferPointer, at position: Int, _ lead: UInt8) -> Bool {
        (0xE1...0xEC).contains(lead) && position + 3 <= raw.count && raw[position + 1] & 0xC0 == 0x80
            && raw[position + 2] & 0xC0 == 0x80
    }

    /// That byte eight times.
    static func eight(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

    /// The highest bit of each zero byte. Those above the lowest one may be what it borrowed.
    @inline(__always)
    static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & high }

    private static let high: UInt64 = 0x8080_8080_8080_8080
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    private static func second(after lead: UInt8) -> ClosedRange<UInt8> {
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }

    /// What eight bytes at a time show: any byte from 0x80 up, any zero byte.
    static func survey(_ bytes: UnsafeBufferPointer<UInt8>) -> (hasHigh: Bool, hasZero: Bool) {
        let raw = UnsafeRawBufferPointer(bytes)
        var highs: UInt64 = 0, zeros: UInt64 = 0
        var position = 0
        while position + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            highs |= word & high
            zeros |= Self.zeros(word)
            position += 8
        }
        while position < raw.count {
            highs |= UInt64(raw[position] & 0x80)
            if raw[position] == 0 { zeros = 1 }
            position += 1
        }
        return (highs != 0, zeros != 0)
    }
}
