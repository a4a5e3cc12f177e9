import Customers
package import Database
import Formats
import Kernel
import Language
import Web

/// Where the recovery case of an answer is shown; `FollowUp` knows, `App` hands it over.
package typealias ResponseCase =
    @Sendable (_ response: SurveyResponse.ID, _ account: Int64, _ tx: any Connection) throws -> String?

/// One answer with all that was said and what was true then.
struct ResponsePage {
    let response: SurveyResponse
    let survey: Survey
    /// As the answerer read it.
    let definition: SurveyDefinition
    let answers: [Answer]
    let segments: [CustomerAttribute]
    let customer: CustomerCard?
    let mark: ResponseMark
    /// The address of its recovery case.
    let recovery: String?
    let messages: Messages
    let now: Timestamp
    let mayMark: Bool

    static func shown(_ score: Score) -> String {
        score.raw < 0 ? "\u{2212}\(-score.raw)" : String(score.raw)
    }

    var model: [String: Any] {
        let title = customer?.shownName(messages) ?? messages("responses.nobody")
        return [
            "title": title, "path": "/responses/\(response.id)", "score": Self.shown(response.score),
            "band": response.score.band.rawValue,
            "bandWord": messages("band.\(response.score.band.rawValue)"),
            "scale": messages("scale.\(response.score.scale.rawValue)"),
            "comment": AnswerPage.shown(response.comment), "hasComment": response.comment != nil,
            "answers": spoken, "hasAnswers": !spoken.isEmpty, "facts": facts,
            "segments": segments.map { ["name": $0.name, "value": $0.value] },
            "hasSegments": !segments.isEmpty,
            "customer": AnswerPage.shown(response.customer.map { "/customers/\($0)" }),
            "survey": "/surveys/\(survey.id)", "surveyName": survey.name,
            "recovery": AnswerPage.shown(recovery),
            "mayMark": mayMark, "isRead": mark.readAt != nil, "isDone": mark.doneAt != nil,
            "at": response.occurredAt.rfc3339, "when": messages.relative(response.occurredAt, now: now),
        ]
    }

    private var facts: [[String: String]] {
        let given: [(String, String?)] = [
            (messages("word.touchpoint"), response.touchpoint),
            (messages("word.channel"), channel), (messages("word.agent"), response.agent),
            (
                messages("word.language"),
                response.language.map { ReaderLanguage(rawValue: $0)?.ownName ?? $0 }
            ),
            (messages("responses.version"), String(response.surveyVersion)),
            (messages("responses.recorded"), messages.relative(response.recordedAt, now: now)),
        ]
        return given.compactMap { name, value in value.map { ["name": name, "value": $0] } }
    }

    private var channel: String {
        let key = "channel.\(response.channel)"
        return messages.has(key) ? messages(key) : response.channel
    }

    /// Each question in the reader's language with what was answered, in the order of the survey.
    private var spoken: [[String: Any]] {
        let byQuestion = Dictionary(grouping: answers, by: \.question)
        var spoken = definition.questions.compactMap { question -> [String: Any]? in
            guard let answers = byQuestion[question.key] else { return nil }
            return ["question": said(question.text), "lines": answers.map { line($0, of: question) }]
        }
        if answers.contains(.mayBeQuoted) {
            spoken.append(["question": messages("responses.quote"), "lines": [messages("word.yes")]])
        }
        return spoken
    }

    private func said(_ text: LocalText) -> String {
        text.said(in: messages.language.tag, orIn: definition.languages)
    }

    private func line(_ answer: Answer, of question: Question) -> String {
        let option = { (key: String) in
            question.options.first { $0.key == key }.map { said($0.text) } ?? key
        }
        switch question.kind {
        case .choice, .choices: return option(answer.choice ?? answer.item)
        case .matrix: return "\(option(answer.item)): \(rating(answer))"
        case .rating: return rating(answer)
        case .text: return answer.words ?? messages("responses.erased")
        case .contact: return messages("answer.contact.\(answer.item)")
        }
    }

    private func rating(_ answer: Answer) -> String {
        messages(
            "responses.rating",
            ["given": .int(Int(answer.number ?? 0)), "most": .int(Question.ratings.upperBound)])
    }
}
