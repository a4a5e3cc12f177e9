/// What a chart shows, as a table: its twin for screen readers, for copying and for whoever doubts a picture.
package struct ChartTable: Equatable, Sendable {
    package let header: [String]
    /// As many cells a row as the header has; the first names the row.
    package let rows: [[String]]

    package init(header: [String], rows: [[String]]) {
        self.header = header
        self.rows = rows
    }

    /// `<table>` with a caption and scopes; the first column is words, the others numbers.
    package func html(caption: String) -> String { markup(caption: caption).description }

    func markup(caption: String) -> Markup {
        let head = header.enumerated().map { index, words in
            Markup("th", ["scope": "col", "class": index == 0 ? nil : "number"], [.text(words)])
        }
        let body = rows.map { row in
            let cells = row.enumerated().map { index, words in
                index == 0
                    ? Markup("th", ["scope": "row"], [.text(words)])
                    : Markup("td", ["class": "number"], [.text(words)])
            }
            return Markup("tr", [:], cells)
        }
        let pieces = [
            Markup("caption", [:], [.text(caption)]), Markup("thead", [:], [Markup("tr", [:], head)]),
            Markup("tbody", [:], body),
        ]
        return Markup("table", ["class": "table"], pieces)
    }
}
