import RealModule

/// How far the counts of a net promoter score lie from what its true value might be.
struct TangoScore {
    private let n: Double
    private let up: Double
    private let down: Double

    init(_ counts: BandCounts) {
        (n, up, down) = (Double(counts.n), Double(counts.promoters), Double(counts.detractors))
    }

    /// Between the end of the scale and the score, where the score is 1.96 standard errors away.
    ///
    /// Newton's steps, and halves of what is left wherever they lead out of it or go too slowly.
    func limit(between end: Double, and score: Double, near start: Double) -> Double {
        var (rejected, kept) = (end, score)
        var trial = (min(end, score)...max(end, score)).contains(start) ? start : (end + score) / 2
        var step = abs(end - score)
        for _ in 0..<200 where step > Self.exact {
            let (excess, slope) = excess(at: trial)
            if excess > 0 { rejected = trial } else { kept = trial }
            var next = trial - excess / slope
            let isInside = (next - rejected) * (next - kept) <= 0
            let leap = abs(next - trial)
            if leap > Self.exact, !isInside || leap > step / 2 { next = (rejected + kept) / 2 }
            step = abs(next - trial)
            trial = next
        }
        return min(1, max(-1, trial))
    }

    private static let exact = 1e-14

    /// The square of the distance in excess of that of 1.96 standard errors under the truth `trial`, and its
    /// slope. Infinite where that truth leaves no spread: any other score is infinitely far away.
    private func excess(at trial: Double) -> (value: Double, slope: Double) {
        let a = 2 * n
        let b = -up - down + (2 * n - up + down) * trial
        let c = -down * trial * (1 - trial)
        let root = Double.sqrt(max(0, b * b - 4 * a * c))
        // The most likely share of detractors among all truths whose score is `trial`.
        let share = (root - b) / (2 * a)
        let variance = n * (2 * share + trial * (1 - trial))
        guard variance > 0 else { return (.infinity, 1) }
        let slopeOfB = 2 * n - up + down
        let slopeOfRoot =
            root > 0 ? (b * slopeOfB + 2 * a * down * (1 - 2 * trial)) / root : abs(slopeOfB)
        let slopeOfVariance = n * ((slopeOfRoot - slopeOfB) / a + 1 - 2 * trial)
        let distance = up - down - n * trial, z = Normal.z95
        return (
            distance * distance - z * z * variance, -2 * n * distance - z * z * slopeOfVariance
        )
    }
}
