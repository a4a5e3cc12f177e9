package import Formats
package import Kernel
package import Ledger

/// Who is asked about what happened to them, and when: a rule that looks at each event by itself, so that
/// nobody picks whom to ask.
package struct AskRule: Noun, Equatable, Sendable {
    package static let idPrefix = "rul"
    package typealias ID = Identifier<AskRule>

    package enum State: String, Sendable, CaseIterable { case active, paused }

    /// Rules of one account.
    static let most = 500

    package let id: ID
    package let account: Int64
    package var name: String
    package var state: State
    /// Counts up with each changed definition; all of them are kept.
    package internal(set) var version: Int
    package var definition: AskRuleDefinition
    /// It looks at what happened from then on.
    package internal(set) var activeSince: Timestamp
    package let createdAt: Timestamp
    package internal(set) var updatedAt: Timestamp

    /// Events of the product itself that a rule may ask about.
    package static let ledgerEvents: [EventKind] = [
        EventKind("case.resolved"), EventKind("case.verified"), EventKind("case.closed"),
    ]
    /// Asked by the calendar, whatever happens.
    package static let schedule = "schedule"
}

/// What a rule says, one version of it.
package struct AskRuleDefinition: Equatable, Sendable {
    /// In which everybody's turn comes, by a rule that asks by the calendar.
    package enum Period: String, Sendable, CaseIterable { case month, quarter, year }

    package struct Quota: Equatable, Sendable {
        package var day: Int?
        package var month: Int?
        package init(day: Int? = nil, month: Int? = nil) {
            self.day = day
            self.month = month
        }
    }

    package var survey: Survey.ID
    /// The account's word for it, a kind of event of the ledger, or `schedule`.
    package var event: String
    package var channel = Invitation.Channel.email
    package var touchpoint: String?
    package var delay = CalendarSpan.zero
    package var hours: AskHours?
    /// Of those who could be asked, the share who are; by the calendar, the share whose turn it is.
    package var sample = 1.0
    package var quota = Quota()
    /// After the letter before, to whoever has not answered.
    package var reminders: [CalendarSpan] = []
    /// From then on nobody is asked.
    package var until: AskEnd?
    package var conditions: [AskCondition] = []
    package var period: Period?

    package init(survey: Survey.ID, event: String) {
        self.survey = survey
        self.event = event
    }

    static let mostReminders = 3

    var asksBySchedule: Bool { event == AskRule.schedule }
    var countsEvents: Bool { conditions.contains { $0.name == AskCondition.count } }
}

extension DomainError {
    /// An account has so many rules, and no more.
    package static let tooManyAskRules = DomainError(
        .conflict, "ask-rules-too-many", ["max": String(AskRule.most)])
}
