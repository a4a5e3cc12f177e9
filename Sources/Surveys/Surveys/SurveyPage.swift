package import Database
import Formats
import Kernel
package import Language
import Web

/// A survey's score as a list shows it: finished words, `nil` where there is too little to say.
package struct SurveyFigure: Equatable, Sendable {
    package let n: Int
    package let value: String?
    package let interval: String?
    /// Scores that nobody has sent yet; they count nowhere.
    package let provisional: Int
    /// What is said of links that were opened and of machines among those; nobody's answer is left out by it.
    package let intents: String?

    package init(n: Int, value: String?, interval: String?, provisional: Int, intents: String? = nil) {
        self.provisional = provisional
        self.intents = intents
        self.n = n
        self.value = value
        self.interval = interval
    }
}

/// Where figures come from; `Insight` knows, `App` hands it over.
package typealias SurveyFigures =
    @Sendable (_ surveys: [Survey], _ messages: Messages, _ tx: any Connection) throws -> [Survey.ID:
    SurveyFigure]

/// The list of surveys.
struct SurveyListPage {
    let surveys: [Survey]
    let figures: [Survey.ID: SurveyFigure]
    let messages: Messages
    let mayWrite: Bool

    var model: [String: Any] {
        var model: [String: Any] = [
            "title": messages("surveys.title"), "surveys": surveys.map(entry), "hasSurveys": !surveys.isEmpty,
            "mayWrite": mayWrite,
        ]
        if surveys.isEmpty {
            model["nothing"] =
                [
                    "icon": "ask", "heading": messages("surveys.none.heading"),
                    "text": messages("surveys.none.text"),
                    "action": mayWrite
                        ? ["href": "/surveys/new", "label": messages("surveys.new")] as Any : false as Any,
                ] as [String: Any]
        }
        return model
    }

    private func entry(_ survey: Survey) -> [String: Any] {
        let figure = figures[survey.id]
        return [
            "id": survey.id.description, "name": survey.name,
            "metric": messages("metric.\(survey.metric.rawValue)"),
            "scale": messages("scale.\(survey.scale.rawValue)"),
            "n": AnswerPage.shown(figure.map { messages("count.answers", ["count": .int($0.n)]) }),
            "provisional": AnswerPage.shown(
                figure.flatMap { $0.provisional > 0 ? $0.provisional : nil }.map {
                    messages("coverage.waiting", ["count": .int($0)])
                }),
            "intents": AnswerPage.shown(figure?.intents),
            "value": AnswerPage.shown(figure?.value), "interval": AnswerPage.shown(figure?.interval),
            "status": messages("surveys.status.\(survey.status.rawValue)"),
            "kind": survey.status == .open ? "good" : "closed",
            "sample": survey.isSample ? messages("surveys.sample") as Any : false as Any,
        ]
    }
}

/// A new survey: what must be chosen once and stays.
struct SurveyNewPage {
    let messages: Messages
    var fields = FormFields()
    var error: DomainError?

    var model: [String: Any] {
        var wrong: [String: String] = [:]
        for field in error?.fields ?? [] { wrong[field.pointer] = messages.sentence(field) }
        let chosen = Set(fields.fields.isEmpty ? ReaderLanguage.allCases.map(\.tag) : fields.all("languages"))
        return [
            "title": messages("surveys.new"), "name": fields["name"] ?? "", "slug": fields["slug"] ?? "",
            "nameError": AnswerPage.shown(wrong["/name"]), "slugError": AnswerPage.shown(wrong["/slug"]),
            "languagesError": AnswerPage.shown(wrong["/languages"]),
            "scales": Scale.allCases.map { scale -> [String: Any] in
                [
                    "value": scale.rawValue,
                    "chosen": scale.rawValue == (fields["scale"] ?? Scale.nps0to10.rawValue),
                    "label":
                        messages("metric.\(scale.metric.rawValue)") + " · "
                        + messages("scale.\(scale.rawValue)"),
                ]
            },
            "languages": ReaderLanguage.allCases.map { language -> [String: Any] in
                ["tag": language.tag, "name": language.ownName, "chosen": chosen.contains(language.tag)]
            },
            "styles": Self.styles(messages, chosen: fields["style"]),
        ]
    }

    static func styles(_ messages: Messages, chosen: String?) -> [[String: Any]] {
        SurveyDefinition.Style.allCases.map { style in
            [
                "value": style.rawValue, "label": messages("surveys.style.\(style.rawValue)"),
                "chosen": style.rawValue == (chosen ?? SurveyDefinition.Style.neutral.rawValue),
            ]
        }
    }
}
