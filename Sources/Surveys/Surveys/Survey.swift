package import Kernel

/// One score question with what follows it, open to answers under its own address.
package struct Survey: Noun, Equatable, Sendable {
    package static let idPrefix = "srv"
    package typealias ID = Identifier<Survey>

    package enum Status: String, Sendable, CaseIterable { case open, closed }
    /// How -10..10 is read: by bands alone, or with weights that grow towards the ends.
    package enum Method: String, Sendable, CaseIterable { case strict, weighted }

    package let id: ID
    package let account: Int64
    /// The end of its public address, one name space for the installation.
    package let slug: String
    package var name: String
    package let scale: Scale
    package var method: Method
    package var status: Status
    /// Grows with each change of what customers read.
    package var version: Int
    package var definition: SurveyDefinition
    /// True of a generated programme.
    package let isSample: Bool
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package var metric: Metric { scale.metric }
}

/// What customers read and may fill in. One version of a survey holds one, for good.
package struct SurveyDefinition: Equatable, Sendable {
    /// Colours behind the numbers, or none.
    package enum Style: String, Sendable, CaseIterable { case neutral, coloured }

    package static let mostQuestions = 50
    package static let mostLanguages = 20

    /// Tags of the languages offered, the first for readers of none of them.
    package var languages: [String]
    /// After the score question, which is always there.
    package var questions: [Question]
    /// Texts of the sender's own; what is missing is said in the product's words.
    package var texts: [SurveyText: LocalText]
    package var style: Style

    package init(
        languages: [String] = ["en", "zh-Hans", "zh-Hant", "pl"], questions: [Question] = [],
        texts: [SurveyText: LocalText] = [:], style: Style = .neutral
    ) {
        self.languages = languages
        self.questions = questions
        self.texts = texts
        self.style = style
    }
}

/// The sentences of an answer page that a sender may word. The raw value names one in the API.
package enum SurveyText: String, Sendable, CaseIterable {
    /// The score question, and what stands under the ends of its scale.
    case question, low, high
    /// Beside the comment on the first page.
    case comment
    case followUpLow = "follow_up_low"
    case followUpMiddle = "follow_up_middle"
    case followUpHigh = "follow_up_high"
    case thanksLow = "thanks_low"
    case thanksMiddle = "thanks_middle"
    case thanksHigh = "thanks_high"
    /// What the sender does next, after a low, a middle and a high score.
    case nextLow = "next_low"
    case nextMiddle = "next_middle"
    case nextHigh = "next_high"
    /// The score has arrived; what may follow is up to the customer.
    case recorded
    /// "May we call you?", and by when.
    case contact
    case contactHelp = "contact_help"
    /// By when somebody calls who was asked to.
    case promise
    case quote
    /// All has arrived.
    case done
    case privacy
    /// The small words of a form.
    case send, optional
    case contactName = "contact_name"
    case contactEmail = "contact_email"
    case contactPhone = "contact_phone"
    case ratingLow = "rating_low"
    case ratingHigh = "rating_high"

    /// As an editor shows them: what is asked, what is said after each score, and the small words.
    package static let groups: [(name: String, texts: [SurveyText])] = [
        ("asked", [.question, .low, .high, .comment, .privacy]),
        ("low", [.thanksLow, .nextLow, .followUpLow, .contact, .contactHelp, .promise]),
        ("middle", [.thanksMiddle, .nextMiddle, .followUpMiddle]),
        ("high", [.thanksHigh, .nextHigh, .followUpHigh, .quote]),
        (
            "words",
            [
                .recorded, .done, .send, .optional, .contactName, .contactEmail, .contactPhone, .ratingLow,
                .ratingHigh,
            ]
        ),
    ]

    package static func followUp(_ tone: BandTone) -> SurveyText {
        switch tone {
        case .low: .followUpLow
        case .middle: .followUpMiddle
        case .high: .followUpHigh
        }
    }
    package static func thanks(_ tone: BandTone) -> SurveyText {
        switch tone {
        case .low: .thanksLow
        case .middle: .thanksMiddle
        case .high: .thanksHigh
        }
    }
    package static func next(_ tone: BandTone) -> SurveyText {
        switch tone {
        case .low: .nextLow
        case .middle: .nextMiddle
        case .high: .nextHigh
        }
    }
}

extension DomainError {
    package static let surveyClosed = DomainError(.conflict, "survey-closed")
    package static let slugTaken = DomainError(
        .conflict, "slug-taken", fields: [Field("/slug", "taken")])
}
