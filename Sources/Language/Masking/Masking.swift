/// Takes what identifies a person out of a quotation: e-mail addresses, and runs of seven digits or more,
/// also with blanks, dots, dashes or brackets between them, as in phone, card and identity numbers.
///
/// Names and streets stay: they need a list or a reader, and this promises neither.
package enum Masking {
    package static let mask = "•••"

    package static func masked(_ text: String) -> String {
        let letters = Array(text.unicodeScalars)
        guard letters.contains(where: { $0 == "@" || $0 == "＠" || isDigit($0) }) else { return text }
        var spans = addresses(in: letters) + numbers(in: letters)
        if spans.isEmpty { return text }
        spans.sort { $0.lowerBound < $1.lowerBound }
        var result = String.UnicodeScalarView()
        var position = 0
        for span in spans {
            if span.upperBound <= position { continue }
            // An address that holds a number is masked once.
            if span.lowerBound >= position {
                result.append(contentsOf: letters[position..<span.lowerBound])
                result.append(contentsOf: mask.unicodeScalars)
            }
            position = span.upperBound
        }
        result.append(contentsOf: letters[position...])
        return String(result)
    }

    static func addresses(in letters: [Unicode.Scalar]) -> [Range<Int>] {
        letters.indices.compactMap { at in
            guard letters[at] == "@" || letters[at] == "＠" else { return nil }
            var start = at
            while start > 0, isLocal(letters[start - 1]) { start -= 1 }
            var end = at + 1
            while end < letters.count, isDomain(letters[end]) { end += 1 }
            while end > at + 1, letters[end - 1] == "." || letters[end - 1] == "-" { end -= 1 }
            let hasDot = letters[at..<end].contains(".")
            return start < at && hasDot ? start..<end : nil
        }
    }

    static func numbers(in letters: [Unicode.Scalar]) -> [Range<Int>] {
        var spans: [Range<Int>] = []
        var index = 0
        while index < letters.count {
            guard isDigit(letters[index]) else {
                index += 1
                continue
            }
            var digits = 0, end = index, next = index
            while next < letters.count, next - end <= 2 {
                if isDigit(letters[next]) {
                    digits += 1
                    end = next + 1
                } else if !isSeparator(letters[next]) {
                    break
                }
                next += 1
            }
            if digits >= 7 { spans.append(start(of: index, in: letters)..<end) }
            index = end
        }
        return spans
    }

    /// With what belongs to the number in front of it: `+`, `(`, or up to two letters as in `A123456789`.
    private static func start(of number: Int, in letters: [Unicode.Scalar]) -> Int {
        var start = number
        while start > 0, number - start < 2, "+(（＋".unicodeScalars.contains(letters[start - 1]) { start -= 1 }
        if start < number { return start }
        while start > 0, number - start < 3, isLatin(letters[start - 1]) { start -= 1 }
        return number - start < 3 ? start : number
    }

    private static func isDigit(_ letter: Unicode.Scalar) -> Bool {
        letter.properties.numericType == .decimal
    }

    private static func isSeparator(_ letter: Unicode.Scalar) -> Bool {
        switch letter.value {
        case 0x20, 0x28, 0x29, 0x2D, 0x2E, 0xA0, 0x2010...0x2013, 0x202F, 0x3000, 0xFF08, 0xFF09, 0xFF0D: true
        default: false
        }
    }

    private static func isLatin(_ letter: Unicode.Scalar) -> Bool {
        (0x41...0x5A).contains(letter.value & ~0x20)
    }

    /// Letters of an alphabet: an address ends where Chinese begins.
    private static func isDomain(_ letter: Unicode.Scalar) -> Bool {
        letter == "." || letter == "-" || isDigit(letter)
            || letter.value < 0x2E80 && letter.properties.isAlphabetic
    }

    private static func isLocal(_ letter: Unicode.Scalar) -> Bool {
        isDomain(letter) || "_+%'&=~!#$*/?^`{|}".unicodeScalars.contains(letter)
    }
}
