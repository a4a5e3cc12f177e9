/// Keeps spreadsheets from taking text for a formula: an apostrophe in front, which our import takes off
/// again.
///
/// Guards what begins, after a byte order mark, quotes and blanks, with a character that starts a formula.
/// Texts that begin with apostrophes of their own are guarded alike, so that taking off always gives back
/// what was put on.
package enum FormulaGuard {
    package static func added(to text: String) -> String { isTempting(text.utf8) ? "'" + text : text }

    package static func removed(from text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "'"), isTempting(text.utf8.dropFirst()) else { return text }
        return String(text.unicodeScalars.dropFirst())
    }

    static func isTempting(_ bytes: some Collection<UInt8>) -> Bool {
        // Most texts begin with a letter or digit.
        if let first = bytes.first, first >= 0x30, first < 0x80, first != 0x3D, first != 0x40 { return false }
        for scalar in Scalars(bytes) {
            switch scalar {
            case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}":
                return true
            case "\"", "'", "\u{FEFF}": continue
            default:
                if !scalar.properties.isWhitespace { return false }
            }
        }
        return false
    }

    /// The scalars of UTF-8, decoded as they are asked for.
    private struct Scalars<Bytes: Sequence<UInt8>>: Sequence, IteratorProtocol {
        private var bytes: Bytes.Iterator
        private var codec = UTF8()

        init(_ bytes: Bytes) { self.bytes = bytes.makeIterator() }

        mutating func next() -> Unicode.Scalar? {
            guard case .scalarValue(let scalar) = codec.decode(&bytes) else { return nil }
            return scalar
        }
    }
}
