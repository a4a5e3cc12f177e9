import Testing

@testable import Statistics

@Test func `q values are Benjamini and Hochberg's, in the order given`() {
    let p = [0.039, 0.001, 0.205, 0.008, 0.041, 0.042, 0.06, 0.074]
    let q = FalseDiscovery.qValues(p)
    let expected = [0.0672, 0.008, 0.205, 0.032, 0.0672, 0.0672, 0.08, 0.592 / 7]
    for (value, reference) in zip(q, expected) { #expect(abs(value - reference) < 1e-12) }
    #expect(FalseDiscovery.qValues([]).isEmpty)
}

/// Technicians of one field service: promoters, passives, detractors, difference from the rest in points, p.
private let technicians: [(BandCounts, Double, Double)] = [
    (BandCounts(promoters: 10, passives: 3, detractors: 1), 94.752_466_203_9, 6.046_751_306_89e-6),
    (BandCounts(promoters: 1, passives: 5, detractors: 22), -45.359_666_024_4, 0.002_239_887_355_59),
    (BandCounts(promoters: 0, passives: 1, detractors: 13), -63.093_715_747_2, 0.002_587_330_522_64),
]

@Test(arguments: technicians)
func `a segment against the rest agrees with the reference`(
    segment: BandCounts, difference: Double, p: Double
) throws {
    let all = BandCounts(promoters: 630, passives: 938, detractors: 1574)
    let test = try #require(Change.test(segment.moments, against: (all - segment).moments))
    #expect(abs(test.difference * 100 - difference) < 1e-8)
    #expect(abs(test.p / p - 1) < 1e-9)
}

@Test(arguments: zip(technicians.map(\.0), [-8.616_632_638_6, -44.298_441_611_1, -43.488_690_139_0]))
func `a segment is shrunk as in the reference`(segment: BandCounts, points: Double) {
    // The reference prints mean and spread between segments with four decimals.
    let own = Shrinkage.Segment(adjusted: segment.moments.adjustedNet)
    let shrinkage = Shrinkage(mean: -0.268_828, between: 0.089_119 * 0.089_119)
    #expect(abs(shrinkage.shrunk(own) * 100 - points) < 1e-3)
}

@Test func `the spread between segments is the one that explains theirs`() throws {
    let segments = [(0.5, 0.01), (-0.3, 0.02), (0.1, 0.005), (0.0, 0.04), (0.7, 0.03)]
        .map { Shrinkage.Segment(mean: $0.0, variance: $0.1) }
    let shrinkage = try #require(Shrinkage(segments))
    let squares = segments.reduce(0) { sum, segment in
        let distance = segment.mean - shrinkage.mean
        return sum + distance * distance / (segment.variance + shrinkage.between)
    }
    #expect(abs(squares - 4) < 1e-9)
    #expect(shrinkage.between > 0.05)
    #expect(shrinkage.shrunk(segments[0]) < 0.5)
}

@Test func `segments that chance explains are all shrunk to one value`() throws {
    let segments = [0.1, 0.12, 0.09].map { Shrinkage.Segment(mean: $0, variance: 0.05) }
    let shrinkage = try #require(Shrinkage(segments))
    #expect(shrinkage.between == 0)
    for segment in segments { #expect(abs(shrinkage.shrunk(segment) - shrinkage.mean) < 1e-12) }
    #expect(Shrinkage([]) == nil)
}

@Test func `log-odds of terms agree with the reference`() {
    let terms = [
        LogOdds.Term(word: "good", first: 5, second: 60), .init(word: "rude", first: 20, second: 1),
        .init(word: "slow", first: 30, second: 4), .init(word: "the", first: 100, second: 110),
    ]
    let findings = LogOdds(firstTotal: 155, secondTotal: 175, prior: 50).findings(terms)
    let expected = [
        ("slow", 1.585_418_2, 4.272_141_69), ("rude", 1.906_954_62, 3.589_300_12),
        ("the", 0.054_959_52, 0.454_265_41), ("good", -1.751_849_61, -6.130_310_18),
    ]
    #expect(findings.map(\.word) == expected.map(\.0))
    for (finding, reference) in zip(findings, expected) {
        #expect(abs(finding.difference - reference.1) < 1e-7)
        #expect(abs(finding.z - reference.2) < 1e-7)
        #expect(finding.q >= Normal.twoSidedP(finding.z))
    }
}

@Test func `rare terms are left out and the prior is at most a thousand documents`() {
    let odds = LogOdds(firstTotal: 4000, secondTotal: 9000)
    #expect(odds.prior == 1000)
    #expect(odds.findings([LogOdds.Term(word: "once", first: 9, second: 0)]).isEmpty)
}
