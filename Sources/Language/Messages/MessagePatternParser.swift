/// Why a message text cannot be read, and at which letter.
struct MessageSyntaxError: Error, Equatable {
    let reason: String
    let position: Int
}

extension MessagePattern {
    /// Reads ICU MessageFormat: `{n}`, `{n, number}`, `{n, plural, =0{…} one{…} other{…}}`,
    /// `{x, select, a{…} other{…}}`, `#`, and quoting as in ICU: `''` is an apostrophe, `'{…}'` is text.
    init(_ text: String) throws(MessageSyntaxError) {
        var parser = MessagePatternParser(letters: Array(text))
        self = try parser.pattern(countedBy: nil)
        guard parser.isAtEnd else { throw parser.error("} without {") }
    }
}

private struct MessagePatternParser {
    let letters: [Character]
    var position = 0

    var isAtEnd: Bool { position == letters.count }

    func error(_ reason: String) -> MessageSyntaxError {
        MessageSyntaxError(reason: reason, position: position)
    }

    /// Up to the end or to the `}` that closes the surrounding option, which is left standing.
    mutating func pattern(countedBy plural: String?) throws(MessageSyntaxError) -> MessagePattern {
        var parts: [MessagePattern.Part] = []
        var text = ""
        func flush() {
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
        }
        while !isAtEnd, letters[position] != "}" {
            switch letters[position] {
            case "{":
                flush()
                parts.append(try placeholder(countedBy: plural))
            case "#" where plural != nil:
                flush()
                parts.append(.pound(plural!))
                position += 1
            case "'": text += quoted(countsPound: plural != nil)
            default:
                text.append(letters[position])
                position += 1
            }
        }
        flush()
        return MessagePattern(parts: parts)
    }

    /// What an apostrophe begins: one apostrophe, quoted text, or just itself as in "don't".
    private mutating func quoted(countsPound: Bool) -> String {
        position += 1
        guard !isAtEnd else { return "'" }
        if letters[position] == "'" {
            position += 1
            return "'"
        }
        guard "{}".contains(letters[position]) || countsPound && letters[position] == "#" else { return "'" }
        var text = ""
        while !isAtEnd {
            let letter = letters[position]
            position += 1
            if letter != "'" {
                text.append(letter)
            } else if !isAtEnd, letters[position] == "'" {
                text.append("'")
                position += 1
            } else {
                return text
            }
        }
        return text
    }

    private mutating func placeholder(countedBy plural: String?) throws(MessageSyntaxError)
        -> MessagePattern.Part
    {
        try expect("{")
        let name = try word()
        if take("}") { return .argument(name) }
        try expect(",")
        let kind = try word()
        if kind == "number" {
            try expect("}")
            return .number(name)
        }
        try expect(",")
        let part: MessagePattern.Part
        switch kind {
        case "plural": part = try self.plural(name)
        case "select":
            var options: [String: MessagePattern] = [:]
            while let (key, option) = try option(countedBy: plural) { options[key] = option }
            guard options["other"] != nil else { throw error("select without other") }
            part = .select(name, options)
        default: throw error("unknown kind \(kind)")
        }
        try expect("}")
        return part
    }

    private mutating func plural(_ name: String) throws(MessageSyntaxError) -> MessagePattern.Part {
        var exact: [Int: MessagePattern] = [:]
        var forms: [PluralCategory: MessagePattern] = [:]
        while let (key, option) = try option(countedBy: name) {
            if key.hasPrefix("="), let number = Int(key.dropFirst()) {
                exact[number] = option
            } else if let form = PluralCategory(rawValue: key) {
                forms[form] = option
            } else {
                throw error("unknown form \(key)")
            }
        }
        guard forms[.other] != nil else { throw error("plural without other") }
        return .plural(name, exact: exact, forms: forms)
    }

    /// `key{…}`, or nothing before the `}` that ends the placeholder.
    private mutating func option(
        countedBy plural: String?
    ) throws(MessageSyntaxError) -> (String, MessagePattern)? {
        skipBlanks()
        guard !isAtEnd, letters[position] != "}" else { return nil }
        let key = try word()
        try expect("{")
        let option = try pattern(countedBy: plural)
        guard !isAtEnd else { throw error("option without }") }
        position += 1
        return (key, option)
    }

    private mutating func word() throws(MessageSyntaxError) -> String {
        skipBlanks()
        let start = position
        while !isAtEnd,
            letters[position].isLetter || letters[position].isNumber || "_-=".contains(letters[position])
        {
            position += 1
        }
        guard position > start else { throw error("a name is missing") }
        let word = String(letters[start..<position])
        skipBlanks()
        return word
    }

    private mutating func skipBlanks() {
        while !isAtEnd, letters[position].isWhitespace { position += 1 }
    }

    private mutating func take(_ letter: Character) -> Bool {
        guard !isAtEnd, letters[position] == letter else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ letter: Character) throws(MessageSyntaxError) {
        skipBlanks()
        guard take(letter) else { throw error("\(letter) expected") }
    }
}
