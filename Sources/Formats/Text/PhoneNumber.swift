/// A telephone number as it is dialled: `+` and digits where it names its country (ITU-T E.164), else digits
/// alone.
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package var isInternational: Bool { description.hasPrefix("+") }

    /// Drops what people write between digits; `00` in front is the `+`, and `(0)` after it falls away. `nil`
    /// where anything else than digits is left or their number is not that of a telephone number.
    package init?(_ text: String) {
        var written = text.trimmedScalars.text
        if written.lowercased().hasPrefix("tel:") { written.removeFirst(4) }
        var isInternational = false
        if written.hasPrefix("+") {
            isInternational = true
            written.removeFirst()
            if let zero = written.firstRange(of: "(0)") { written.removeSubrange(zero) }
        }
        var digits = ""
        for scalar in written.unicodeScalars {
            if let digit = scalar.properties.numericValue, scalar.properties.numericType == .decimal {
                digits += String(Int(digit))
            } else if !scalar.isBlank
                && !"-./()\u{2010}\u{2011}\u{2012}\u{2013}".unicodeScalars.contains(scalar)
            {
                return nil
            }
        }
        if !isInternational, digits.hasPrefix("00"), digits.utf8.count >= 10 {
            isInternational = true
            digits.removeFirst(2)
        }
        let lengths = isInternational ? 7...15 : 3...15
        guard lengths.contains(digits.utf8.count), !isInternational || !digits.hasPrefix("0") else {
            return nil
        }
        description = (isInternational ? "+" : "") + digits
    }
}
