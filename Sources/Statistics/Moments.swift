import RealModule

/// What a mean, its variance and every test of this module need of a sample: how many values, their sum and
/// the sum of their squares.
///
/// An NPS is the mean of +1, 0 and -1, a weighted NPS that of weights in -1...1, a share that of 1 and 0, so
/// one set of tests serves them all.
package struct Moments: Hashable, Sendable {
    package var n: Double
    package var sum: Double
    package var squares: Double

    package init(n: Double = 0, sum: Double = 0, squares: Double = 0) {
        self.n = n
        self.sum = sum
        self.squares = squares
    }

    /// `count` of `n` answers have what is asked for.
    package static func share(_ count: Int, of n: Int) -> Moments {
        Moments(n: Double(n), sum: Double(count), squares: Double(count))
    }

    /// `nil` for an empty sample.
    package var mean: Double? { n > 0 ? sum / n : nil }
    /// The mean square distance from the mean (divided by n); 0 for an empty sample.
    package var spread: Double { n > 0 ? max(0, squares / n - (sum / n) * (sum / n)) : 0 }
    /// The variance of the mean.
    package var varianceOfMean: Double { n > 0 ? spread / n : 0 }

    package static func + (left: Self, right: Self) -> Self {
        Self(n: left.n + right.n, sum: left.sum + right.sum, squares: left.squares + right.squares)
    }
    package static func - (left: Self, right: Self) -> Self {
        Self(n: left.n - right.n, sum: left.sum - right.sum, squares: left.squares - right.squares)
    }
}

extension Moments {
    /// With three pseudo-answers, 0.75 at each end of -1...1 and 1.5 at 0: Rocks (2016), Am. Stat. 70:365,
    /// for NPS and its weighted variants.
    package var adjustedNet: Moments { self + Moments(n: 3, sum: 0, squares: 1.5) }

    /// With two pseudo-answers of each kind: Agresti & Coull (1998), Am. Stat. 52:119, for shares.
    package var adjustedShare: Moments { self + Moments(n: 4, sum: 2, squares: 2) }
}
