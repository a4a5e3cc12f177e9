import Customers
import Formats
import Language

/// The words of the generated programme, from the catalogs: labels in the account's language, comments in the
/// language of who writes them.
struct SampleWords: Sendable {
    static let reasons = ["speed", "people", "quality", "price"]
    private static let places: [SamplePlace: String] = [
        .installation: "installation", .hotline: "hotline", .shop: "shop", .delivery: "delivery", .app: "app",
    ]

    private let labels: Messages
    private let segments, regions, products, tiers, workTypes, teams: [String]

    init(_ language: ReaderLanguage) {
        let labels = Messages.of(language)
        func list(_ key: String) -> [String] { Self.list(key, labels) }
        self.labels = labels
        segments = list("segments")
        regions = list("regions")
        products = list("products")
        tiers = list("tiers")
        workTypes = list("work_types")
        teams = list("teams")
    }

    private static func list(_ key: String, _ messages: Messages) -> [String] {
        messages("sample.\(key)").split(separator: "|").map(String.init)
    }

    /// As it is known by touchpoint.
    func place(_ place: SamplePlace) -> String { labels("sample.place.\(Self.places[place] ?? "")") }
    func team(_ team: Int) -> String { teams[team] }

    func input(for survey: SampleSurvey) -> SurveyInput {
        let name =
            switch survey {
            case .relation: labels("sample.survey.relation")
            case .touchpoint: labels("sample.survey.touchpoint")
            case .contact: labels("sample.survey.contact")
            case .effort: labels("sample.survey.effort")
            }
        var definition = SurveyDefinition()
        if survey == .touchpoint { definition.questions = [Self.reasonQuestion] }
        return SurveyInput(name: name, scale: survey.scale, definition: definition)
    }

    private static var reasonQuestion: Question {
        func said(_ key: String) -> LocalText {
            LocalText(
                Dictionary(
                    ReaderLanguage.allCases.map { ($0.tag, Messages.of($0)(key)) },
                    uniquingKeysWith: { first, _ in first }))
        }
        return Question(
            key: "reason", kind: .choice, text: said("sample.question.reason"),
            options: reasons.map { Question.Option(key: $0, text: said("sample.reason.\($0)")) })
    }

    func draft(for answer: SampleAnswer) -> ResponseDraft {
        var draft = ResponseDraft(score: answer.score)
        draft.comment = answer.comment.map { Self.comment(for: answer, chosenBy: $0) }
        draft.answers = answer.reason.map { [Answer(question: "reason", choice: Self.reasons[$0])] } ?? []
        draft.customer = customer(of: answer)
        draft.touchpoint = answer.place.map(place)
        draft.channel = answer.channel
        draft.agent = Self.name(answer.traits.agent, labels)
        draft.language = answer.traits.language.tag
        draft.opensCase = answer.opensCase
        return draft
    }

    private func customer(of answer: SampleAnswer) -> CustomerInput {
        let traits = answer.traits
        var customer = CustomerInput()
        customer.attributes = [
            ("segment", segments[traits.segment]), ("region", regions[traits.region]),
            ("product", products[traits.product]), ("tier", tiers[traits.tier]),
            ("work_type", workTypes[traits.workType]), ("team", teams[traits.team]),
        ]
        guard let number = answer.customer else { return customer }
        customer.externalID = "sample-\(number + 10_001)"
        customer.name = Self.name(number * 7 + number / 20, Messages.of(traits.language))
        customer.email = EmailAddress("customer-\(number + 10_001)@example.com")
        customer.language = traits.language.tag
        return customer
    }

    private static func name(_ number: Int, _ messages: Messages) -> String {
        let given = list("names.given", messages), family = list("names.family", messages)
        return messages(
            "sample.names.full",
            [
                "given": .string(given[number % given.count]),
                "family": .string(family[(number + number / given.count * 3) % family.count]),
            ])
    }

    /// One or two sentences: on the place, and on the company as a whole.
    private static func comment(for answer: SampleAnswer, chosenBy choice: UInt64) -> String {
        let messages = Messages.of(answer.traits.language)
        let tone = answer.score.band.tone.rawValue
        let general = sentence("any.\(tone)", choice >> 16, messages)
        guard let place = answer.place.flatMap({ places[$0] }) else { return general }
        let hasFallen =
            answer.place == SampleProgramme.fallingPlace && answer.month >= SampleProgramme.monthOfFall
        let topic = hasFallen && tone == "low" && choice % 10 < 7 ? "drop" : "\(place).\(tone)"
        let special = sentence(topic, choice >> 32, messages)
        if choice >> 8 & 3 == 0 { return special }
        return messages("sample.comment.join", ["first": .string(special), "second": .string(general)])
    }

    private static func sentence(_ topic: String, _ choice: UInt64, _ messages: Messages) -> String {
        let count = (1...20).prefix { messages.has("sample.comment.\(topic).\($0)") }.count
        return messages("sample.comment.\(topic).\(choice % UInt64(max(1, count)) + 1)")
    }
}
