import TestKit

extension SeededRandom {
    /// Text that mail stumbles over: line ends, dots, boundaries, encoded words, several scripts, long words.
    mutating func mailText(upTo longest: Int) -> String {
        let pieces = [
            "a", "9", " ", "  ", "\r", "\n", "\r\n", "\r\n.\r\n", "\n\n", "\t", "\0", "\u{1}", "\u{85}",
            "\u{2028}",
            ".", ":", ",", ";", "<", ">", "\"", "\\", "(", "=", "=?utf-8?b?YQ==?=", "=0D=0A",
            "Bcc: x@y.example",
            "--=_rapport", "--=_rapport--", "--", "From ", "é", "ł", "很", "\u{3000}", "\u{FEFF}", "😀",
            "e\u{301}",
            "\u{202E}", "👩‍👩‍👧", "x@y.example", "wholewordofsomelengththatgoeson",
        ]
        return (0..<Int.random(in: 0...longest, using: &self)).reduce(into: "") { text, _ in
            text += pieces.randomElement(using: &self) ?? ""
        }
    }
}
