package import Kernel
package import Language

/// The surveys of the generated programme.
package enum SampleSurvey: Int, Sendable, CaseIterable {
    case relation, touchpoint, contact, effort

    package var scale: Scale {
        switch self {
        case .relation, .touchpoint: .nps0to10
        case .contact: .csat1to5
        case .effort: .ces1to7
        }
    }

    /// Its share of all answers.
    var share: Double {
        switch self {
        case .relation: 0.13
        case .touchpoint: 0.65
        case .contact: 0.13
        case .effort: 0.09
        }
    }
}

/// Where customers of the generated programme met the company.
package enum SamplePlace: Int, Sendable, CaseIterable {
    case installation, hotline, shop, delivery, app
}

/// One answer of the generated programme, before it has words: numbers stand for places in word lists.
package struct SampleAnswer: Sendable {
    package let survey: SampleSurvey
    package let day: LocalDay
    /// Since midnight.
    package let minute: Int
    /// From 1 to 12.
    package let month: Int
    package let score: Score
    package let place: SamplePlace?
    package let channel: String
    package let traits: SampleTraits
    /// Who answered; `nil` for somebody who did not say.
    package internal(set) var customer: Int?
    /// Picks the words of the comment; `nil` for an answer without one.
    let comment: UInt64?
    let reason: Int?
    package internal(set) var opensCase = false
}

/// What is known of who answered and of who served them.
package struct SampleTraits: Hashable, Sendable {
    package var segment: Int
    package var region: Int
    package var product: Int
    package var tier: Int
    package var language: ReaderLanguage
    package var workType: Int
    package var team: Int
    /// Among all agents: each team has as many.
    package var agent: Int
}
