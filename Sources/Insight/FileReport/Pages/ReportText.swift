import Kernel
package import Language
import Statistics
import Surveys

extension FileReport {
    /// The report for a terminal: sentences first, then the tables behind them; at most 100 columns.
    package func text(_ messages: Messages) -> String {
        let words = ReportWords(report: self, messages: messages)
        var page = TextPage()
        page.title(
            words(
                "of",
                ["file": .string(name), "count": .int(valid), "scale": .string(scale.rawValue)]))
        for sentence in words.findings { page.paragraph(sentence) }
        page.section(words("chart.distribution"), words.distributionTable, bars: true)
        if series.count > 1 {
            page.section(
                words(
                    "chart.trend", ["interval": .string(interval.rawValue), "metric": .string(words.metric)]),
                words.seriesTable)
        }
        for group in groups
        where reading.areGroupsNamed || !(group.standingOut.isEmpty || words.isAside(group)) {
            page.section(words.groupTitle(group), words.groupTable(group, most: 12))
        }
        if let terms, !terms.findings.isEmpty {
            page.heading(words("heading.terms"))
            for finding in terms.shown {
                page.line("\(finding.term)  \(finding.low) : \(finding.high)")
                for quote in finding.quotes { page.paragraph("“\(quote)”", indent: 4) }
            }
        }
        page.heading(words("heading.notes"))
        for note in words.notes { page.paragraph(note, bullet: true) }
        return page.text
    }
}

/// Lines of text, wrapped, with tables whose columns stand under each other.
struct TextPage {
    static let width = 98
    private(set) var text = ""

    mutating func line(_ line: String) { text += line + "\n" }

    mutating func title(_ title: String) {
        line(title)
        line(String(repeating: "─", count: min(Self.width, TextWidth.of(title))) + "\n")
    }

    mutating func heading(_ heading: String) { line("\n" + heading + "\n") }

    mutating func paragraph(_ paragraph: String, indent: Int = 0, bullet: Bool = false) {
        let margin = String(repeating: " ", count: bullet ? 2 : indent)
        var current = bullet ? "· " : margin
        var isEmpty = true
        for word in Self.pieces(paragraph) {
            if !isEmpty, TextWidth.of(current) + TextWidth.of(word) > Self.width {
                line(current.trailingBlanksDropped)
                current = margin
            }
            current += isEmpty || !current.allSatisfy({ $0 == " " }) ? word : word.leadingBlanksDropped
            isEmpty = false
        }
        line(current.trailingBlanksDropped)
    }

    /// Where a line may break: after a blank, and around each Chinese character.
    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var word = ""
        for character in text {
            if character.isHan || character == "，" || character == "。" {
                if character.isHan, !word.isEmpty {
                    pieces.append(word)
                    word = ""
                }
                word.append(character)
                continue
            }
            if let last = word.last, last.isHan {
                pieces.append(word)
                word = ""
            }
            word.append(character)
            if character == " " {
                pieces.append(word)
                word = ""
            }
        }
        return word.isEmpty ? pieces : pieces + [word]
    }

    mutating func section(_ title: String, _ table: ReportTable, bars: Bool = false) {
        heading(title)
        let rows = [table.header] + table.rows
        let widths = table.header.indices.map { column in rows.map { TextWidth.of($0[column]) }.max() ?? 0 }
        for row in rows {
            let cells = row.indices.map { column in
                TextWidth.padded(row[column], to: widths[column], right: column > 0)
            }
            line(("  " + cells.joined(separator: "  ")).trailingBlanksDropped)
        }
        if let note = table.note { line("  " + note) }
    }
}

/// A table of finished words.
struct ReportTable {
    let header: [String]
    var rows: [[String]]
    var note: String?
}

/// How many columns of a terminal a text takes: Chinese characters take two.
enum TextWidth {
    static func of(_ text: String) -> Int { text.reduce(0) { $0 + ($1.isWide ? 2 : 1) } }

    static func padded(_ text: String, to width: Int, right: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - of(text)))
        return right ? blanks + text : text + blanks
    }
}

extension Character {
    fileprivate var isWide: Bool {
        guard let value = unicodeScalars.first?.value else { return false }
        return isHan || (0x3000...0x303F).contains(value) || (0xFF01...0xFF60).contains(value)
            || (0x1F300...0x1FAFF).contains(value) || (0x3040...0x30FF).contains(value)
            || (0xAC00...0xD7AF).contains(value)
    }
}

extension String {
    fileprivate var trailingBlanksDropped: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
    fileprivate var leadingBlanksDropped: String { String(drop { $0 == " " }) }
}
