import TestKit

extension SeededRandom {
    /// Bytes of which most are from `likely`, so that a grammar is met often, and the others anything.
    mutating func bytes(upTo longest: Int, likely: String) -> [UInt8] {
        let letters = Array(likely.utf8)
        return (0..<Int.random(in: 0...longest, using: &self)).map { _ in
            Int.random(in: 0..<10, using: &self) == 0
                ? UInt8.random(in: 0...255, using: &self) : letters.randomElement(using: &self) ?? 0
        }
    }

    /// Text of letters that parsers stumble over: quotes, separators, blanks, several scripts, combining
    /// marks.
    mutating func text(upTo longest: Int) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "9", "\"", "'", ",", ";", "\t", "\r", "\n", " ", "=", "+", "-", "@", "&", "%", "<", "\\",
            "\u{1}",
            "é", "ł", "九", "很", "\u{3000}", "\u{FEFF}", "😀", "\u{301}", "\u{202E}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...longest, using: &self) {
            text.append(scalars.randomElement(using: &self) ?? "a")
        }
        return String(text)
    }
}
