extension JSONValue {
    /// Compact UTF-8. `<` is written as an escape, so that the text may stand inside an HTML element; a
    /// double is written in the fewest digits that read back as the same one, one that is not finite as null.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        write(into: &bytes)
        return bytes
    }

    /// The same as a string.
    package var text: String { String(decoding: encoded(), as: UTF8.self) }

    package func write(into bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): value.writeDigits(into: &bytes)
        case .number(let value): bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        case .string(let value): value.writeJSON(into: &bytes)
        case .array(let values): Self.write(values, into: &bytes)
        case .object(let object): object.write(into: &bytes)
        }
    }

    private static func write(_ values: [JSONValue], into bytes: inout [UInt8]) {
        var separator = UInt8(ascii: "[")
        for value in values {
            bytes.append(separator)
            value.write(into: &bytes)
            separator = UInt8(ascii: ",")
        }
        if values.isEmpty { bytes.append(separator) }
        bytes.append(UInt8(ascii: "]"))
    }
}

extension JSONObject {
    package func encoded() -> [UInt8] { JSONValue.object(self).encoded() }

    fileprivate func write(into bytes: inout [UInt8]) {
        var separator = UInt8(ascii: "{")
        for member in members {
            bytes.append(separator)
            member.key.writeJSON(into: &bytes)
            bytes.append(UInt8(ascii: ":"))
            member.value.write(into: &bytes)
            separator = UInt8(ascii: ",")
        }
        if isEmpty { bytes.append(separator) }
        bytes.append(UInt8(ascii: "}"))
    }
}

extension Int64 {
    fileprivate func writeDigits(into bytes: inout [UInt8]) {
        if self < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}

extension String {
    fileprivate func writeJSON(into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = self
        text.withUTF8 { source in
            var start = 0
            for (index, byte) in source.enumerated() {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), 0..<0x20:
                    bytes.append(contentsOf: source[start..<index])
                    byte.writeEscaped(into: &bytes)
                    start = index + 1
                default: continue
                }
            }
            bytes.append(contentsOf: source[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension UInt8 {
    fileprivate func writeEscaped(into bytes: inout [UInt8]) {
        switch self {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), self]
        case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes += Array("\\u00".utf8) + [digits[Int(self >> 4)], digits[Int(self & 15)]]
        }
    }
}
