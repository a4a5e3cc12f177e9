/// An estimate, on the wide side, of how many pixels words take: nothing may clip on any machine's font.
enum TextWidth {
    static func of(_ words: String, size: Double = 12) -> Double {
        words.unicodeScalars.reduce(0) { $0 + share(of: $1) } * size
    }

    /// The words themselves, or as many as fit and an ellipsis.
    static func fitted(_ words: String, to width: Double, size: Double = 12) -> String {
        guard of(words, size: size) > width else { return words }
        var kept = ""
        var taken = size
        for character in words {
            taken += of(String(character), size: size)
            if taken > width { break }
            kept.append(character)
        }
        while kept.last?.isWhitespace == true { kept.removeLast() }
        return kept + "…"
    }

    private static func share(of scalar: Unicode.Scalar) -> Double {
        switch scalar.value {
        case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
        case 0x1100...0x11FF, 0x2E80...0xD7FF, 0xF900...0xFAFF, 0xFF01...0xFF60, 0x1F000...0x3FFFF: 1.02
        default: narrow(scalar)
        }
    }

    private static func narrow(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", "f", "t", "r", " ", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[", "]",
            "\u{A0}":
            0.36
        case "m", "w", "M", "W", "%", "@", "—": 0.95
        case "A"..."Z": 0.72
        default: 0.62
        }
    }
}
