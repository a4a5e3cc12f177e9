/// What a person wrote into a reply, without the mail that it answers.
package struct ReplyText: Equatable, Sendable {
    /// Blank where nothing was written.
    package let said: String
    /// Something was left out.
    package let hasQuote: Bool

    /// A line of ours that begins the quoted mail, in whatever language it is written.
    package static let marker = "##-"

    package init(_ text: String) {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix(Self.mostLines).map { String(String.UnicodeScalarView($0.filter { $0 != "\r" })) }
        var said: [String] = [], place = 0, hasQuote = false
        reading: while place < lines.count {
            let line = Line(lines[place])
            if line.isQuoted {
                hasQuote = true
                place += 1
            } else if let after = Self.attribution(lines, at: place) {
                hasQuote = true
                // Whoever answers below marked quotes goes on after them; after others nobody does.
                let next = lines[after...].first { !Line($0).isBlank }
                guard let next, Line(next).isQuoted else { break reading }
                place = after
            } else if line.beginsQuote || Self.isHeaderBlock(lines, at: place) {
                hasQuote = true
                break reading
            } else if line.isSignature {
                break reading
            } else {
                said.append(lines[place])
                place += 1
            }
        }
        Self.dropFooters(&said)
        self.said = Self.trimmed(said)
        self.hasQuote = hasQuote
    }

    private static let mostLines = 5000

    /// `On 3 May 2026, Anna <a@b.example> wrote:`, on up to three lines; the number of the line after it.
    private static func attribution(_ lines: [String], at place: Int) -> Int? {
        var joined = ""
        for next in place..<min(place + 3, lines.count) {
            let line = Line(lines[next])
            guard !line.isBlank, !line.isQuoted, line.text.utf8.count < 300 else { return nil }
            joined += (joined.isEmpty ? "" : " ") + line.text
            if ReplyMarks.isAttribution(joined) { return next + 1 }
            // The first line of one says when or who.
            guard ReplyMarks.mayBeginAttribution(joined) else { return nil }
        }
        return nil
    }

    /// `From:`, `Sent:`, `To:`…: the head of a mail as Outlook quotes it.
    private static func isHeaderBlock(_ lines: [String], at place: Int) -> Bool {
        guard ReplyMarks.isField(Line(lines[place]).text, of: ReplyMarks.from) else { return false }
        let next = lines[(place + 1)...].prefix(6).filter { !Line($0).isBlank }.prefix(4)
        return next.count { ReplyMarks.isField(Line($0).text, of: ReplyMarks.othersOfHead) } >= 2
    }

    /// What a telephone writes under everything.
    private static func dropFooters(_ lines: inout [String]) {
        while let last = lines.last {
            let line = Line(last)
            guard line.isBlank || ReplyMarks.isFooter(line.text) else { return }
            lines.removeLast()
        }
    }

    private static func trimmed(_ lines: [String]) -> String {
        let said = lines.map { Line($0).withoutEnd }.drop { $0.isEmpty }
        return said.joined(separator: "\n")
    }
}

/// One line, looked at without the blanks around it.
private struct Line {
    let whole: String
    let text: String

    init(_ whole: String) {
        self.whole = whole
        text = whole.trimmedText
    }

    var isBlank: Bool { text.isEmpty }
    var isQuoted: Bool { text.hasPrefix(">") || text.hasPrefix("＞") }
    var isSignature: Bool { whole == "-- " || text == "--" }
    var beginsQuote: Bool { text.hasPrefix(ReplyText.marker) || ReplyMarks.isSeparator(text) }
    var withoutEnd: String {
        var scalars = whole.unicodeScalars
        while let last = scalars.last, last.isBlank { scalars.removeLast() }
        return String(scalars)
    }
}

extension StringProtocol {
    /// Without blanks at either end; full-width forms as they are.
    var trimmedText: String {
        var scalars = Substring(self).unicodeScalars
        while let first = scalars.first, first.isBlank { scalars.removeFirst() }
        while let last = scalars.last, last.isBlank { scalars.removeLast() }
        return String(scalars)
    }
}
