/// A trend in the height of a line of text, for a table's cell. Its numbers stand beside it.
package struct Sparkline: Sendable {
    /// Says what the eye sees: "from 24 in January to 31 in June".
    package let title: String
    /// Nil leaves a gap.
    package let values: [Double?]

    package init(title: String, values: [Double?]) {
        self.title = title
        self.values = values
    }

    /// `<svg>`, 96 by 24 pixels.
    package var html: String {
        let axis = Axis(covering: values.compactMap(\.self), from: 20, to: 4)
        let places = values.indices.map {
            values.count == 1 ? 50 : 4 + 90 * Double($0) / Double(values.count - 1)
        }
        let lines = values.indices.dropFirst().compactMap { index -> Markup? in
            guard let one = known(index - 1), let next = known(index) else { return nil }
            return Pencil.line(
                places[index - 1], axis.place(one), places[index], axis.place(next), .soft, width: 1.5)
        }
        let last = values.indices.last { known($0) != nil }
        let dot = last.map { Pencil.dot(places[$0], axis.place(known($0) ?? 0), radius: 2.5, .ink) }
        return Markup(
            "svg", ["class": "sparkline", "width": "96", "height": "24", "role": "img"],
            [Markup("title", [:], [.text(title)])] + lines + (dot.map { [$0] } ?? [])
        ).description
    }

    private func known(_ index: Int) -> Double? { values[index].flatMap { $0.isFinite ? $0 : nil } }
}
