import Foundation
import Testing

@testable import Statistics

/// Limits in points; reference figures from R and Python, rounded to four decimals.
private struct Reference: Sendable {
    let counts: BandCounts
    let score: [Double]
    let adjusted: [Double]

    init(_ promoters: Int, _ passives: Int, _ detractors: Int, _ score: [Double], _ adjusted: [Double]) {
        counts = BandCounts(promoters: promoters, passives: passives, detractors: detractors)
        self.score = score
        self.adjusted = adjusted
    }
}

private let references = [
    Reference(0, 0, 1, [-100.0, 58.6901], [-98.4986, 48.4986]),
    Reference(1, 0, 0, [-58.6901, 100.0], [-48.4986, 98.4986]),
    Reference(3, 0, 0, [-12.2994, 100.0], [-6.5793, 100.0]),
    Reference(5, 3, 2, [-21.6592, 67.5278], [-19.0506, 65.2045]),
    Reference(16, 7, 11, [-15.0308, 41.804], [-14.4286, 41.4556]),
    Reference(50, 30, 20, [13.9551, 44.3393], [14.0511, 44.2013]),
    Reference(1, 98, 1, [-4.5618, 4.5618], [-3.56, 3.56]),
    Reference(630, 938, 1574, [-32.7498, -27.2839], [-32.7482, -27.2836]),
    Reference(616, 817, 546, [0.1612, 6.9042], [0.1623, 6.9013]),
    Reference(14, 121, 1028, [-89.1378, -84.8817], [-89.1014, -84.8266]),
    Reference(249, 362, 400, [-19.744, -10.0469], [-19.7354, -10.0476]),
    Reference(114, 213, 771, [-63.632, -55.7126], [-63.6314, -55.7146]),
    Reference(267, 363, 403, [-17.9716, -8.289], [-17.9642, -8.2906]),
    Reference(525, 776, 1283, [-32.3209, -26.282], [-32.3189, -26.2818]),
    Reference(105, 162, 291, [-39.5713, -26.7488], [-39.5575, -26.7526]),
]

private func expect(_ limits: Limits?, near expected: [Double], within tolerance: Double = 1e-4) throws {
    let limits = try #require(limits)
    #expect(abs(limits.low * 100 - expected[0]) < tolerance)
    #expect(abs(limits.high * 100 - expected[1]) < tolerance)
}

@Test(arguments: references)
private func `the score interval agrees with the reference to a ten-thousandth of a point`(
    reference: Reference
) throws {
    try expect(.netScore(reference.counts), near: reference.score)
}

@Test(arguments: references)
private func `the closed form agrees with the reference`(reference: Reference) throws {
    try expect(.adjustedNetScore(reference.counts), near: reference.adjusted)
}

/// As the definition says it: where the score is 1.96 standard errors from what its truth might be, found by
/// halves.
private func bisected(_ counts: BandCounts, from end: Double) -> Double {
    let (n, up, down) = (Double(counts.n), Double(counts.promoters), Double(counts.detractors))
    func errors(_ trial: Double) -> Double {
        let b = -up - down + (2 * n - up + down) * trial
        let c = -down * trial * (1 - trial)
        let share = ((max(0, b * b - 8 * n * c)).squareRoot() - b) / (4 * n)
        let variance = n * (2 * share + trial * (1 - trial))
        return variance > 0 ? abs(up - down - n * trial) / variance.squareRoot() : .infinity
    }
    var (rejected, kept) = (end, counts.netScore ?? 0)
    for _ in 0..<44 {
        let middle = (rejected + kept) / 2
        if errors(middle) > Normal.z95 { rejected = middle } else { kept = middle }
    }
    return (rejected + kept) / 2
}

@Test func `the score interval ends where its definition says, of few answers and of many`() throws {
    var all: [BandCounts] = []
    func add(_ n: Int, _ up: Int, _ down: Int) {
        all.append(BandCounts(promoters: up, passives: n - up - down, detractors: down))
    }
    for n in 1...20 {
        for up in 0...n {
            for down in 0...(n - up) { add(n, up, down) }
        }
    }
    for n in [997, 48_076, 1_000_003] {
        add(n, 0, 0)
        add(n, 1, 0)
        add(n, 0, 1)
        add(n, n / 2, n / 2)
        add(n, n / 3, n / 5)
        add(n, n / 9, n / 2)
    }
    for counts in all {
        let limits = try #require(Limits.netScore(counts))
        if counts.detractors == counts.n {
            #expect(limits.low == -1)
        } else {
            #expect(abs(limits.low - bisected(counts, from: -1)) < 1e-12, "\(counts)")
        }
        if counts.promoters == counts.n {
            #expect(limits.high == 1)
        } else {
            #expect(abs(limits.high - bisected(counts, from: 1)) < 1e-12, "\(counts)")
        }
    }
}

