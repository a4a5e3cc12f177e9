/// Text in the header of a mail: one line, ASCII, folded (RFC 5322, RFC 2047).
package enum HeaderText {
    /// What people wrote, as `Subject` carries it. Control characters and line ends become blanks.
    package static func encoded(_ text: String) -> String {
        let line = oneLine(text)
        return isPlain(line) ? folded(line) ?? "" : encodedWords(line)
    }

    /// The name of a person before an address; empty where nothing is left of it.
    package static func phrase(_ text: String) -> String {
        let line = oneLine(text)
        guard isPlain(line), line.utf8.count <= 60 else { return line.isEmpty ? "" : encodedWords(line) }
        let isAtoms = line.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x20 || $0 == UInt8(ascii: "-") }
        if isAtoms { return line }
        return "\"" + line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// A value of ours, broken at blanks into lines of 76 where it can be, with LF; a word stays whole, for a
    /// link broken in two is none. `nil` where it is not ASCII in words of at most 900 octets.
    package static func folded(_ value: String) -> String? {
        let words = value.split(separator: " ")
        guard value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), !words.isEmpty,
            words.allSatisfy({ $0.utf8.count <= 900 }), value.utf8.count <= 8000
        else { return nil }
        var lines = "", length = longestName
        for (place, word) in words.enumerated() {
            if place > 0 {
                let fits = length + word.utf8.count + 1 <= 76
                lines += fits ? " " : "\n "
                length = fits ? length + 1 : 1
            }
            lines += word
            length += word.utf8.count
        }
        return lines
    }

    /// The category Cc of Unicode, which is closed.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// Room for the name of the field on the first line.
    private static let longestName = 24

    /// Runs of blanks become one; the rest of an endless text is dropped.
    private static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map {
            isControl($0) || $0.value == 0x2028 || $0.value == 0x2029 ? " " : $0
        }
        let words = scalars.split(separator: " ").map { String(String.UnicodeScalarView($0)) }
        return clipped(words.joined(separator: " "), toBytes: 4096)
    }

    /// Needs no encoding, and nobody would take it for encoded.
    private static func isPlain(_ line: String) -> Bool {
        !line.contains("=?") && line.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            && line.split(separator: " ").allSatisfy { $0.utf8.count <= 70 }
    }

    /// One word for each 42 octets, 74 in all, each of whole characters. Where it can be, only the last one
    /// is padded: GMime, and what rests on it, stops reading after padding.
    private static func encodedWords(_ line: String) -> String {
        var rest = line.flatMap { character -> [[UInt8]] in
            let whole = Array(character.utf8)
            return whole.count <= 42 ? [whole] : character.unicodeScalars.map { Array(String($0).utf8) }
        }[...]
        var words: [String] = []
        while !rest.isEmpty {
            var octets = 0, fitting = 0, unpadded = 0
            for piece in rest {
                guard octets + piece.count <= 42 else { break }
                octets += piece.count
                fitting += 1
                if octets.isMultiple(of: 3) { unpadded = fitting }
            }
            let cut = fitting == rest.count || unpadded == 0 ? fitting : unpadded
            words.append("=?UTF-8?B?\(base64(rest.prefix(cut).flatMap { $0 }))?=")
            rest = rest.dropFirst(cut)
        }
        return words.joined(separator: "\n ")
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var encoded: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isPad = place > group.count
                encoded.append(isPad ? UInt8(ascii: "=") : letters[Int(bits >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The longest beginning of whole characters within so many bytes.
    private static func clipped(_ text: String, toBytes most: Int) -> String {
        guard text.utf8.count > most else { return text }
        var clipped = "", count = 0
        for character in text {
            count += character.utf8.count
            if count > most { break }
            clipped.append(character)
        }
        return clipped
    }
}
