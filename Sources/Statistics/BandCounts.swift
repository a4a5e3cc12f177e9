/// How many answers fell into each band of one NPS question.
package struct BandCounts: Hashable, Sendable {
    package var promoters: Int
    package var passives: Int
    package var detractors: Int
    /// On -10..10 only: answers outside all three bands. Counted in `n` with weight 0, like passives.
    package var unassigned: Int

    package init(promoters: Int = 0, passives: Int = 0, detractors: Int = 0, unassigned: Int = 0) {
        self.promoters = promoters
        self.passives = passives
        self.detractors = detractors
        self.unassigned = unassigned
    }

    package var n: Int { promoters + passives + detractors + unassigned }

    /// Net promoter score in -1...1; `nil` without answers, for nothing is not 0.
    package var netScore: Double? {
        n == 0 ? nil : Double(promoters - detractors) / Double(n)
    }

    /// As a sample of +1, 0 and -1, for tests and strata.
    package var moments: Moments {
        Moments(
            n: Double(n), sum: Double(promoters - detractors), squares: Double(promoters + detractors))
    }

    package static func + (left: Self, right: Self) -> Self {
        Self(
            promoters: left.promoters + right.promoters, passives: left.passives + right.passives,
            detractors: left.detractors + right.detractors, unassigned: left.unassigned + right.unassigned)
    }
    package static func - (left: Self, right: Self) -> Self {
        Self(
            promoters: left.promoters - right.promoters, passives: left.passives - right.passives,
            detractors: left.detractors - right.detractors, unassigned: left.unassigned - right.unassigned)
    }
}
