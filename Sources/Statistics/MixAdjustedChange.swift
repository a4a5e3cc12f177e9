import RealModule

/// A change between two periods, split into what happened within the strata (rate) and what came from another
/// share of them (mix): direct standardisation with the strata's shares of both periods together.
package struct MixAdjustedChange<Key: Hashable & Comparable & Sendable>: Sendable {
    /// One span of the bridge. `rate` and `mix` summed over all strata are the raw change.
    package struct Stratum: Sendable {
        /// More than one where strata that one period lacks were merged.
        package let keys: [Key]
        package let before: Moments
        package let after: Moments
        /// W_k (after mean - before mean), with W_k the share of the stratum in both periods together.
        package let rate: Double
        /// What the stratum's larger or smaller share did, measured from the mean of both periods.
        package let mix: Double
    }

    /// Mean after less mean before.
    package let raw: Double
    /// The rate effect: the change that remains when both periods are given one mix.
    package let adjusted: Double
    package let standardError: Double
    /// Two-sided, of the adjusted change.
    package let p: Double
    /// Largest mix effect first.
    package let strata: [Stratum]
    /// Keys of strata that one of the periods lacks, merged into one; empty when none was.
    package let merged: [Key]

    package var mixEffect: Double { raw - adjusted }

    /// `nil` when a period is empty.
    ///
    /// Strata that one period lacks form one stratum of their own; where that still lacks a period, the
    /// smallest other stratum joins it until it has both.
    package init?(from before: [Key: Moments], to after: [Key: Moments]) {
        let cells = Self.comparable(before, after)
        let totalBefore = cells.reduce(Moments()) { $0 + $1.before }
        let totalAfter = cells.reduce(Moments()) { $0 + $1.after }
        guard let meanBefore = totalBefore.mean, let meanAfter = totalAfter.mean else { return nil }
        let both = totalBefore + totalAfter
        let centre = both.sum / both.n
        var variance = 0.0
        strata = cells.map { cell in
            let weight = (cell.before.n + cell.after.n) / both.n
            let before = cell.before.sum / cell.before.n, after = cell.after.sum / cell.after.n
            variance += weight * weight * (cell.before.varianceOfMean + cell.after.varianceOfMean)
            let mix =
                (cell.after.n / totalAfter.n - weight) * (after - centre)
                + (weight - cell.before.n / totalBefore.n) * (before - centre)
            return Stratum(
                keys: cell.keys, before: cell.before, after: cell.after, rate: weight * (after - before),
                mix: mix)
        }.sorted { abs($0.mix) > abs($1.mix) }
        merged = cells.first { $0.keys.count > 1 }?.keys ?? []
        raw = meanAfter - meanBefore
        adjusted = strata.reduce(0) { $0 + $1.rate }
        standardError = .sqrt(variance)
        p = variance > 0 ? Normal.twoSidedP(adjusted / standardError) : 1
    }

    private typealias Cell = (keys: [Key], before: Moments, after: Moments)

    private static func comparable(_ before: [Key: Moments], _ after: [Key: Moments]) -> [Cell] {
        var whole: [Cell] = []
        var rest: Cell = ([], Moments(), Moments())
        func join(_ cell: Cell) {
            rest = ((rest.keys + cell.keys).sorted(), rest.before + cell.before, rest.after + cell.after)
        }
        for key in Set(before.keys).union(after.keys).sorted() {
            let cell = ([key], before[key] ?? Moments(), after[key] ?? Moments())
            if cell.1.n > 0, cell.2.n > 0 {
                whole.append(cell)
            } else if cell.1.n + cell.2.n > 0 {
                join(cell)
            }
        }
        guard !rest.keys.isEmpty else { return whole }
        whole.sort { $0.before.n + $0.after.n > $1.before.n + $1.after.n }
        while rest.before.n == 0 || rest.after.n == 0, let smallest = whole.popLast() { join(smallest) }
        return whole + [rest]
    }
}
