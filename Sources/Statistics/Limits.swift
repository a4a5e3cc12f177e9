import RealModule

/// A two-sided 95 % interval, in the unit of the value that it belongs to (shares of 1, not points).
package struct Limits: Hashable, Sendable {
    package let low: Double
    package let high: Double

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }
}

extension Limits {
    /// The score interval of a net promoter score, -1...1; `nil` without answers.
    ///
    /// Tango (1998), Stat. Med. 17:891, for a difference of two cells of one multinomial (the "iterative
    /// score" of Rocks 2016). Each limit is found to about 1e-14.
    package static func netScore(_ counts: BandCounts) -> Limits? {
        guard let score = counts.netScore, let near = adjustedNetScore(counts) else { return nil }
        let tango = TangoScore(counts)
        return Limits(
            low: score == -1 ? -1 : tango.limit(between: -1, and: score, near: near.low),
            high: score == 1 ? 1 : tango.limit(between: 1, and: score, near: near.high))
    }

    /// The adjusted Wald interval of a net promoter score: the closed form for SQL, charts and exports.
    ///
    /// Rocks (2016), Am. Stat. 70:365, three pseudo-answers. Its centre is not the score; show the raw score.
    package static func adjustedNetScore(_ counts: BandCounts) -> Limits? {
        weightedScore(counts.moments)
    }

    /// The interval of a weighted net score (weights in -1...1), -1...1: adjusted Wald with pseudo-answers of
    /// weight +1 (0.75), 0 (1.5) and -1 (0.75), after Rocks (2016).
    package static func weightedScore(_ sample: Moments) -> Limits? {
        guard sample.n > 0 else { return nil }
        let adjusted = sample.adjustedNet
        let centre = adjusted.sum / adjusted.n
        let margin = Normal.z95 * .sqrt(adjusted.varianceOfMean)
        return Limits(low: max(-1, centre - margin), high: min(1, centre + margin))
    }

    /// The score interval of a share, 0...1: Wilson (1927), JASA 22:209; `nil` without answers.
    package static func share(_ count: Int, of total: Int) -> Limits? {
        guard total > 0 else { return nil }
        let n = Double(total), p = Double(count) / n, z = Normal.z95
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let margin = z / (1 + z * z / n) * .sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return Limits(
            low: count == 0 ? 0 : max(0, centre - margin), high: count == total ? 1 : min(1, centre + margin))
    }

    /// Student's interval of a mean, in the unit of the values; `nil` for fewer than two.
    package static func mean(_ sample: Moments) -> Limits? {
        guard sample.n > 1, let mean = sample.mean else { return nil }
        let variance = sample.spread * sample.n / (sample.n - 1)
        let margin = StudentT(degrees: sample.n - 1).quantile(0.975) * .sqrt(variance / sample.n)
        return Limits(low: mean - margin, high: mean + margin)
    }
}
