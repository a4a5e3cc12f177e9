import Accounts
package import Customers
package import Database
import Formats
import Kernel
package import Language
package import Ledger
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
    /// To the same letter, in words.
    let replies: [Reply]
    let tags: [ResponseTag]
    let tagNames: [ResponseTag]
    let team: ResponseTeam
    /// The address of its recovery case.
    let recovery: String?
    let messages: Messages
    let now: Timestamp
    let zone: Zone
    let mayMark: Bool
    let mayWrite: Bool

    static func shown(_ score: Score) -> String {
        score.raw < 0 ? "\u{2212}\(-score.raw)" : String(score.raw)
    }

    var model: [String: Any] {
        let title = customer?.shownName(messages) ?? messages("responses.nobody")
        return [
            "title": title, "path": "/responses/\(response.id)", "score": Self.shown(response.score),
            "band": response.score.band.rawValue,
            "bandWord": messages("band.\(response.score.band.rawValue)"), "what": what,
            "comment": AnswerPage.shown(response.comment), "hasComment": response.comment != nil,
            "answers": spoken, "hasAnswers": !spoken.isEmpty, "facts": facts,
            "segments": segments.map { ["name": messages.attribute($0.name), "value": $0.value] },
            "hasSegments": !segments.isEmpty,
            "customer": AnswerPage.shown(response.customer.map { "/customers/\($0)" }),
            "survey": "/surveys/\(survey.id)", "surveyName": survey.name,
            "recovery": AnswerPage.shown(recovery), "hasReplies": !replies.isEmpty,
            "replies": replies.map {
                [
                    "said": $0.said, "href": "/replies/\($0.id)",
                    "when": messages.relative($0.receivedAt, now: now),
                ]
            },
            "mayWrite": mayWrite,
            "owner": team.name(of: mark.owner) ?? messages("inbox.owner.nobody"),
            "owners": team.options(
                messages, chosen: mark.owner?.description ?? "nobody", isFilter: false),
            "isMember": team.me != nil, "isMine": mark.owner?.number == team.me && team.me != nil,
            "tags": tags.map { ["id": $0.id.description, "name": $0.name] }, "hasTags": !tags.isEmpty,
            "tagNames": tagNames.filter { !tags.contains($0) }.map(\.name),
            "mayMark": mayMark, "isRead": mark.readAt != nil, "isDone": mark.doneAt != nil,
        ]
    }

    private var what: String {
        let at = response.occurredAt
        let when = messages.dateTime(at, offsetSeconds: zone.offsetSeconds(at: at))
        return response.what("responses.what", in: survey, messages, ["when": .string(when)])
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
        if let preferred = PreferredContact(answers) {
            spoken.append(["question": messages("responses.contact"), "lines": [preferred.said(messages)]])
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
        case .contact: return messages("answer.contact_\(answer.item)")
        }
    }

    private func rating(_ answer: Answer) -> String {
        messages(
            "responses.rating",
            ["given": .int(Int(answer.number ?? 0)), "most": .int(Question.ratings.upperBound)])
    }
}

extension SurveyResponse {
    /// Score, best score, survey and touchpoint, in the sentence of that key.
    fileprivate func what(
        _ key: String, in survey: Survey, _ messages: Messages, _ more: [String: MessageValue] = [:]
    ) -> String {
        var values = more
        values["score"] = .string(ResponsePage.shown(score))
        values["best"] = .int(score.scale.scores.upperBound)
        values["survey"] = .string(survey.name)
        values["touchpoint"] = .string(touchpoint ?? "")
        return messages(touchpoint == nil ? key : key + ".touchpoint", values)
    }

    /// What was answered, for each event that tells of an answer.
    @Sendable package static func details(
        of events: [SealedEvent], _ account: Int64, _ messages: Messages, _ tx: any Connection
    ) throws -> [Int64: EventDetail] {
        let told = events.filter { $0.kind == .responseRecorded }
        let answers = try find(told.map { ID($0.subject) }, account: account, in: tx)
        let surveys = try Set(answers.map(\.survey)).map { try Survey.find($0, account: account, in: tx) }
        let pairs = told.compactMap { event -> (Int64, EventDetail)? in
            guard let answer = answers.first(where: { $0.id.number == event.subject }),
                let survey = surveys.first(where: { $0.id == answer.survey })
            else { return nil }
            let band = answer.score.band.rawValue
            let badge = "\(ResponsePage.shown(answer.score)) · " + messages("band.\(band)")
            return (
                event.id,
                EventDetail(
                    text: answer.what("event.response.what", in: survey, messages), words: answer.comment,
                    band: band, badge: badge)
            )
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}

extension SurveyResponse {
    /// As the list of customers shows them.
    @Sendable package static func lastScores(
        of customers: [Customer.ID], _ account: Int64, _ messages: Messages, _ tx: any Connection
    ) throws -> [Customer.ID: LastScore] {
        try last(of: customers, account: account, in: tx).reduce(into: [:]) { scores, answer in
            guard let customer = answer.customer else { return }
            let band = answer.score.band.rawValue
            scores[customer] = LastScore(
                band: band, bandWord: messages("band.\(band)"), score: ResponsePage.shown(answer.score))
        }
    }
}
