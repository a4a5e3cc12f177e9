/// How often each answer was given, coloured by band, with the bands' shares underneath.
package struct DistributionChart: Sendable {
    package struct Bar: Sendable {
        /// The answer: "0" … "10", "-10" … "10", "1" … "7".
        package let label: String
        /// 0 to 1, of all answers shown.
        package let share: Double
        /// "12 %".
        package let shareWords: String
        /// "9: 377 answers, 12 %".
        package let tip: String
        package let band: ChartBand

        package init(label: String, share: Double, shareWords: String, tip: String, band: ChartBand) {
            self.label = label
            self.share = share
            self.shareWords = shareWords
            self.tip = tip
            self.band = band
        }
    }

    package let words: ChartWords
    package let bars: [Bar]
    /// The bands' names and shares in words, from low to high: ("Detractors", "41 %").
    package let bands: [(band: ChartBand, name: String, share: String)]
    package let table: ChartTable

    package init(
        words: ChartWords, bars: [Bar], bands: [(band: ChartBand, name: String, share: String)],
        table: ChartTable
    ) {
        self.words = words
        self.bars = bars
        self.bands = bands
        self.table = table
    }

    private let top = 22.0
    private let base = 152.0

    package var chart: Chart {
        let height = bands.isEmpty ? base + 26 : base + 76
        return Chart(
            words, table: table, height: height, columns + [Pencil.line(0, base, 100, base, .edge)] + spans)
    }

    private var columns: [Markup] {
        let most = bars.map(\.share).filter(\.isFinite).max() ?? 0
        let heights = Axis(0, max(most, 0.0001), from: base, to: top)
        let cell = 100 / Double(max(1, bars.count))
        let widestShare = bars.map { TextWidth.of($0.shareWords) }.max() ?? 0
        let shareFits = widestShare <= cell / 100 * Charts.narrowest + 3
        return bars.enumerated().map { index, bar in
            let middle = (Double(index) + 0.5) * cell
            let y = bar.share.isFinite ? heights.place(bar.share) : base
            let pieces = [
                Pencil.target(middle, top, base),
                Pencil.box(
                    middle - cell * 0.4, y, width: cell * 0.8, height: base - y, bar.band.paint),
                Pencil.words(
                    bar.shareWords, middle, y - 5, .soft, anchor: .middle, shown: shareFits ? "" : "wide"),
                shareFits || bars.count > 13 ? .nothing : Pencil.slim(bar.shareWords, middle, y - 5),
                Pencil.words(
                    bar.label, middle, base + 17, anchor: .middle, shown: isAlwaysNamed(index) ? "" : "wide"),
            ]
            return Pencil.mark(bar.tip, pieces)
        }
    }

    /// Twenty-one answers are too many to name in a narrow column: every fifth.
    private func isAlwaysNamed(_ index: Int) -> Bool { bars.count <= 13 || index % 5 == 0 }

    /// A rule under the answers of each band, with its name and share.
    private var spans: [Markup] {
        let cell = 100 / Double(max(1, bars.count))
        let found = bands.compactMap {
            entry -> (first: Int, last: Int, entry: (band: ChartBand, name: String, share: String))? in
            let mine = bars.indices.filter { bars[$0].band == entry.band }
            guard let first = mine.first, let last = mine.last else { return nil }
            return (first, last, entry)
        }
        return found.enumerated().map { index, span in
            let from = Double(span.first) * cell + cell * 0.1
            let to = Double(span.last + 1) * cell - cell * 0.1
            let isFirst = index == 0
            let isLast = index == found.count - 1
            let place = isFirst ? 0 : isLast ? 100 : (from + to) / 2
            let anchor: Pencil.Anchor = isFirst ? .start : isLast ? .end : .middle
            let drop = isFirst || isLast ? "" : "drop"
            return Pencil.mark(
                "\(span.entry.name) \(span.entry.share)",
                [
                    Pencil.line(from, base + 26, to, base + 26, span.entry.band.paint, width: 3),
                    Pencil.words(
                        "\(span.entry.name) \(span.entry.share)", place, base + 45, anchor: anchor,
                        bold: true, shown: drop),
                ])
        }
    }
}
