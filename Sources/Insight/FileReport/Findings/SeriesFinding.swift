import Formats
package import Kernel
package import Statistics

/// One period of the series, and what separates it from the one before. Differences in points.
package struct PeriodFinding: Sendable {
    package let start: LocalDay
    package let figure: Figure
    /// `nil` for the first period.
    package internal(set) var change: ChangeFinding?
}

package struct ChangeFinding: Sendable {
    package let difference: Double
    package let limits: Limits
    package let p: Double
    /// The same with regard to how many changes of the series were looked at (Benjamini-Hochberg).
    package internal(set) var q: Double
    /// Only where p < .05, and there is a column to split by.
    package let mix: MixFinding?

    package var isFlagged: Bool { p < 0.05 }
    package var isProven: Bool { q < 0.05 }
}

/// How much of a change is left when both periods are given one mix of `column`, the column that explains
/// most.
package struct MixFinding: Sendable {
    package struct Stratum: Sendable {
        /// `nil` for answers without a value.
        package let keys: [String?]
        /// Share of the answers of each period, 0...1.
        package let shareBefore: Double
        package let shareAfter: Double
        package let rate: Double
        package let mix: Double
    }

    package let column: String
    package let adjusted: Double
    package let standardError: Double
    package let p: Double
    /// What the other mix did: raw change less adjusted change.
    package let effect: Double
    /// Largest mix effect first.
    package let strata: [Stratum]
    /// Values that one period lacks, taken together.
    package let merged: [String?]

    /// Most of the change is mix, and what is left is not proven.
    package var explains: Bool { p >= 0.05 && abs(effect) > abs(adjusted) }
}

extension ReportCounts {
    /// Every period that has answers.
    func series() -> [PeriodFinding] {
        let starts = plan.starts
        let filled = periods.indices.filter { periods[$0].n > 0 }
        var series = filled.enumerated().map { place, period in
            PeriodFinding(
                start: starts[period], figure: Figure(periods[period]),
                change: place == 0 ? nil : change(from: filled[place - 1], to: period))
        }
        let tested = series.indices.filter { series[$0].change != nil }
        let q = FalseDiscovery.qValues(tested.map { series[$0].change?.p ?? 1 })
        for (place, period) in tested.enumerated() { series[period].change?.q = q[place] }
        return series
    }

    private func change(from before: Int, to after: Int) -> ChangeFinding? {
        guard let old = Figure(periods[before]).estimate, let new = Figure(periods[after]).estimate,
            let test = Change.test(periods[after].moments, against: periods[before].moments)
        else { return nil }
        return ChangeFinding(
            difference: test.difference * 100, limits: Change.limits(new, minus: old), p: test.p, q: test.p,
            mix: test.p < 0.05 ? mix(from: before, to: after) : nil)
    }

    /// Of all columns of groups, the one with the largest mix effect.
    private func mix(from before: Int, to after: Int) -> MixFinding? {
        let columns = groups.filter { $0.isGroups(valid: valid) && $0.couldExplain }
        let found = columns.compactMap { group in
            MixAdjustedChange(from: group.strata(before), to: group.strata(after)).map { (group, $0) }
        }
        guard let (group, change) = found.max(by: { abs($0.1.mixEffect) < abs($1.1.mixEffect) }) else {
            return nil
        }
        return MixFinding(group, change, before: Double(periods[before].n), after: Double(periods[after].n))
    }
}

extension MixFinding {
    fileprivate init(_ group: GroupCounter, _ change: MixAdjustedChange<Int>, before: Double, after: Double) {
        self.init(column: group.heading, change, before: before, after: after) { number in
            group.values[number].isEmpty ? nil : group.values[number]
        }
    }

    /// `before` and `after` are the answers of each period; `name` is `nil` for answers without a value.
    init<Key>(
        column: String, _ change: MixAdjustedChange<Key>, before: Double, after: Double,
        name: (Key) -> String?
    ) {
        self.column = column
        adjusted = change.adjusted * 100
        standardError = change.standardError * 100
        p = change.p
        effect = change.mixEffect * 100
        strata = change.strata.map { stratum in
            Stratum(
                keys: stratum.keys.map(name), shareBefore: stratum.before.n / before,
                shareAfter: stratum.after.n / after, rate: stratum.rate * 100, mix: stratum.mix * 100)
        }
        merged = change.merged.map(name)
    }
}
