/// Empirical-Bayes shrinkage of many noisy means towards their common one: a fair ranking of segments, where
/// a table of raw scores would put the smallest segments at both ends.
package struct Shrinkage: Sendable {
    /// One segment: its adjusted mean and the variance of that mean, in the unit of the values.
    package struct Segment: Sendable {
        package let mean: Double
        package let variance: Double

        package init(mean: Double, variance: Double) {
            self.mean = mean
            self.variance = variance
        }

        /// From a sample that has its pseudo-answers already (`Moments.adjustedNet`,
        /// `Moments.adjustedShare`).
        package init(adjusted sample: Moments) {
            self.init(mean: sample.sum / sample.n, variance: sample.varianceOfMean)
        }
    }

    /// The weighted mean of the segments.
    package let mean: Double
    /// The variance of true means between segments; 0 means no evidence that they differ.
    package let between: Double

    /// Paule & Mandel (1982), J. Res. NBS 87:377: the between-variance at which the weighted squares sum to m
    /// - 1, by bisection. `nil` without segments. Variances must be positive.
    package init?(_ segments: [Segment]) {
        guard !segments.isEmpty else { return nil }
        func weightedMean(_ between: Double) -> Double {
            var weights = 0.0, sum = 0.0
            for segment in segments {
                let weight = 1 / (segment.variance + between)
                weights += weight
                sum += weight * segment.mean
            }
            return sum / weights
        }
        func excess(_ between: Double) -> Double {
            let mean = weightedMean(between)
            let squares = segments.reduce(0) { sum, segment in
                let distance = segment.mean - mean
                return sum + distance * distance / (segment.variance + between)
            }
            return squares - Double(segments.count - 1)
        }
        var low = 0.0, high = 1.0
        if excess(0) > 0 {
            while excess(high) > 0 { (low, high) = (high, high * 2) }
            for _ in 0..<100 {
                let middle = (low + high) / 2
                if excess(middle) > 0 { low = middle } else { high = middle }
            }
            between = (low + high) / 2
        } else {
            between = 0
        }
        mean = weightedMean(between)
    }

    init(mean: Double, between: Double) {
        self.mean = mean
        self.between = between
    }

    /// The best guess of a segment's true mean: B mean + (1 - B) own, B = variance / (variance + between).
    package func shrunk(_ segment: Segment) -> Double {
        let trustInAll = segment.variance / (segment.variance + between)
        return trustInAll * mean + (1 - trustInAll) * segment.mean
    }
}
