/// Percent-encoding (RFC 3986, section 2.1; forms write a blank as `+`).
package enum PercentCoding {
    /// The text that was encoded; unlike lenient readers, it refuses a broken escape and what is not UTF-8.
    package static func decode(
        _ bytes: some Sequence<UInt8>, plusIsBlank: Bool = false
    ) throws(FormFields.Fault) -> String {
        var decoded: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+") where plusIsBlank: decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(hexadecimalDigit),
                    let low = rest.next().flatMap(hexadecimalDigit)
                else { throw .badEscape }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .badUTF8 }
        return text
    }

    /// Leaves the unreserved characters of RFC 3986 and escapes every other byte.
    package static func encode(_ text: String, blankAsPlus: Bool = false) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            case 0x20 where blankAsPlus: encoded.append(UInt8(ascii: "+"))
            default: encoded += [UInt8(ascii: "%"), upperHexadecimal(byte >> 4), upperHexadecimal(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func upperHexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
    }
}
