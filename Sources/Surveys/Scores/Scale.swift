/// The three questions that a score answers.
package enum Metric: String, Sendable, CaseIterable {
    case nps, csat, ces
}

/// Where a score falls. Stored beside the score, so that SQL counts bands and nothing else knows the borders.
package enum Band: String, Sendable, CaseIterable {
    case detractor, passive, promoter
    /// On -10..10 only: counted in n with weight 0.
    case unassigned
    case dissatisfied, neutral, satisfied

    /// The one that asks for a call.
    package var isLowest: Bool { self == .detractor || self == .dissatisfied }
    package var isHighest: Bool { self == .promoter || self == .satisfied }
}

/// The scale of a score question: the only place that knows ranges and bands. The raw value is the word that
/// the command line, the API and the database use.
package enum Scale: String, Sendable, CaseIterable {
    case nps0to10 = "0-10"
    case nps1to10 = "1-10"
    case npsSigned = "-10..10"
    case csat1to5 = "csat-1-5"
    case csat0to5 = "csat-0-5"
    case csat0to10 = "csat-0-10"
    case ces1to7 = "ces-1-7"

    package var metric: Metric {
        switch self {
        case .nps0to10, .nps1to10, .npsSigned: .nps
        case .csat1to5, .csat0to5, .csat0to10: .csat
        case .ces1to7: .ces
        }
    }

    /// The scores that may be given.
    package var scores: ClosedRange<Int> {
        switch self {
        case .nps0to10, .csat0to10: 0...10
        case .nps1to10: 1...10
        case .npsSigned: -10...10
        case .csat1to5: 1...5
        case .csat0to5: 0...5
        case .ces1to7: 1...7
        }
    }

    /// The band of a score of this scale; `nil` for any other number.
    package func band(of score: Int) -> Band? {
        guard scores.contains(score) else { return nil }
        switch self {
        case .nps0to10, .nps1to10:
            return score >= 9 ? .promoter : score >= 7 ? .passive : .detractor
        case .npsSigned:
            return score >= 9 ? .promoter : score >= 7 ? .passive : score <= -9 ? .detractor : .unassigned
        case .csat1to5, .csat0to5:
            return score >= 4 ? .satisfied : score == 3 ? .neutral : .dissatisfied
        case .csat0to10:
            return score >= 9 ? .satisfied : score >= 7 ? .neutral : .dissatisfied
        case .ces1to7:
            return score >= 5 ? .satisfied : score == 4 ? .neutral : .dissatisfied
        }
    }

    /// The bands of this scale, the worst first.
    package var bands: [Band] {
        switch metric {
        case .nps:
            self == .npsSigned
                ? [.detractor, .unassigned, .passive, .promoter] : [.detractor, .passive, .promoter]
        case .csat, .ces: [.dissatisfied, .neutral, .satisfied]
        }
    }

    /// The weight of a score in the weighted reading of -10..10: a tenth of a score that has a band at the
    /// ends, else 0.
    package func weight(of score: Int) -> Double {
        switch band(of: score) {
        case .promoter, .detractor: self == .npsSigned ? Double(score) / 10 : score >= 9 ? 1 : -1
        default: 0
        }
    }
}
