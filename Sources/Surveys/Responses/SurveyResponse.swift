package import Customers
package import Kernel

/// One customer's answer. Its score is never changed; words that it lacked may be added once, and all words
/// are gone when the person is erased.
package struct SurveyResponse: Noun, Equatable, Sendable {
    package static let idPrefix = "rsp"
    package typealias ID = Identifier<SurveyResponse>

    /// The way by which it came in.
    package enum Source: String, Sendable, CaseIterable { case page, api, bulk, `import`, sample }

    package let id: ID
    package let account: Int64
    package let survey: Survey.ID
    /// Which texts and questions were answered.
    package let surveyVersion: Int
    package let score: Score
    package let comment: String?
    package let customer: Customer.ID?
    package let touchpoint: String?
    package let channel: String
    package let agent: String?
    package let language: String?
    package let source: Source
    /// True where rules may open a recovery case for it.
    package let followUp: Bool
    /// When it was given: the time at which it counts.
    package let occurredAt: Timestamp
    package let recordedAt: Timestamp

    /// Older answers than this open no case unless asked.
    package static let followUpAge = Duration.seconds(7 * 86_400)
    /// How far a caller's clock may run ahead.
    package static let clockSkew = Duration.seconds(300)

    /// Whether rules may open a case: as the caller says, else for fresh answers that were not loaded from
    /// a file.
    static func mayFollowUp(asked: Bool?, source: Source, occurredAt: Timestamp, now: Timestamp) -> Bool {
        if let asked { return asked }
        return source != .import && source != .sample && now - occurredAt <= followUpAge
    }
}

/// What was said to one question, or to one item of it. Options chosen and numbers outlive the person,
/// words do not.
package struct Answer: Hashable, Sendable {
    package let question: String
    /// The option or line it is about; empty where the question has one answer.
    package let item: String
    package var number: Double?
    package var choice: String?
    package var words: String?

    package init(
        question: String, item: String = "", number: Double? = nil, choice: String? = nil,
        words: String? = nil
    ) {
        self.question = question
        self.item = item
        self.number = number
        self.choice = choice
        self.words = words
    }

    /// A promoter who may be quoted.
    package static let mayBeQuoted = Answer(question: "quote", choice: "yes")
}

/// An answer on its way in, checked against its survey.
package struct ResponseDraft: Equatable, Sendable {
    package static let longestComment = 10_000
    package static let labelLengths = 1...100

    package var score: Score
    package var comment: String?
    package var answers: [Answer] = []
    /// Who answered, in the account's word.
    package var customer: CustomerInput?
    /// Who answered, where the link that was followed is one person's own.
    package var person: Customer.ID?
    /// What the answerer wrote into a contact question.
    package var contact: CustomerInput?
    package var touchpoint: String?
    package var channel: String?
    package var agent: String?
    package var language: String?
    package var occurredAt: Timestamp?
    /// `nil` leaves it to the age and source of the answer.
    package var opensCase: Bool?

    package init(score: Score) { self.score = score }
}
