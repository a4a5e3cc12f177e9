import Customers
import Formats
import Kernel
import Web

/// What somebody sent from an answer page: read by the same rules as the API, wrong fields kept for showing
/// again.
struct AnswerForm: Sendable {
    let fields: FormFields

    static let longestKey = 255

    init(_ fields: FormFields) { self.fields = fields }

    /// Makes a form sent twice one answer; `nil` where the page carried none.
    var key: String? { filled("key") }
    /// Language of the page it came from.
    var language: String? { filled("lang") }

    func filled(_ name: String) -> String? {
        guard let value = fields[name]?.trimmed, !value.isEmpty else { return nil }
        return value
    }

    /// As the API would have got it. Fields that nobody asks for are left out: browsers and old pages send
    /// more.
    func body(for survey: Survey) -> JSONObject {
        var body: JSONObject = [:]
        if let score = filled("score") { body.set("score", Self.number(score)) }
        for name in ["comment", "touchpoint", "channel", "agent"] {
            if let text = filled(name) { body.set(name, .string(text)) }
        }
        let answers = survey.definition.questions.compactMap { question in
            answer(to: question).map { (question.key, $0) }
        }
        if !answers.isEmpty { body.set("answers", .object(JSONObject(answers))) }
        return body
    }

    /// The whole answer, as it is recorded. Throws everything that is wrong with it.
    func draft(for survey: Survey, in tag: String, at now: Timestamp) throws(DomainError) -> ResponseDraft {
        var draft = try ResponseDraft(
            JSONInput(.object(body(for: survey)), path: ""), for: survey, at: now)
        draft.language = tag
        if filled("quote") != nil { draft.answers.append(.mayBeQuoted) }
        draft.answers += PreferredContact(self)?.answers ?? []
        if let contact = try contact() { draft.contact = contact }
        return draft
    }

    private func answer(to question: Question) -> JSONValue? {
        switch question.kind {
        case .choice, .text: return filled(question.key).map { .string($0) }
        case .rating: return filled(question.key).map(Self.number)
        case .choices:
            let chosen = fields.all(question.key).filter { !$0.isEmpty }
            return chosen.isEmpty ? nil : .array(chosen.map { .string($0) })
        case .matrix:
            return nested(question.key, question.options.map(\.key), Self.number)
        case .contact:
            return nested(question.key, ["name", "email", "phone"]) { .string($0) }
        }
    }

    private func nested(
        _ key: String, _ items: [String], _ value: (String) -> JSONValue
    ) -> JSONValue? {
        let given = items.compactMap { item in filled("\(key)[\(item)]").map { (item, value($0)) } }
        return given.isEmpty ? nil : .object(JSONObject(given))
    }

    private static func number(_ text: String) -> JSONValue {
        ScoreText.integer(text).map { .integer(Int64($0)) } ?? .string(text)
    }

    /// What the page of a band adds: words, an address, leave to quote. Throws what is wrong.
    func laterWords(for survey: Survey) throws(DomainError) -> LaterWords {
        let body = body(for: survey)
        var input = try JSONInput(
            .object(
                JSONObject(
                    body.members.filter { ["comment", "answers"].contains($0.key) }.map { ($0.key, $0.value) }
                )),
            path: "")
        var later = LaterWords()
        later.comment = input.text("comment", 1...ResponseDraft.longestComment)
        let optional = survey.definition.questions.map { question in
            var question = question
            question.isRequired = false
            return question
        }
        let answers = ResponseDraft.answers(&input, to: optional)
        later.answers = answers.answers
        later.contact = answers.contact
        if filled("quote") != nil { later.answers.append(.mayBeQuoted) }
        later.answers += PreferredContact(self)?.answers ?? []
        if let contact = try contact(&input) { later.contact = contact }
        try input.finish()
        return later
    }

    /// How to reach who sent all in one form.
    private func contact() throws(DomainError) -> CustomerInput? {
        var input = try JSONInput(.object([:]), path: "")
        let contact = try contact(&input)
        try input.finish()
        return contact
    }

    /// The fields of "may we call you".
    private func contact(_ input: inout JSONInput) throws(DomainError) -> CustomerInput? {
        guard let given = nested("contact", ["name", "email", "phone"], { .string($0) }) else { return nil }
        var nested = try JSONInput(given, path: "/contact")
        let contact = CustomerInput(&nested)
        input.take(nested.findings)
        return contact.names ? contact : nil
    }
}
