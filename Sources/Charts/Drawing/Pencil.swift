/// The few shapes that charts are made of. `x` is in percent of the width, `y` in pixels from the top.
enum Pencil {
    enum Anchor: String { case start, middle, end }

    static func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ paint: Paint, width: Double = 1,
        dash: String? = nil
    ) -> Markup {
        let places: KeyValuePairs<String, String?> = [
            "class": "s-\(paint)", "x1": x1.percent, "y1": y1.written, "x2": x2.percent, "y2": y2.written,
            "stroke": paint.light, "stroke-width": width.written, "stroke-linecap": width > 1 ? "round" : nil,
            "stroke-opacity": opacity(paint), "stroke-dasharray": dash,
        ]
        return Markup("line", places)
    }

    static func box(_ x: Double, _ y: Double, width: Double, height: Double, _ paint: Paint) -> Markup {
        Markup(
            "rect",
            [
                "class": "f-\(paint)", "x": x.percent, "y": y.written, "width": max(0, width).percent,
                "height": max(0, height).written, "fill": paint.light, "fill-opacity": opacity(paint),
            ])
    }

    static func dot(_ x: Double, _ y: Double, radius: Double, _ paint: Paint) -> Markup {
        Markup(
            "circle",
            [
                "class": "f-\(paint)", "cx": x.percent, "cy": y.written, "r": radius.written,
                "fill": paint.light,
            ])
    }

    /// One line of words; the baseline is at `y`.
    static func words(
        _ words: String, _ x: Double, _ y: Double, _ paint: Paint = .ink, anchor: Anchor = .start,
        bold: Bool = false,
        shown: String = ""
    ) -> Markup {
        guard !words.isEmpty else { return .nothing }
        let classes = "f-\(paint)" + (shown.isEmpty ? "" : " \(shown)")
        return Markup(
            "text",
            [
                "class": classes, "x": x.percent, "y": y.written, "fill": paint.light,
                "text-anchor": anchor == .start ? nil : anchor.rawValue, "font-weight": bold ? "600" : nil,
            ], [.text(words)])
    }

    /// The digits alone, for a column too narrow for the unit; only a sheet shows them.
    static func slim(_ words: String, _ x: Double, _ y: Double) -> Markup {
        let digits = words.filter { $0.isNumber || $0 == "." || $0 == "," }
        return Markup(
            "text",
            [
                "class": "f-soft slim", "x": x.percent, "y": y.written, "fill": Paint.soft.light,
                "text-anchor": "middle", "display": "none",
            ], [.text(digits)])
    }

    /// A closed shape that stretches with the width; its points are percent across and pixels down.
    static func area(_ points: [(x: Double, y: Double)], height: Double, _ paint: Paint) -> Markup {
        let path = points.map { "\($0.x.written) \($0.y.written)" }.joined(separator: "L")
        return Markup(
            "svg",
            [
                "width": "100%", "height": height.written, "viewBox": "0 0 100 \(height.written)",
                "preserveAspectRatio": "none",
            ],
            [
                Markup(
                    "path",
                    [
                        "class": "f-\(paint)", "d": "M\(path)Z", "fill": paint.light,
                        "fill-opacity": opacity(paint),
                    ])
            ])
    }

    /// A clear strip that gives a small mark a wide place for the pointer.
    static func target(_ x: Double, _ top: Double, _ bottom: Double) -> Markup {
        Markup(
            "line",
            [
                "x1": x.percent, "x2": x.percent, "y1": top.written, "y2": bottom.written,
                "stroke": "transparent",
                "stroke-width": "16",
            ])
    }

    private static func opacity(_ paint: Paint) -> String? { paint == .wash ? "0.12" : nil }

    /// What belongs to one datum, with the words that its tip says.
    static func mark(_ tip: String, _ pieces: [Markup]) -> Markup {
        Markup("g", ["class": "datum"], (tip.isEmpty ? [] : [Markup("title", [:], [.text(tip)])]) + pieces)
    }
}
