import RealModule

/// Student's t distribution with `degrees` degrees of freedom (any positive number).
package struct StudentT: Sendable {
    package let degrees: Double

    package init(degrees: Double) {
        precondition(degrees > 0)
        self.degrees = degrees
    }

    /// The probability of a value at least as far from 0 as `t`, on either side.
    ///
    /// The regularised incomplete beta function (Abramowitz & Stegun 26.5.27).
    package func twoSidedP(_ t: Double) -> Double {
        IncompleteBeta(a: degrees / 2, b: 0.5).regularised(degrees / (degrees + t * t))
    }

    package func cdf(_ t: Double) -> Double {
        let tail = twoSidedP(t) / 2
        return t < 0 ? tail : 1 - tail
    }

    /// The value that a share of `p` does not exceed, by bisection to the last bits of a Double.
    package func quantile(_ p: Double) -> Double {
        guard p > 0 else { return -.infinity }
        guard p < 1 else { return .infinity }
        guard p != 0.5 else { return 0 }
        let tails = 2 * min(p, 1 - p)
        var low = 0.0, high = 1.0
        while twoSidedP(high) > tails { (low, high) = (high, high * 2) }
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if twoSidedP(middle) > tails { low = middle } else { high = middle }
        }
        let size = (low + high) / 2
        return p < 0.5 ? -size : size
    }
}

/// The incomplete beta function by its continued fraction (Abramowitz & Stegun 26.5.8), evaluated by the
/// modified method of Lentz (Thompson & Barnett 1986).
struct IncompleteBeta {
    let a: Double
    let b: Double

    func regularised(_ x: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let logFront =
            .logGamma(a + b) - .logGamma(a) - .logGamma(b) + a * .log(x) + b * .log(onePlus: -x)
        let front = Double.exp(logFront)
        // The fraction converges quickly on the near side of the mean only.
        if x < (a + 1) / (a + b + 2) { return front * fraction(x) / a }
        return 1 - front * IncompleteBeta(a: b, b: a).fraction(1 - x) / b
    }

    private func fraction(_ x: Double) -> Double {
        func awayFromZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
        var c = 1.0
        var d = 1 / awayFromZero(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...10_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / awayFromZero(1 + even * d)
            c = awayFromZero(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / awayFromZero(1 + odd * d)
            c = awayFromZero(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }
}
