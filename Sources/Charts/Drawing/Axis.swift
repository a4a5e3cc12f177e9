/// Maps values to places and chooses round numbers to mark.
struct Axis: Sendable {
    let low: Double
    let high: Double
    /// Where `low` and `high` lie: percent or pixels.
    let from: Double
    let to: Double
    /// Between two marks.
    private let step: Double

    /// What is not finite is left out; without any value the axis is 0 to 1.
    init(covering values: [Double], from: Double, to: Double, padding: Double = 0) {
        let finite = values.filter(\.isFinite)
        let least = finite.min() ?? 0
        let most = finite.max() ?? 1
        let extra = most > least ? (most - least) * padding : max(1, abs(most) * 0.1)
        low = least - extra
        high = most > least ? most + extra : most + max(1, abs(most) * 0.1)
        self.from = from
        self.to = to
        step = Self.step(from: low, to: high)
    }

    private init(rounding axis: Axis) {
        step = axis.step
        low = (axis.low / step + 1e-9).rounded(.down) * step
        high = (axis.high / step - 1e-9).rounded(.up) * step
        from = axis.from
        to = axis.to
    }

    init(_ low: Double, _ high: Double, from: Double, to: Double) {
        self.init(covering: [low, high], from: from, to: to)
    }

    /// Never outside the axis; the start for what is not finite.
    func place(_ value: Double) -> Double {
        guard value.isFinite else { return from }
        let share = (value - low) / (high - low)
        return from + min(1, max(0, share)) * (to - from)
    }

    func holds(_ value: Double) -> Bool { value.isFinite && value >= low && value <= high }

    /// The same axis with its ends moved out to round numbers, so that the marks lie on them.
    var rounded: Axis { Axis(rounding: self) }

    /// Round numbers inside the axis, three to six of them.
    var marks: [Double] {
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 100 else { return [] }
        return (Int(first)...Int(last)).map { Double($0) * step }
    }

    /// 1, 2 or 5 times a power of ten, a quarter of the way or a little more.
    private static func step(from low: Double, to high: Double) -> Double {
        let rough = (high - low) / 4
        guard rough.isFinite, rough > 0 else { return 1 }
        var power = 1.0
        while power * 10 <= rough { power *= 10 }
        while power > rough { power /= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.8 } ?? power
    }
}
