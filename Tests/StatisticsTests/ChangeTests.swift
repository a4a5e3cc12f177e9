import Testing

@testable import Statistics

private let week40 = BandCounts(promoters: 249, passives: 362, detractors: 400)
private let week41 = BandCounts(promoters: 114, passives: 213, detractors: 771)
private let week42 = BandCounts(promoters: 267, passives: 363, detractors: 403)

extension BandCounts {
    fileprivate var estimate: Estimate { Estimate(value: netScore!, limits: .netScore(self)!) }
}

@Test(arguments: [
    (week41, week40, -44.9004, -51.0899, -38.5661, 1.20124e-41),
    (week42, week41, 46.6705, 40.338, 52.8503, 1.49144e-44),
    (
        BandCounts(promoters: 616, passives: 817, detractors: 546),
        BandCounts(promoters: 14, passives: 121, detractors: 1028), 90.7254, 86.6368, 94.6161, 1.54487e-216
    ),
])
func `a change has the reference's difference, limits and p`(
    new: BandCounts, old: BandCounts, difference: Double, low: Double, high: Double, p: Double
) throws {
    let test = try #require(Change.test(new.moments, against: old.moments))
    let limits = Change.limits(new.estimate, minus: old.estimate)
    #expect(abs(test.difference * 100 - difference) < 1e-4)
    #expect(abs(limits.low * 100 - low) < 1e-4)
    #expect(abs(limits.high * 100 - high) < 1e-4)
    #expect(abs(test.p / p - 1) < 1e-4)
}

@Test func `two samples without any spread are no evidence`() throws {
    let all = BandCounts(promoters: 9).moments
    #expect(try #require(Change.test(all, against: all)).p == 1)
    #expect(Change.test(all, against: Moments()) == nil)
}

@Test(arguments: [(958, 10.0), (3831, 5), (240, 20)])
func `four of five changes show at the volumes of the plan`(answers: Int, points: Double) throws {
    let spread = BandCounts(promoters: 2, passives: 3, detractors: 5).moments.spread
    let needed = Change.answersNeeded(spread: spread, toShow: points / 100)
    #expect(abs(needed / Double(answers) - 1) < 0.005)
    let seen = try #require(Change.smallestDetectable(spread: spread, n: needed))
    #expect(abs(seen * 100 - points) < 1e-9)
    #expect(Change.smallestDetectable(spread: spread, n: 0) == nil)
}

@Test func `a week that fell 45 points by its mix alone is shown as mix`() throws {
    // Two kinds of work, each as good as before; only the share of repairs doubled.
    let before = [
        "installation": BandCounts(promoters: 200, passives: 220, detractors: 180).moments,
        "repair": BandCounts(promoters: 4, passives: 40, detractors: 356).moments,
    ]
    let after = [
        "installation": BandCounts(promoters: 100, passives: 110, detractors: 90).moments,
        "repair": BandCounts(promoters: 8, passives: 80, detractors: 712).moments,
    ]
    let change = try #require(MixAdjustedChange(from: before, to: after))
    #expect(abs(change.raw * 100 + 29.891) < 0.001)
    #expect(abs(change.adjusted) < 1e-12)
    #expect(change.p > 0.99)
    #expect(abs(change.mixEffect - change.raw) < 1e-12)
    #expect(change.merged.isEmpty)
}

@Test func `rate and mix of all strata make up the raw change`() throws {
    let before = [1: Moments(n: 40, sum: 10, squares: 24), 2: Moments(n: 10, sum: -6, squares: 8)]
    let after = [1: Moments(n: 20, sum: -2, squares: 14), 2: Moments(n: 25, sum: -5, squares: 17)]
    let change = try #require(MixAdjustedChange(from: before, to: after))
    let bridge = change.strata.reduce(0) { $0 + $1.rate + $1.mix }
    #expect(abs(bridge - change.raw) < 1e-12)
    // W = 60/95 and 35/95: -0.35 and 0.4.
    #expect(abs(change.adjusted - (60 * -0.35 + 35 * 0.4) / 95) < 1e-12)
    #expect(abs(change.standardError - 0.169_023_59) < 1e-7)
}

@Test func `strata that one period lacks are merged and named`() throws {
    let before = ["a": Moments(n: 30, sum: 3, squares: 20), "old": Moments(n: 10, sum: 5, squares: 8)]
    let after = ["a": Moments(n: 30, sum: 3, squares: 20), "new": Moments(n: 10, sum: 5, squares: 8)]
    let change = try #require(MixAdjustedChange(from: before, to: after))
    #expect(change.merged == ["new", "old"])
    #expect(change.strata.count == 2)
    #expect(abs(change.adjusted) < 1e-12)
}

@Test func `a stratum that stays empty on one side takes the smallest other one with it`() throws {
    let before = ["big": Moments(n: 90, sum: 9, squares: 60), "small": Moments(n: 20, sum: 2, squares: 9)]
    let after = before.merging(["new": Moments(n: 5, sum: -5, squares: 5)]) { own, _ in own }
    let change = try #require(MixAdjustedChange(from: before, to: after))
    #expect(change.merged == ["new", "small"])
    #expect(MixAdjustedChange(from: before, to: [:]) == nil)
}
