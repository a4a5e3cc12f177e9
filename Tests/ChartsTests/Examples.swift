import Charts

/// One chart of each kind, and the shapes that break charts.
enum Example {
    static func words(_ id: String, _ title: String, note: String = "") -> ChartWords {
        ChartWords(
            id: id, title: title, description: "About \(title).", note: note, tableLabel: "Show as a table")
    }

    static func number(_ value: Double) -> String { value < 0 ? "−\(Int(-value))" : "\(Int(value))" }

    static func trend(_ count: Int, id: String, events: [TrendChart.Event] = []) -> TrendChart {
        let points = (0..<count).map { week -> TrendChart.Point in
            let value = 22 + Double((week * 37) % 19) - (week == 14 ? 45 : 0)
            let isMissing = week == 9
            return TrendChart.Point(
                label: "W\(week + 1)", value: isMissing ? nil : value, low: value - 9, high: value + 8,
                valueWords: number(value), tip: "Week \(week + 1): \(number(value))",
                count: "n \(110 + week)",
                isFlagged: week == 14)
        }
        let rows = points.map { [$0.label, $0.value.map(number) ?? "–", $0.count] }
        return TrendChart(
            words: words(
                id, "NPS fell in week 15 and came back", note: "\(count) weeks · the wash is the interval"),
            points: points, events: events,
            table: ChartTable(header: ["Week", "NPS", "Answers"], rows: rows), number: number)
    }

    static func distribution(_ labels: [Int], id: String, detractorTo: Int, passiveTo: Int)
        -> DistributionChart
    {
        let raw = labels.map { Double(($0 * $0 * 7 + 31 * abs($0)) % 97 + 12) }
        let sum = raw.reduce(0, +)
        let bars = zip(labels, raw).map { label, count in
            DistributionChart.Bar(
                label: number(Double(label)), share: count / sum, shareWords: "\(Int(count / sum * 100)) %",
                tip: "\(label): \(Int(count)) answers",
                band: label <= detractorTo ? .detractor : label <= passiveTo ? .passive : .promoter)
        }
        return DistributionChart(
            words: words(id, "Most answers are 9 or 10", note: "3,142 answers"), bars: bars,
            bands: [
                (.detractor, "Detractors", "41 %"), (.passive, "Passives", "23 %"),
                (.promoter, "Promoters", "36 %"),
            ],
            table: ChartTable(header: ["Answer", "Share"], rows: bars.map { [$0.label, $0.shareWords] }))
    }

    static func segments(_ low: Double, _ middle: Double) -> [BandBar.Segment] {
        [
            .init(band: .detractor, share: low, words: "Detractors \(Int(low * 100)) %"),
            .init(band: .passive, share: middle, words: "Passives \(Int(middle * 100)) %"),
            .init(
                band: .promoter, share: 1 - low - middle,
                words: "Promoters \(Int((1 - low - middle) * 100)) %"),
        ]
    }

    static func bands(_ count: Int, id: String) -> BandBar {
        let rows = (0..<count).map { index in
            BandBar.Row(
                label: count == 1 ? "" : longLabels[index % longLabels.count],
                note: count == 1 ? "" : "31 · n 204",
                segments: segments(0.1 + Double(index % 5) * 0.12, 0.23))
        }
        return BandBar(
            words: words(id, "Four in ten are detractors"), rows: rows,
            key: [(.detractor, "Detractors"), (.passive, "Passives"), (.promoter, "Promoters")],
            table: ChartTable(
                header: ["Group", "Detractors"], rows: rows.map { [$0.label, $0.segments[0].words] }))
    }

    static func bridge(_ count: Int, id: String) -> BridgeChart {
        let differences = (0..<count).map { [-31.5, -12.7, 4.2, -6, 1.1][$0 % 5] }
        let steps = differences.enumerated().map { index, difference in
            BridgeChart.Step(
                label: longLabels[index % longLabels.count], difference: difference,
                differenceWords: difference < 0 ? "−\(-difference)" : "+\(difference)")
        }
        return BridgeChart(
            words: words(id, "Only the share of repairs changed"),
            start: .init(label: "Week 40", value: 12, valueWords: "12.0"), steps: steps,
            end: .init(label: "Week 41", value: 12 + differences.reduce(0, +), valueWords: "−32.9"),
            table: ChartTable(
                header: ["Part", "Points"], rows: steps.map { [$0.label, $0.differenceWords] }))
    }

    static func plot(_ count: Int, id: String) -> IntervalPlot {
        let rows = (0..<count).map { index -> IntervalPlot.Row in
            let value = -40 + Double((index * 29) % 70)
            let few = index % 7 == 6
            return IntervalPlot.Row(
                label: longLabels[index % longLabels.count], count: "n \(12 + index * 9)",
                value: few ? nil : value,
                low: value - 40 / Double(index % 4 + 1), high: value + 36 / Double(index % 4 + 1),
                figure: few ? "too few" : "\(number(value)) [\(number(value - 9)), \(number(value + 8))]",
                isFlagged: index == 2)
        }
        return IntervalPlot(
            words: words(id, "One technician stands out", note: "170 tested, 1 differs from the rest"),
            rows: rows,
            reference: (-30, "all −30"),
            table: ChartTable(
                header: ["Group", "n", "NPS"], rows: rows.map { [$0.label, $0.count, $0.figure] }),
            number: number)
    }

    static func scale(_ value: Double, id: String) -> ScoreScale {
        ScoreScale(
            words: words(id, "NPS"), value: value, low: value - 4, high: value + 4, range: -100...100,
            valueWords: number(value), intervalWords: "\(number(value - 4)) to \(number(value + 4))",
            table: ChartTable(header: ["", "NPS"], rows: [["All", number(value)]]), number: number)
    }

    static let longLabels = [
        "Repairs", "Installation of washing machines and dryers in the northern region", "安装与维修服务(上海市浦东新区)",
        "<b>Łódź & Kraków</b>", "T-017", "Dostawa i wniesienie sprzętu AGD do mieszkania", "👩‍🔧 field team",
    ]

    static let all: [(String, Chart)] = [
        (
            "trend",
            trend(
                26, id: "trend",
                events: [
                    .init(point: 14, words: "New price list"),
                    .init(point: 3, words: "Release 4.2 with a new way to book an appointment online"),
                ]
            ).chart
        ),
        ("trend-none", trend(0, id: "trend-none").chart), ("trend-one", trend(1, id: "trend-one").chart),
        ("trend-many", trend(60, id: "trend-many").chart),
        ("distribution", distribution(Array(0...10), id: "distribution", detractorTo: 6, passiveTo: 8).chart),
        (
            "distribution-21",
            distribution(Array(-10...10), id: "distribution-21", detractorTo: 0, passiveTo: 6).chart
        ),
        (
            "distribution-5",
            distribution(Array(1...5), id: "distribution-5", detractorTo: 2, passiveTo: 3).chart
        ),
        (
            "distribution-7",
            distribution(Array(1...7), id: "distribution-7", detractorTo: 3, passiveTo: 4).chart
        ),
        ("bands", bands(1, id: "bands").chart), ("bands-rows", bands(6, id: "bands-rows").chart),
        ("bridge", bridge(3, id: "bridge").chart), ("bridge-many", bridge(12, id: "bridge-many").chart),
        ("plot", plot(7, id: "plot").chart), ("plot-none", plot(0, id: "plot-none").chart),
        ("plot-many", plot(40, id: "plot-many").chart), ("scale", scale(31, id: "scale").chart),
        ("scale-low", scale(-98, id: "scale-low").chart),
    ]
}
