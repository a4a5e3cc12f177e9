/// Where rows of label, drawing and figure lie: on one line in a wide column, on two in a narrow one.
struct RowFrame: Sendable {
    let isWide: Bool
    /// The drawing's part, in percent.
    let from: Double
    let to: Double
    let rowHeight: Double
    let top: Double

    static func wide(top: Double) -> RowFrame {
        RowFrame(isWide: true, from: 37, to: 82, rowHeight: 26, top: top)
    }
    static func narrow(top: Double) -> RowFrame {
        RowFrame(isWide: false, from: 1, to: 99, rowHeight: 44, top: top)
    }

    var shown: String { isWide ? "wide" : "narrow" }
    func top(of row: Int) -> Double { top + Double(row) * rowHeight }
    /// The middle of the drawing in a row.
    func middle(of row: Int) -> Double { top(of: row) + (isWide ? 13 : 29) }
    func bottom(rows: Int) -> Double { top + Double(rows) * rowHeight }

    /// The row's name on the left and its figure on the right; what does not fit is cut.
    func captions(_ row: Int, label: String, note: String, figure: String, bold: Bool = false) -> [Markup] {
        let y = top(of: row) + (isWide ? 17 : 14)
        let weight = bold ? 1.08 : 1
        let room =
            (isWide ? Charts.wide * 0.35 : Charts.narrowest - TextWidth.of(figure) * weight - 14) / weight
        let short = TextWidth.fitted(label, to: room - (note.isEmpty ? 0 : TextWidth.of(note) + 16))
        let text = note.isEmpty ? short : "\(short) · \(note)"
        return [
            Pencil.words(text, 0, y, anchor: .start, bold: bold),
            Pencil.words(figure, 100, y, anchor: .end, bold: bold),
        ]
    }
}
