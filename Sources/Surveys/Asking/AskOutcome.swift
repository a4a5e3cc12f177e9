/// What a rule makes of one occasion.
package enum AskOutcome: Hashable, Sendable {
    case asked
    case skipped(AskSkip)

    /// As it is counted.
    package var word: String {
        switch self {
        case .asked: "asked"
        case .skipped(let skip): skip.rawValue
        }
    }

    init?(word: String) {
        if word == "asked" {
            self = .asked
        } else if let skip = AskSkip(rawValue: word) {
            self = .skipped(skip)
        } else {
            return nil
        }
    }
}

/// Why a rule does not ask: each is counted, so that nobody is left out in silence.
package enum AskSkip: String, Sendable, CaseIterable {
    /// What the rule wants of event or customer does not hold.
    case condition
    /// Not among the share that is asked.
    case sample
    case quota
    /// It would be written after the rule's end.
    case until
    case surveyClosed = "survey_closed"
    /// It happened too long ago to be asked about now.
    case late
    /// Somebody left this person out by hand.
    case excluded
    // What the contact policy says.
    case quietPeriod = "quiet_period"
    case unsubscribed, suppressed, restricted, staff
    case noConsent = "no_consent"
    case heldOut = "held_out"
    case noAddress = "no_address"
    /// The same rule asks the same person today already.
    case duplicate

    package init(_ refusal: ContactPolicy.Refusal) {
        self =
            switch refusal {
            case .quietPeriod: .quietPeriod
            case .unsubscribed: .unsubscribed
            case .suppressed: .suppressed
            case .restricted: .restricted
            case .staff: .staff
            case .noConsent: .noConsent
            case .heldOut: .heldOut
            case .noAddress: .noAddress
            case .duplicate: .duplicate
            }
    }

    /// True where the rule had to do with the person at all: its conditions held, and chance drew them.
    package var isOfSomebodyMeant: Bool {
        switch self {
        case .condition, .sample, .until, .surveyClosed: false
        default: true
        }
    }

    /// True of our own rules and choices: who is left out by one of these could have been asked.
    package var isOurs: Bool {
        switch self {
        case .quietPeriod, .heldOut, .quota, .late, .excluded: true
        default: false
        }
    }
}

/// How many were asked, and how many were not for which reason.
package struct AskCounts: Equatable, Sendable {
    package var asked = 0
    package var skipped: [AskSkip: Int] = [:]

    package init() {}

    package mutating func add(_ outcome: AskOutcome, times: Int = 1) {
        switch outcome {
        case .asked: asked += times
        case .skipped(let skip): skipped[skip, default: 0] += times
        }
    }

    package var skippedInAll: Int { skipped.values.reduce(0, +) }
    package var all: Int { asked + skippedInAll }
}
