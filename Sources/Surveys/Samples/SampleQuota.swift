/// Chance that repeats itself: SplitMix64 (Steele, Lea & Flood 2014).
struct SampleChance: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// From 0 to below `count`.
    mutating func index(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}

/// Deals kinds in given shares: in an order that nobody foresees, yet never far from the shares, however
/// short the run. What is dealt so varies less than chance would have it, so that only what was planted
/// stands out.
struct SampleQuota: Sendable {
    private var owed: [Double] = []

    /// - Parameter looseness: about how many deals a kind may be ahead of its share.
    mutating func deal(_ shares: [Double], looseness: Double, _ chance: inout SampleChance) -> Int {
        if owed.isEmpty { owed = shares.map { _ in 0 } }
        var best = 0
        var most = -Double.infinity
        for (kind, share) in shares.enumerated() {
            owed[kind] += share
            let wish = owed[kind] + looseness * chance.unit() * min(1, share * 4)
            if share > 0, wish > most { (best, most) = (kind, wish) }
        }
        owed[best] -= 1
        return best
    }
}
