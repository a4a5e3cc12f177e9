/// What a chart says about itself, finished in the reader's language.
package struct ChartWords: Equatable, Sendable {
    /// Unique on its page: letters, digits, `-`.
    package let id: String
    /// The finding where there is one ("Repairs pull the score down"), else the plain name.
    package let title: String
    /// What a reader who cannot see it must know, in a sentence or two.
    package let description: String
    /// Under the title: n, period, what the wash means.
    package let note: String
    /// On the fold that holds the table.
    package let tableLabel: String

    package init(id: String, title: String, description: String, note: String = "", tableLabel: String) {
        self.id = id
        self.title = title
        self.description = description
        self.note = note
        self.tableLabel = tableLabel
    }
}

/// A finished chart.
package struct Chart: Equatable, Sendable {
    package let words: ChartWords
    package let table: ChartTable
    private let drawings: [Drawing]

    struct Drawing: Equatable, Sendable {
        let height: Double
        /// `wide` or `narrow` where a chart has two drawings; empty for one that fits all.
        let shown: String
        let marks: [Markup]
    }

    init(_ words: ChartWords, table: ChartTable, _ drawings: [Drawing]) {
        self.words = words
        self.table = table
        self.drawings = drawings
    }

    init(_ words: ChartWords, table: ChartTable, height: Double, _ marks: [Markup]) {
        self.init(words, table: table, [Drawing(height: height, shown: "", marks: marks)])
    }

    /// The figure for a page: title, note, drawing, and the table in a fold. Looks right under
    /// `ChartStyle.sheet` or the front end's sheet.
    package var html: String {
        let caption = [
            Markup("strong", [:], [.text(words.title)]),
            words.note.isEmpty ? .nothing : Markup("span", [:], [.text(words.note)]),
        ]
        let fold = Markup(
            "details", ["class": "chart-table"],
            [
                Markup("summary", [:], [.text(words.tableLabel)]),
                Markup(
                    "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": words.title],
                    [table.markup(caption: words.description)]),
            ])
        let pieces = [Markup("figcaption", [:], caption)] + drawings.map { svg($0, width: "100%") } + [fold]
        return Markup("figure", ["class": "chart", "id": words.id], pieces).description
    }

    /// The drawing alone, for a file or a mail: pixels wide, light scheme, no sheet needed.
    package func svg(width: Double = 720) -> String {
        guard let first = drawings.first else { return "" }
        return svg(first, width: width.written).description
    }

    private func svg(_ drawing: Drawing, width: String) -> Markup {
        let id = words.id + (drawing.shown == "narrow" ? "-narrow" : "")
        return Markup(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg",
                "class": drawing.shown.isEmpty ? "plot" : "plot \(drawing.shown)",
                "width": width, "height": drawing.height.written, "role": "img",
                "aria-labelledby": "\(id)-title", "aria-describedby": "\(id)-about", "font-size": "12",
                "font-family": "Inter, system-ui, sans-serif",
            ],
            [
                Markup("title", ["id": "\(id)-title"], [.text(words.title)]),
                Markup("desc", ["id": "\(id)-about"], [.text(words.description)]),
            ] + drawing.marks)
    }
}
