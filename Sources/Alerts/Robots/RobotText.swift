/// Other people's words on their way into a chat: they format nothing, call nobody and end no line of ours.
package enum RobotText {
    /// Line breaks become blanks, other control characters and marks that turn the direction of text vanish.
    package static func plain(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A, 0x0D, 0x09, 0x0B, 0x0C, 0x85, 0x2028, 0x2029: scalars.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF:
                continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// The same, a line each, empty ones left out.
    package static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { plain(String($0)) }
            .filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// How a program reads what it is given.
    package enum Reader: Sendable {
        /// It parses nothing.
        case plain
        case slack
        case markdown
    }

    /// One line for that reader, of at most `bytes` of UTF-8, cut between two characters, with an ellipsis
    /// where some are missing.
    package static func line(_ text: String, for reader: Reader, bytes: Int) -> String {
        let text = plain(text)
        return switch reader {
        case .plain: fit(text, bytes: bytes) { String($0) }
        case .slack: fit(text, bytes: bytes, escaping: slack)
        case .markdown: markdown(line: text, bytes: bytes)
        }
    }

    /// For Slack, which reads `<!channel>` and `<@U1>` as calls.
    private static func slack(_ character: Character) -> String {
        var escaped = ""
        // A mark is one to a parser whatever stands on it or joins it.
        for scalar in character.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// For DingTalk and WeCom, whose Markdown knows no escape that all their programs honour: each mark is
    /// written as the full-width character that looks like it and means nothing.
    private static func markdown(_ character: Character) -> String {
        guard character.unicodeScalars.contains(where: isMark) else { return String(character) }
        return String(
            String.UnicodeScalarView(
                character.unicodeScalars.map { scalar in
                    isMark(scalar) ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
                }))
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\\", "`", "*", "_", "[", "]", "~", "<", ">", "@", "&": true
        default: false
        }
    }

    /// What begins a heading, a list, a line below a heading.
    private static let beginnings = Set("#-+=|".unicodeScalars)

    /// One line of Markdown whose words are somebody else's.
    private static func markdown(line text: String, bytes: Int) -> String {
        guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }),
            beginnings.contains(first), let wide = Unicode.Scalar(first.value + 0xFEE0)
        else { return fit(text, bytes: bytes, escaping: markdown(_:)) }
        var scalars = String.UnicodeScalarView(
            text.unicodeScalars.drop { $0.properties.isWhitespace }.dropFirst())
        scalars.insert(wide, at: scalars.startIndex)
        return fit(String(scalars), bytes: bytes, escaping: markdown(_:))
    }

    private static func fit(
        _ text: String, bytes: Int, escaping escape: (Character) -> String
    ) -> String {
        var fitted = ""
        var used = 0
        /// How many bytes to keep should the rest not fit.
        var safe = 0
        for character in text {
            let piece = escape(character)
            used += piece.utf8.count
            if used > bytes {
                return bytes >= 3 ? String(decoding: fitted.utf8.prefix(safe), as: UTF8.self) + "…" : ""
            }
            fitted += piece
            if used <= bytes - 3 { safe = used }
        }
        return fitted
    }
}
