import Formats
import Statistics
import Surveys
import Testing

@testable import Insight

private func histogram(_ scale: Scale, _ counts: [Int: Int]) -> ScoreHistogram {
    counts.reduce(into: ScoreHistogram(scale)) { $0.add($1.key, times: $1.value) }
}

@Test func `an NPS is sent with its bands, its limits and the level`() throws {
    let figure = Figure(histogram(.nps0to10, [10: 4, 9: 1, 8: 3, 6: 1, 0: 1]))
    #expect(
        figure.json.keys == ["n", "promoters", "passives", "detractors", "value", "low", "high", "level"])
    #expect(figure.json["promoters"]?.int == 5)
    #expect(figure.value == 30)
    #expect(abs(try #require(figure.limits).low + 21.6592) < 1e-4)
}

@Test(arguments: Scale.allCases)
func `a figure that is written at once has its shape, and what stands beside it`(scale: Scale) {
    let figure = Figure(histogram(scale, [scale.scores.lowerBound: 2, scale.scores.upperBound: 5]))
    var json = JSONBytes()
    figure.write(into: &json, beside: ["beside": 1])
    var expected = figure.json
    expected.append("beside", 1)
    #expect(json.bytes == expected.encoded())
}

@Test func `nothing is null, not zero`() {
    let json = Figure(ScoreHistogram(.csat1to5)).json
    for key in ["value", "low", "high", "mean", "mean_low", "mean_high"] { #expect(json[key] == .null) }
    #expect(json["n"]?.int == 0)
}

@Test func `one CSAT answer has a mean without limits`() {
    let json = Figure(histogram(.csat1to5, [4: 1])).json
    #expect(json["mean"]?.double == 4)
    #expect(json["mean_low"] == .null)
    #expect(json["value"]?.double == 100)
}

@Test func `the signed scale is strict unless told otherwise, and says so`() throws {
    let answers = histogram(.npsSigned, [10: 2, 9: 2, 8: 1, 3: 1, -9: 1, -10: 1])
    #expect(Figure(answers).json["unassigned"]?.int == 1)
    #expect(Figure(answers).json["method"]?.string == "strict")
    #expect(Figure(answers).value == 25)
    let weighted = try #require(Figure(answers, method: .weighted).value)
    #expect(abs(weighted - 100 * (2 + 1.8 - 0.9 - 1) / 8) < 1e-9)
}

@Test(arguments: [
    (Scale.nps0to10, [6: Band.detractor, 7: .passive, 8: .passive, 9: .promoter, 0: .detractor]),
    (.nps1to10, [1: .detractor, 6: .detractor, 7: .passive, 10: .promoter]),
    (
        .npsSigned,
        [-10: .detractor, -9: .detractor, -8: .unassigned, 6: .unassigned, 7: .passive, 9: .promoter]
    ),
    (.csat1to5, [2: .dissatisfied, 3: .neutral, 4: .satisfied]),
    (.csat0to5, [0: .dissatisfied, 2: .dissatisfied, 3: .neutral, 5: .satisfied]),
    (.csat0to10, [6: .dissatisfied, 7: .neutral, 8: .neutral, 9: .satisfied]),
    (.ces1to7, [3: .dissatisfied, 4: .neutral, 5: .satisfied]),
])
func `each scale has its own bands`(scale: Scale, bands: [Int: Band]) {
    for (score, band) in bands { #expect(scale.band(of: score) == band, "\(score)") }
    #expect(scale.band(of: scale.scores.lowerBound - 1) == nil)
    #expect(scale.band(of: scale.scores.upperBound + 1) == nil)
}
