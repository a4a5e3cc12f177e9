package import Customers
package import Database
import Formats
package import Kernel
package import Ledger

extension EventKind {
    package static let responseRecorded = EventKind("response.recorded")
    /// Words were added to an answer that had none.
    package static let responseCompleted = EventKind("response.completed")
}

/// Who records, by which way, with which clock and ids.
package struct Recording: Sendable {
    package let source: SurveyResponse.Source
    package let actor: Actor
    package let world: World
    package let now: Timestamp

    package init(source: SurveyResponse.Source, actor: Actor, world: World, now: Timestamp) {
        self.source = source
        self.actor = actor
        self.world = world
        self.now = now
    }
}

extension SurveyResponse {
    /// Records an answer: the one way in, for every channel. Everything that can be refused is refused
    /// before the first row is written, so that a refusal leaves no trace in a transaction that others
    /// share.
    package static func record(
        _ draft: ResponseDraft, for survey: Survey, _ recording: Recording, in tx: any Connection
    ) throws -> SurveyResponse {
        let open = try tx.run(
            "SELECT status FROM surveys WHERE account_id = \(survey.account) AND id = \(survey.id)")
        let takesFiles = recording.source == .import || recording.source == .sample
        guard let status = try open.first?.value("status", as: Survey.Status.self) else {
            throw DomainError.notFound
        }
        guard status == .open || takesFiles else { throw DomainError.surveyClosed }
        let person = try person(of: draft, in: survey.account, recording, in: tx)
        try person?.write(by: recording.actor, world: recording.world, at: recording.now, in: tx)
        if let known = person?.customer, draft.customer?.names == true, let contact = draft.contact {
            try add(contact, to: known, in: survey.account, recording, in: tx)
        }

        let response = SurveyResponse(draft, for: survey, customer: person?.customer, recording)
        try response.insert(in: tx)
        try response.insert(draft.answers, in: tx)
        try response.insert(segments: person?.attributes ?? draft.customer?.plainAttributes ?? [], in: tx)
        try Ledger.append(
            .responseRecorded, about: response.id.number, customer: response.customer?.number,
            by: recording.actor,
            payload: [
                "survey": .string(survey.id.description), "band": .string(response.score.band.rawValue),
                "follow_up": .bool(response.followUp),
            ], id: recording.world.newID(), account: survey.account, at: recording.now, in: tx)
        return response
    }

    /// The person who answers: whom the account names, else whom the answerer names in a contact question.
    private static func person(
        of draft: ResponseDraft, in account: Int64, _ recording: Recording, in tx: any Connection
    ) throws -> CustomerChange? {
        let (input, word): (CustomerInput?, CustomerWord) =
            draft.customer?.names == true ? (draft.customer, .account) : (draft.contact, .stranger)
        guard let input, input.names else { return nil }
        do {
            return try Customer.change(
                hearing: input, from: word, account: account, world: recording.world, at: recording.now,
                in: tx)
        } catch let error as DomainError where error.kind == .invalid {
            // The customer stands one level down in the body of a response.
            throw DomainError.invalid(
                error.fields.map { DomainError.Field("/customer" + $0.pointer, $0.code, $0.values) })
        }
    }

    private init(_ draft: ResponseDraft, for survey: Survey, customer: Customer?, _ recording: Recording) {
        let occurredAt = draft.occurredAt ?? recording.now
        id = recording.world.id()
        account = survey.account
        self.survey = survey.id
        surveyVersion = survey.version
        score = draft.score
        comment = draft.comment
        self.customer = customer?.id
        touchpoint = draft.touchpoint
        channel = draft.channel ?? recording.source.rawValue
        agent = draft.agent
        language = draft.language ?? customer?.language
        source = recording.source
        followUp = Self.mayFollowUp(
            asked: draft.opensCase, source: recording.source, occurredAt: occurredAt, now: recording.now)
        self.occurredAt = occurredAt
        recordedAt = recording.now
    }

