import Foundation
import FoundationXML
import Testing

@testable import Charts

@Suite struct ChartsTests {
    @Test(arguments: Example.all.map(\.0)) func `each chart is drawn as it was when somebody last looked`(
        name: String
    )
        throws
    {
        let chart = try #require(Example.all.first { $0.0 == name }).1
        try expectSnapshot(chart.html, "\(name).html")
    }

    @Test(arguments: Example.all.map(\.0)) func `a drawing is well-formed, names and describes itself`(
        name: String
    )
        throws
    {
        let chart = try #require(Example.all.first { $0.0 == name }).1
        let parser = XMLParser(data: Data(chart.html.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        let svg = chart.svg()
        #expect(svg.contains("role=\"img\"") && svg.contains("<title ") && svg.contains("<desc "))
        #expect(!svg.contains("style="), "a strict content security policy forbids it")
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test func `words that look like markup stay words`() {
        let html = Example.plot(7, id: "plot").chart.html
        #expect(!html.contains("<b>"))
        #expect(html.contains("&lt;b&gt;Łódź &amp; Kraków&lt;/b&gt;"))
        let table = ChartTable(header: ["\"><script>"], rows: [["a\u{0}\u{1B}b'"]])
        #expect(table.html(caption: "<").contains("ab&#39;"))
        #expect(!table.html(caption: "<").contains("<script>"))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300]) func `no value breaks a drawing`(
        value: Double
    ) {
        let point = TrendChart.Point(
            label: "x", value: value, low: value, high: value, valueWords: "?", tip: "", count: "")
        let trend = TrendChart(
            words: Example.words("t", "T"), points: [point, point], table: ChartTable(header: [], rows: []),
            number: { _ in "" })
        let scale = Example.scale(0, id: "s")
        let broken = ScoreScale(
            words: scale.words, value: value, low: value, high: value, range: -100...100, valueWords: "",
            intervalWords: "", table: scale.table, number: scale.number)
        let bars = BandBar(
            words: scale.words, rows: [.init(segments: [.init(band: .passive, share: value, words: "")])],
            table: scale.table)
        for svg in [
            trend.chart.svg(), broken.chart.svg(), bars.chart.svg(),
            Sparkline(title: "", values: [value]).html,
        ] {
            #expect(!svg.contains("nan") && !svg.contains("inf"))
        }
    }

    @Test func `the table says what the drawing shows`() {
        let chart = Example.trend(26, id: "t").chart
        #expect(chart.table.rows.count == 26)
        #expect(chart.html.contains("<th scope=\"row\">W26</th>"))
        #expect(chart.html.contains("<caption>About NPS fell in week 15 and came back.</caption>"))
    }

    @Test func `a week without answers leaves a gap and no line across it`() {
        let svg = Example.trend(26, id: "t").chart.svg()
        #expect(svg.components(separatedBy: "stroke-width=\"1.75\"").count - 1 == 23)
    }

    @Test func `zero is always on the scale of a trend`() {
        let svg = Example.trend(4, id: "t").chart.svg()
        #expect(svg.contains(">0</text>"))
    }

    @Test func `bands are told apart without colour`() {
        let svg = Example.bands(1, id: "b").chart.svg()
        for shape in ["▼", "■", "▲"] { #expect(svg.contains(shape)) }
        #expect(Set(ChartBand.allCases.map(\.shape)).count == ChartBand.allCases.count)
    }

    @Test(arguments: [
        ("detractor", ChartBand.detractor), ("dissatisfied", .detractor), ("neutral", .passive),
        ("passive", .passive), ("satisfied", .promoter), ("promoter", .promoter), ("?", .unassigned),
    ]) func `bands of every metric are known by their own word`(word: String, band: ChartBand) {
        #expect(ChartBand(word: word) == band)
    }

    @Test func `a sparkline names itself and keeps its gap`() {
        let html = Sparkline(title: "from 24 to 31", values: [24, nil, 28, 31]).html
        #expect(html.contains("<title>from 24 to 31</title>"))
        #expect(html.components(separatedBy: "<line").count - 1 == 1)
    }

    @Test func `the front end and a report alone paint charts alike`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../FrontEnd/styles")
        let rules = try String(contentsOf: root.appending(path: "charts.css"), encoding: .utf8)
        #expect(rules.contains(ChartStyle.rules), "copy ChartStyle.rules into FrontEnd/styles/charts.css")
        let tokens = try String(contentsOf: root.appending(path: "tokens.css"), encoding: .utf8)
        for paint in Paint.allCases where paint != .wash {
            #expect(tokens.contains("--\(paint): light-dark(\(paint.light), \(paint.dark))"), "\(paint)")
        }
    }
}