@Test func `no answers have neither a score nor limits`() {
    #expect(BandCounts().netScore == nil)
    #expect(Limits.netScore(BandCounts()) == nil)
    #expect(Limits.weightedScore(Moments()) == nil)
    #expect(Limits.share(0, of: 0) == nil)
    #expect(Limits.mean(Moments(n: 1, sum: 3, squares: 9)) == nil)
}

@Test func `only passives still leave room on both sides`() throws {
    let limits = try #require(Limits.netScore(BandCounts(passives: 4)))
    #expect(limits.low < -0.3 && limits.high > 0.3)
    #expect(abs(limits.low + limits.high) < 1e-9)
}

@Test func `answers outside all bands count in n with weight nothing`() throws {
    let unassigned = BandCounts(promoters: 5, passives: 1, detractors: 2, unassigned: 2)
    #expect(unassigned.netScore == 0.3)
    try expect(.netScore(unassigned), near: [-21.6592, 67.5278])
}

@Test func `a weighted score of full weights is the plain closed form`() throws {
    let plain = BandCounts(promoters: 5, passives: 3, detractors: 2)
    #expect(Limits.weightedScore(plain.moments) == Limits.adjustedNetScore(plain))
}

@Test(arguments: [(8, 10, 49.0162, 94.3318), (0, 12, 0, 24.2494), (12, 12, 75.7506, 100)])
func `the interval of a share is Wilson's`(count: Int, total: Int, low: Double, high: Double) throws {
    try expect(.share(count, of: total), near: [low, high])
}

@Test func `the interval of a mean is Student's`() throws {
    let values: [Double] = [3, 4, 4, 5, 2, 5]
    let sample = Moments(n: 6, sum: values.reduce(0, +), squares: values.reduce(0) { $0 + $1 * $1 })
    let limits = try #require(Limits.mean(sample))
    #expect(abs(limits.low - 2.606_495_64) < 1e-7)
    #expect(abs(limits.high - 5.060_171_03) < 1e-7)
}

private let shares: [(promoters: Double, detractors: Double)] = [
    (0.02, 0.01), (0.05, 0.05), (0.1, 0.6), (0.2, 0.5), (0.25, 0.7), (0.33, 0.33), (0.4, 0.4), (0.5, 0.2),
    (0.6, 0.1), (0.7, 0.25), (0.8, 0.1), (0.9, 0.05),
]

/// The chance that the interval holds the truth, all outcomes enumerated.
private func coverage(_ outcomes: [(BandCounts, Limits)], truth: (promoters: Double, detractors: Double))
    -> Double
{
    let n = outcomes[0].0.n
    var logFactorial = [0.0]
    for k in 1...n { logFactorial.append(logFactorial[k - 1] + log(Double(k))) }
    let score = truth.promoters - truth.detractors
    return outcomes.reduce(0) { sum, outcome in
        let (counts, limits) = outcome
        guard limits.low <= score, score <= limits.high else { return sum }
        return sum
            + exp(
                logFactorial[n] - logFactorial[counts.promoters] - logFactorial[counts.passives]
                    - logFactorial[counts.detractors] + Double(counts.promoters) * log(truth.promoters)
                    + Double(counts.passives) * log(1 - truth.promoters - truth.detractors)
                    + Double(counts.detractors) * log(truth.detractors))
    }
}

@Test(arguments: [5, 10, 20, 50, 100])
func `the interval holds the truth in at least 92 of 100 surveys, wherever the truth lies`(n: Int) {
    var outcomes: [(BandCounts, Limits)] = []
    for promoters in 0...n {
        for detractors in 0...(n - promoters) {
            let counts = BandCounts(
                promoters: promoters, passives: n - promoters - detractors, detractors: detractors)
            outcomes.append((counts, Limits.netScore(counts)!))
        }
    }
    for truth in shares { #expect(coverage(outcomes, truth: truth) >= 0.92, "\(truth)") }
}
