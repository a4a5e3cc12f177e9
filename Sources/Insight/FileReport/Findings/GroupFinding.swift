import Statistics
import Surveys

/// One column of groups: each value with its figure, and which of them really stand out.
package struct GroupFinding: Sendable {
    package struct Row: Sendable {
        /// `nil` for answers without a value.
        package let key: String?
        package let figure: Figure
        /// The best guess of its true value, in points: drawn towards the mean of all by as much as its few
        /// answers ask for.
        package let shrunk: Double?
        /// Against all other answers; `nil` under five answers.
        package let p: Double?
        /// The same with regard to how many values were looked at (Benjamini-Hochberg).
        package let q: Double?

        package var standsOut: Bool { q.map { $0 < 0.05 } ?? false }
    }

    /// The fewest answers that a value is tested with.
    package static let fewest = 5

    package let column: String
    /// By shrunk value, the lowest first.
    package let rows: [Row]
    /// How many values were tested.
    package let tested: Int
    /// How much true values differ between groups, as a standard deviation in points; 0 is no evidence that
    /// they do. `nil` where no value has five answers.
    package let between: Double?
    /// A copy of the score: each value has answers of one band only.
    package let repeatsScore: Bool
    /// One more rating of the same visit.
    package let isRating: Bool

    package var standingOut: [Row] { rows.filter(\.standsOut) }
}

extension GroupFinding {
    init(_ group: GroupCounter, of overall: ScoreHistogram) {
        self.init(
            column: group.heading, entries: group.histograms, of: overall, repeatsScore: group.repeatsScore,
            isRating: group.isRating)
    }

    /// Tests each value against all others and draws each towards the mean of all.
    package init(
        column: String, entries: [(key: String?, histogram: ScoreHistogram)], of overall: ScoreHistogram,
        method: Figure.Method = .strict, repeatsScore: Bool = false, isRating: Bool = false
    ) {
        let isTested = entries.map { $0.histogram.n >= Self.fewest }
        var p: [Int: Double] = [:]
        for index in entries.indices where isTested[index] {
            let own = entries[index].histogram
            p[index] = Change.test(own.moments(method), against: (overall - own).moments(method))?.p
        }
        let order = p.keys.sorted()
        let q = Dictionary(uniqueKeysWithValues: zip(order, FalseDiscovery.qValues(order.map { p[$0] ?? 1 })))
        let segments = entries.map { $0.histogram.segment(method) }
        let shrinkage = Shrinkage(entries.indices.filter { isTested[$0] }.map { segments[$0] })
        self.column = column
        tested = p.count
        between = shrinkage.map { $0.between.squareRoot() * 100 }
        self.repeatsScore = repeatsScore
        self.isRating = isRating
        rows = entries.indices.map { index in
            Row(
                key: entries[index].key, figure: Figure(entries[index].histogram, method: method),
                shrunk: shrinkage.map { $0.shrunk(segments[index]) * 100 }, p: p[index], q: q[index])
        }.sorted { ($0.shrunk ?? 0, $0.key ?? "") < ($1.shrunk ?? 0, $1.key ?? "") }
    }
}

extension ScoreHistogram {
    /// With its pseudo-answers, for shrinkage.
    fileprivate func segment(_ method: Figure.Method) -> Shrinkage.Segment {
        let own = moments(method)
        return Shrinkage.Segment(adjusted: scale.metric == .nps ? own.adjustedNet : own.adjustedShare)
    }
}
