/// The words of a page of HTML, as a mail without a text part holds them. Reads anything in one pass, and
/// what is no tag as words.
package enum HTMLText {
    /// `withoutQuotes` stops where mail programs put the mail that is answered.
    package static func plain(_ html: String, withoutQuotes: Bool = true) -> String {
        var reader = HTMLWords(withoutQuotes: withoutQuotes)
        let scalars = Array(html.unicodeScalars.prefix(1_000_000))
        var place = 0
        while place < scalars.count, !reader.isDone {
            if scalars[place] == "<", let tag = HTMLTag(scalars, at: &place) {
                reader.take(tag)
            } else if scalars[place] == "&" {
                reader.take(character(scalars, at: &place))
            } else {
                reader.take(scalars[place])
                place += 1
            }
        }
        return reader.text
    }

    private static let named: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—",
        "hellip": "…", "oacute": "ó", "Oacute": "Ó",
    ]

    /// `&amp;`, `&#322;`, `&#x142;`; a lone ampersand is itself.
    private static func character(_ scalars: [Unicode.Scalar], at place: inout Int) -> Unicode.Scalar {
        let rest = scalars[(place + 1)...].prefix(12)
        guard let end = rest.firstIndex(of: ";") else {
            place += 1
            return "&"
        }
        let name = scalars[(place + 1)..<end].text
        let number =
            name.hasPrefix("#x") || name.hasPrefix("#X")
            ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let scalar = number.flatMap(Unicode.Scalar.init) ?? named[name] else {
            place += 1
            return "&"
        }
        place = end + 1
        return scalar
    }
}

/// `<p class="x">` in the little that matters here.
private struct HTMLTag {
    let name: String
    let isEnd: Bool
    /// As it is written, in lower case.
    let attributes: String

    /// `nil`, and nothing read, where no tag begins at `place`.
    init?(_ scalars: [Unicode.Scalar], at place: inout Int) {
        var next = place + 1
        guard next < scalars.count else { return nil }
        if scalars[next...].prefix(3).elementsEqual(["!", "-", "-"]) {
            next = Self.end(ofCommentIn: scalars, from: next + 3)
            (name, isEnd, attributes, place) = ("!", false, "", next)
            return
        }
        isEnd = scalars[next] == "/"
        if isEnd { next += 1 }
        guard next < scalars.count, scalars[next].properties.isAlphabetic || scalars[next] == "!" else {
            return nil
        }
        let begin = next
        var quote: Unicode.Scalar?
        while next < scalars.count, quote != nil || scalars[next] != ">" {
            if let open = quote {
                if scalars[next] == open { quote = nil }
            } else if scalars[next] == "\"" || scalars[next] == "'" {
                quote = scalars[next]
            }
            next += 1
        }
        let inside = scalars[begin..<next]
        name = inside.prefix { $0.properties.isAlphabetic || $0.properties.numericType == .decimal }.text
            .lowercased()
        attributes = inside.dropFirst(name.unicodeScalars.count).prefix(2000).text.lowercased()
        place = min(next + 1, scalars.count)
    }

    private static func end(ofCommentIn scalars: [Unicode.Scalar], from start: Int) -> Int {
        var next = start
        while next + 2 < scalars.count {
            if scalars[next] == "-", scalars[next + 1] == "-", scalars[next + 2] == ">" { return next + 3 }
            next += 1
        }
        return scalars.count
    }

    /// Where the mail that is answered begins.
    var beginsQuote: Bool {
        if isEnd { return false }
        return name == "blockquote" || Self.quotes.areHeard(in: attributes)
    }

    private static let quotes = Phrases([
        "gmail_quote", "divrplyfwdmsg", "appendonsend", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote",
        "rapport-mail",
    ])
}

/// Gathers words, blanks and line ends.
private struct HTMLWords {
    private var scalars: [Unicode.Scalar] = []
    private var skipped: String?
    private let withoutQuotes: Bool
    private(set) var isDone = false

    init(withoutQuotes: Bool) { self.withoutQuotes = withoutQuotes }

    private static let blocks: Set<String> = [
        "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "pre", "hr",
    ]

    mutating func take(_ tag: HTMLTag) {
        if let skipped {
            if tag.isEnd, tag.name == skipped { self.skipped = nil }
        } else if withoutQuotes, tag.beginsQuote {
            isDone = true
        } else if !tag.isEnd, ["style", "script", "title", "head"].contains(tag.name) {
            skipped = tag.name
        } else if tag.name == "br" {
            scalars.append("\n")
        } else if Self.blocks.contains(tag.name), scalars.last != "\n", !scalars.isEmpty {
            scalars.append("\n")
        }
    }

    mutating func take(_ scalar: Unicode.Scalar) {
        guard skipped == nil else { return }
        if scalar.isBlank {
            if let last = scalars.last, !last.isBlank { scalars.append(" ") }
        } else {
            scalars.append(scalar)
        }
    }

    /// A blank before a line's end is none.
    var text: String {
        scalars.text.split(separator: "\n", omittingEmptySubsequences: false).map(\.trimmedText).joined(
            separator: "\n"
        ).trimmedText
    }
}
