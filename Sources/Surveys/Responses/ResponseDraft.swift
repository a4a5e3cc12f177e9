import Customers
import Formats
package import Kernel
package import Web

extension ResponseDraft {
    /// Reads `{score, comment?, answers?, customer?, touchpoint?, channel?, agent?, language?,
    /// occurred_at?}`. Throws everything that is wrong at once; names that nobody knows are wrong too.
    package init(_ input: JSONInput, for survey: Survey, at now: Timestamp) throws(DomainError) {
        var input = input
        let score = Self.score(&input, on: survey.scale)
        comment = input.text("comment", 1...Self.longestComment)
        if let nested = input.object("customer") {
            var nested = nested
            customer = CustomerInput(&nested)
            input.take(nested.findings)
        }
        touchpoint = input.text("touchpoint", Self.labelLengths)
        channel = input.text("channel", Self.labelLengths)
        agent = input.text("agent", Self.labelLengths)
        language = input.text("language", 1...35) ?? customer?.language
        occurredAt = input.time("occurred_at")
        if let occurredAt, occurredAt > now + SurveyResponse.clockSkew {
            input.refuse("occurred_at", "in-the-future")
        }
        (answers, contact) = Self.answers(&input, to: survey.definition.questions)
        try input.finish()
        guard let score else { throw .invalid("/score", "missing") }
        self.score = score
    }

    private static func score(_ input: inout JSONInput, on scale: Scale) -> Score? {
        if let raw = input.integer("score", in: scale.scores) { return Score(raw, on: scale) }
        if !input.problems.contains(where: { $0.pointer == input.pointer("score") }) {
            input.refuse("score", "missing")
        }
        return nil
    }

    /// Reads `answers`, by question key.
    static func answers(
        _ input: inout JSONInput, to questions: [Question]
    ) -> (answers: [Answer], contact: CustomerInput?) {
        guard var given = input.object("answers") else {
            if !input.has("answers") || input.value("answers") == nil {
                for question in questions where question.isRequired {
                    input.take([DomainError.Field(input.pointer("answers") + "/" + question.key, "missing")])
                }
            }
            return ([], nil)
        }
        var answers: [Answer] = []
        var contact: CustomerInput?
        for question in questions {
            if question.kind == .contact {
                contact = question.contact(&given) ?? contact
                answers += question.contactItems(contact)
            } else {
                answers += question.answers(&given)
            }
        }
        input.take(given.findings)
        return (answers, contact)
    }
}

extension Question {
    /// The answers to this question; what is wrong is kept in `input`.
    func answers(_ input: inout JSONInput) -> [Answer] {
        let before = input.problems.count
        let read: [Answer]
        switch kind {
        case .choice: read = chosen(input.text(key, 1...64).map { [.string($0)] } ?? [], &input)
        case .choices: read = chosen(input.array(key) ?? [], &input)
        case .rating:
            read =
                input.integer(key, in: Self.ratings).map { [Answer(question: key, number: Double($0))] } ?? []
        case .matrix: read = rated(&input)
        case .text:
            read =
                input.text(key, 1...ResponseDraft.longestComment).map { [Answer(question: key, words: $0)] }
                ?? []
        case .contact: read = []
        }
        if isRequired, read.isEmpty, input.problems.count == before { input.refuse(key, "missing") }
        return read
    }

    private func chosen(_ values: [JSONValue], _ input: inout JSONInput) -> [Answer] {
        var answers: [Answer] = []
        for value in values {
            guard let option = value.string, options.contains(where: { $0.key == option }) else {
                let allowed = options.map(\.key).joined(separator: ", ")
                input.refuse(key, value.string == nil ? "wrong-type" : "unknown-value", ["allowed": allowed])
                return []
            }
            let answer = Answer(question: key, item: kind == .choices ? option : "", choice: option)
            if !answers.contains(answer) { answers.append(answer) }
        }
        return answers
    }

    private func rated(_ input: inout JSONInput) -> [Answer] {
        guard var lines = input.object(key) else { return [] }
        let answers = options.compactMap { option in
            lines.integer(option.key, in: Self.ratings).map {
                Answer(question: key, item: option.key, number: Double($0))
            }
        }
        input.take(lines.findings)
        return answers
    }

    /// Name, e-mail address and phone number.
    func contact(_ input: inout JSONInput) -> CustomerInput? {
        let before = input.problems.count
        var contact: CustomerInput?
        if var given = input.object(key) {
            let read = CustomerInput(&given)
            for field in ["external_id", "language", "attributes"] where given.has(field) {
                given.refuse(field, "unknown-field")
            }
            input.take(given.findings)
            contact = read.names ? read : nil
        }
        if isRequired, contact == nil, input.problems.count == before { input.refuse(key, "missing") }
        return contact
    }

    /// What of it was given, without the values: those are kept with the customer alone.
    func contactItems(_ contact: CustomerInput?) -> [Answer] {
        let given = [contact?.name != nil, contact?.email != nil, contact?.phone != nil]
        return zip(Self.contactItems, given).filter(\.1).map { Answer(question: key, item: $0.0) }
    }

    static let contactItems = ["name", "email", "phone"]
}
