package import Customers
package import Formats
package import Kernel
package import Ledger

/// Some people asked at once about one survey: a list that was sent, a file, a rule's day.
package struct Wave: Noun, Equatable, Sendable {
    package static let idPrefix = "wav"
    package typealias ID = Identifier<Wave>

    /// The longest list of one call.
    package static let most = 10_000

    package let id: ID
    package let account: Int64
    package let survey: Survey.ID
    package let channel: Invitation.Channel
    /// Where the people asked had met the company.
    package let touchpoint: String?
    /// How its letters look; `nil` is as the survey says.
    package let style: WaveStyle?
    package let sendAt: Timestamp
    package let createdAt: Timestamp
    /// Who is not asked, by reason: counted, so that nobody is left out in silence.
    package internal(set) var skipped: [ContactPolicy.Refusal: Int]
    /// Who served the people asked, where one name fits all of them.
    package internal(set) var agent: String?
    package internal(set) var plannedBy = Actor.system
    /// Whose day this was; `nil` for a list that somebody sent.
    package internal(set) var rule: AskRule.ID?
    /// Why these people, as whoever picked them says.
    package internal(set) var reason: Reason?
    /// Of those whose last score was low; `nil` of a wave from before that was counted.
    package internal(set) var unhappy: Reached?

    /// Why somebody picks people by hand: a closed list, so that it can be counted.
    package enum Reason: String, Sendable, CaseIterable {
        /// Everybody whose regular turn it is.
        case round
        /// Whoever came to something.
        case occasion
        case trial
        /// They were promised to be asked again.
        case promised
        case other
    }

    /// True of a list that a person has made, and no rule or program.
    package var isPickedByHand: Bool {
        switch plannedBy {
        case .member, .operator: rule == nil
        case .customer, .token, .system, .import: false
        }
    }

    /// How many of some people could have been asked, and how many were.
    package struct Reached: Equatable, Sendable {
        package var eligible: Int
        package var invited: Int

        package init(eligible: Int = 0, invited: Int = 0) {
            self.eligible = eligible
            self.invited = invited
        }
    }

    package init(
        id: ID, account: Int64, survey: Survey.ID, channel: Invitation.Channel, touchpoint: String? = nil,
        style: WaveStyle? = nil, sendAt: Timestamp, createdAt: Timestamp,
        skipped: [ContactPolicy.Refusal: Int] = [:]
    ) {
        self.touchpoint = touchpoint
        self.style = style
        self.id = id
        self.account = account
        self.survey = survey
        self.channel = channel
        self.sendAt = sendAt
        self.createdAt = createdAt
        self.skipped = skipped
    }

    var skippedJSON: JSONObject {
        let said = ContactPolicy.Refusal.allCases.compactMap { reason in
            skipped[reason].map { (reason.rawValue, JSONValue.integer(Int64($0))) }
        }
        return JSONObject(said)
    }
}

/// How the letters of a wave look: all alike, or half each so that the two can be compared.
package enum WaveStyle: String, Sendable, CaseIterable {
    case neutral, coloured, both

    /// The look of one letter, the same again for its reminders.
    func dealt(to id: Invitation.ID) -> SurveyDefinition.Style {
        switch self {
        case .neutral: .neutral
        case .coloured: .coloured
        case .both: .dealt(to: id)
        }
    }
}

/// Who is to be asked, and when, checked.
package struct WaveRequest: Equatable, Sendable {
    package var channel: Invitation.Channel
    package var to: [CustomerInput]
    /// Whom a segment means, in place of a list.
    package var segment: WaveSegment?
    /// Customers who are known by their ids: those of the segment.
    package var people: [Customer.ID] = []
    package var touchpoint: String?
    /// `nil` for as the survey says.
    package var style: WaveStyle?
    /// `nil` for at once.
    package var sendAt: Timestamp?
    /// Who served them all.
    package var agent: String?
    package var reason: Wave.Reason?
    /// To whoever has not answered, each so long after the letter before.
    package var reminders: [CalendarSpan] = []

    /// Further ahead nobody knows what will be right.
    static let furthest = Duration.seconds(366 * 86_400)

    package init(
        channel: Invitation.Channel = .email, to: [CustomerInput] = [], touchpoint: String? = nil,
        style: WaveStyle? = nil, sendAt: Timestamp? = nil
    ) {
        self.style = style
        self.channel = channel
        self.to = to
        self.touchpoint = touchpoint
        self.sendAt = sendAt
    }
}

/// What became of a wave so far.
package struct WaveCoverage: Equatable, Sendable {
    package let wave: Wave
    /// By state.
    package var invitations: [Invitation.State: Int] = [:]
    package var answered = 0

    package var planned: Int { invitations.values.reduce(0, +) }
    package var skipped: Int { wave.skipped.values.reduce(0, +) }

    package init(wave: Wave) { self.wave = wave }
}

extension Invitation {
    /// Its link takes an answer for so long after its time.
    package static let lifetime = Duration.seconds(90 * 86_400)
}

extension DomainError {
    /// Text messages need a gateway, and none is set.
    package static let smsNotConfigured = DomainError(
        .invalid, "sms-not-configured", fields: [Field("/channel", "sms-not-configured")])
}
