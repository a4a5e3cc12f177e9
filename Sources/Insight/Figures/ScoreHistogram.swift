package import Statistics
package import Surveys

/// How often each score of one scale was given: all that any figure, test or chart needs of the answers.
package struct ScoreHistogram: Equatable, Sendable {
    package let scale: Scale
    /// One count for each of `scale.scores`, the lowest first.
    package private(set) var counts: [Int]

    package init(_ scale: Scale) {
        self.scale = scale
        counts = Array(repeating: 0, count: scale.scores.count)
    }

    /// From one count for each of `scale.scores`.
    package init(_ scale: Scale, counts: some Sequence<Int>) {
        self.scale = scale
        self.counts = Array(counts)
        precondition(self.counts.count == scale.scores.count)
    }

    /// A score outside the scale is a mistake of the caller.
    package mutating func add(_ score: Int, times: Int = 1) {
        counts[score - scale.scores.lowerBound] += times
    }

    package subscript(score: Int) -> Int {
        scale.scores.contains(score) ? counts[score - scale.scores.lowerBound] : 0
    }

    package var n: Int { counts.reduce(0, +) }

    package func count(_ band: Band) -> Int {
        zip(scale.scores, counts).reduce(0) { $0 + (scale.band(of: $1.0) == band ? $1.1 : 0) }
    }

    package var bands: BandCounts {
        zip(scale.scores, counts).reduce(into: BandCounts()) { bands, cell in
            switch scale.band(of: cell.0) {
            case .promoter: bands.promoters += cell.1
            case .passive: bands.passives += cell.1
            case .detractor: bands.detractors += cell.1
            case .unassigned: bands.unassigned += cell.1
            default: break
            }
        }
    }

    /// How many gave one of the top scores (CSAT, CES).
    package var top: Int { count(.satisfied) }

    /// The raw scores as a sample, for their mean.
    package var scoreMoments: Moments {
        zip(scale.scores, counts).reduce(Moments()) { moments, cell in
            let (score, count) = (Double(cell.0), Double(cell.1))
            return moments + Moments(n: count, sum: score * count, squares: score * score * count)
        }
    }

    /// What is compared between periods and groups: +1, 0, -1 for NPS, 1 and 0 for the share of the top box.
    package var moments: Moments {
        scale.metric == .nps ? bands.moments : .share(top, of: n)
    }

    /// The same for a survey that is read by `method`: weights for the weighted reading of -10..10.
    package func moments(_ method: Figure.Method) -> Moments {
        method == .weighted && scale == .npsSigned ? weightedMoments : moments
    }

    package static func + (left: Self, right: Self) -> Self {
        Self(left.scale, counts: zip(left.counts, right.counts).map(+))
    }
    package static func - (left: Self, right: Self) -> Self {
        Self(left.scale, counts: zip(left.counts, right.counts).map(-))
    }
}