    private func insert(in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO responses (id, account_id, survey_id, survey_version, customer_id, touchpoint,
              channel, agent, language, comment, source, follow_up, occurred_at, recorded_at)
            VALUES (\(id), \(account), \(survey), \(surveyVersion), \(customer), \(touchpoint), \(channel),
              \(agent), \(language), \(comment), \(source), \(followUp), \(occurredAt), \(recordedAt))
            """)
        try tx.run(
            """
            INSERT INTO scores (response_id, account_id, survey_id, scale, raw, band, occurred_at)
            VALUES (\(id), \(account), \(survey), \(score.scale), \(score.raw), \(score.band), \(occurredAt))
            """)
    }

    /// Answers that are there already stay as they are; true where one was added.
    @discardableResult
    private func insert(_ answers: [Answer], in tx: any Connection) throws -> Bool {
        if answers.isEmpty { return false }
        let rows = answers.map { answer -> SQL in
            """
            (\(id), \(answer.question), \(answer.item), \(account), \(answer.number), \(answer.choice),
              \(answer.words))
            """
        }
        return try !tx.run(
            """
            INSERT INTO answers (response_id, question, item, account_id, number, choice, words)
            VALUES \(rows.joined(", "))
            ON CONFLICT (response_id, question, item) DO NOTHING RETURNING response_id
            """
        ).isEmpty
    }

    private func insert(segments: [CustomerAttribute], in tx: any Connection) throws {
        if segments.isEmpty { return }
        let rows = segments.map { segment -> SQL in "(\(id), \(segment.name), \(account), \(segment.value))" }
        try tx.run(
            "INSERT INTO response_segments (response_id, name, account_id, value) VALUES \(rows.joined(", "))"
        )
    }
}

/// Words that come after the score: from the page of its band, or from a form sent again.
package struct LaterWords: Equatable, Sendable {
    package var comment: String?
    package var answers: [Answer] = []
    package var contact: CustomerInput?

    package init() {}

    package init(_ draft: ResponseDraft) {
        comment = draft.comment
        answers = draft.answers
        contact = draft.contact
    }
}

extension SurveyResponse {
    /// Adds the words that this answer lacks. What stands, the score above all, stays.
    package func add(_ later: LaterWords, _ recording: Recording, in tx: any Connection) throws {
        var fields: [String] = []
        if comment == nil, let words = later.comment {
            try tx.run(
                """
                UPDATE responses SET comment = \(words)
                WHERE account_id = \(account) AND id = \(id) AND comment IS NULL
                """)
            fields.append("comment")
        }
        if try insert(later.answers, in: tx) { fields.append("answers") }
        let reached = try add(later.contact, recording, in: tx)
        if reached != customer { fields.append("customer") }
        if fields.isEmpty { return }
        try Ledger.append(
            .responseCompleted, about: id.number, customer: reached?.number, by: recording.actor,
            payload: ["fields": .array(fields.map { .string($0) }), "survey": .string(survey.description)],
            id: recording.world.newID(), account: account, at: recording.now, in: tx)
    }

    /// Who answered, once the answerer has said so.
    private func add(
        _ contact: CustomerInput?, _ recording: Recording, in tx: any Connection
    ) throws -> Customer.ID? {
        guard let contact, contact.names else { return customer }
        let known = try customer.map { try Customer.find($0, account: account, in: tx) }
        let person = try Self.add(contact, to: known, in: account, recording, in: tx)
        if customer == nil {
            try tx.run(
                """
                UPDATE responses SET customer_id = \(person)
                WHERE account_id = \(account) AND id = \(id) AND customer_id IS NULL
                """)
        }
        return person
    }

    /// What an answerer says of themselves is added to what is known, and changes none of it.
    @discardableResult
    private static func add(
        _ contact: CustomerInput, to known: Customer?, in account: Int64, _ recording: Recording,
        in tx: any Connection
    ) throws -> Customer.ID {
        let (world, now) = (recording.world, recording.now)
        let change =
            if let known {
                try Customer.change(
                    known, hearing: contact, from: .stranger, account: account, world: world, at: now, in: tx)
            } else {
                try Customer.change(
                    hearing: contact, from: .stranger, account: account, world: world, at: now, in: tx)
            }
        try change.write(by: recording.actor, world: world, at: now, in: tx)
        return change.customer.id
    }
}
