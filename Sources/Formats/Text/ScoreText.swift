/// A whole number as people and spreadsheets write it in a cell.
package enum ScoreText {
    /// `9`, ` 9 `, `９`, `9.0` and `9,0` are 9; 7.5, `九` and words are none.
    package static func integer(_ text: String) -> Int? {
        var text = text
        return text.withUTF8 { integer($0) }
    }

    /// The same for the UTF-8 of a cell.
    package static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        if let plain = plainInteger(bytes) { return plain }
        guard mayBeNumber(bytes) else { return nil }
        return writtenInteger(String(decoding: bytes, as: UTF8.self).trimmedScalars)
    }

    package static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.isBlank) }

    /// One to three ASCII digits: nearly every cell.
    private static func plainInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard (1...3).contains(bytes.count) else { return nil }
        var value = 0
        for byte in bytes {
            let digit = byte &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// Words are told at their first letter or ideograph, dates at their first dash.
    private static func mayBeNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var isBegun = false
        for byte in bytes {
            switch byte {
            case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: ","): isBegun = true
            case UInt8(ascii: "-"), UInt8(ascii: "+"): if isBegun { return false }
            case 0x21..<0x7F, 0xE4...0xE9: return false
            default: continue
            }
        }
        return true
    }

    private static func writtenInteger(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
        var rest = scalars
        var sign = 1
        if let first = rest.first, first == "-" || first == "+" || first == "\u{2212}" {
            sign = first == "+" ? 1 : -1
            rest.removeFirst()
        }
        let parts = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        guard let whole = parts.first, (1...18).contains(whole.count), whole.allSatisfy(isDigit) else {
            return nil
        }
        if parts.count == 2 {
            // Three zeros after a comma are a thousand in one country and a fraction in another: refused.
            let mostZeros = rest.contains(",") ? 2 : 15
            guard (1...mostZeros).contains(parts[1].count), parts[1].allSatisfy({ $0 == "0" }) else {
                return nil
            }
        }
        return sign * whole.reduce(0) { $0 * 10 + Int($1.value - 0x30) }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }
}
