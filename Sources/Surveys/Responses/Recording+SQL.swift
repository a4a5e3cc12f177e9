import Customers
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
        try record([draft], for: survey, recording, in: tx)[0].get()
    }

    /// The same for several, one after the other: what became of each. They are written together.
    package static func record(
        _ drafts: [ResponseDraft], for survey: Survey, _ recording: Recording, in tx: any Connection
    ) throws -> [Result<SurveyResponse, DomainError>] {
        try requireTaking(survey, recording, in: tx)
        var people = try CustomerBook(
            for: drafts.flatMap { [$0.customer, $0.contact].compactMap(\.self) },
            account: survey.account, world: recording.world, at: recording.now, in: tx)
        try people.add(drafts.compactMap(\.person), in: tx)
        var rows = RecordedRows(recording, people: people)
        let outcomes = drafts.map { draft in
            Result { () throws(DomainError) in try rows.add(draft, for: survey) }
        }
        try rows.write(in: tx)
        return outcomes
    }

    private static func requireTaking(
        _ survey: Survey, _ recording: Recording, in tx: any Connection
    ) throws {
        let open = try tx.run(
            "SELECT status FROM surveys WHERE account_id = \(survey.account) AND id = \(survey.id)")
        let takesFiles = recording.source == .import || recording.source == .sample
        guard let status = try open.first?.value("status", as: Survey.Status.self) else {
            throw DomainError.notFound
        }
        guard status == .open || takesFiles else { throw DomainError.surveyClosed }
    }

    fileprivate init(
        _ draft: ResponseDraft, for survey: Survey, customer: Customer?, _ recording: Recording
    ) {
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
}

/// Answers on their way into the tables, with the people who gave them and the events that tell of it.
private struct RecordedRows {
    private let recording: Recording
    private var people: CustomerBook
    private var events: [NewEvent] = []
    /// Of many answers few events differ in more than whose they are.
    private var told: [Told: NewEvent] = [:]

    private struct Told: Hashable {
        let survey: Survey.ID
        let band: Band
        let followUp: Bool
    }
    private var responses = NewRows(
        "responses",
        [
            ("id", .integer), ("account_id", .integer), ("survey_id", .integer),
            ("survey_version", .integer), ("customer_id", .integer), ("touchpoint", .text),
            ("channel", .text), ("agent", .text), ("language", .text), ("comment", .text), ("source", .text),
            ("follow_up", .boolean), ("occurred_at", .integer), ("recorded_at", .integer),
        ])
    private var scores = NewRows(
        "scores",
        [
            ("response_id", .integer), ("account_id", .integer), ("survey_id", .integer), ("scale", .text),
            ("raw", .integer), ("band", .text), ("occurred_at", .integer),
        ])
    private var answers = NewRows(
        "answers",
        [
            ("response_id", .integer), ("question", .text), ("item", .text), ("account_id", .integer),
            ("number", .real), ("choice", .text), ("words", .text),
        ])
    private var segments = NewRows(
        "response_segments",
        [("response_id", .integer), ("name", .text), ("account_id", .integer), ("value", .text)])

    init(_ recording: Recording, people: CustomerBook) {
        self.recording = recording
        self.people = people
    }

    /// Throws what is wrong with the customer; then nothing of the answer is kept.
    mutating func add(_ draft: ResponseDraft, for survey: Survey) throws(DomainError) -> SurveyResponse {
        let person = try hear(draft)
        if let known = person?.customer, draft.customer?.names == true, let contact = draft.contact {
            tell(try people.hear(contact, from: .stranger, about: known.id))
        }
        let response = SurveyResponse(draft, for: survey, customer: person?.customer, recording)
        add(response, draft.answers)
        for segment in person?.attributes ?? draft.customer?.plainAttributes ?? [] {
            segments.add([
                .of(response.id), .of(segment.name), .of(response.account), .of(segment.value),
            ])
        }
        tell(of: response)
        return response
    }

    private mutating func tell(of response: SurveyResponse) {
        let (subject, customer) = (response.id.number, response.customer?.number)
        let id = recording.world.newID()
        let told = Told(
            survey: response.survey, band: response.score.band, followUp: response.followUp)
        if let known = self.told[told] {
            return events.append(known.about(subject, customer: customer, id: id))
        }
        let event = NewEvent(
            .responseRecorded, about: subject, customer: customer, by: recording.actor,
            payload: [
                "survey": .string(told.survey.description), "band": .string(told.band.rawValue),
                "follow_up": .bool(told.followUp),
            ], id: id, account: response.account, at: recording.now)
        self.told[told] = event
        events.append(event)
    }

    /// The person who answers: whose link it was, else whom the account names, else whom the answerer names
    /// in a contact question.
    private mutating func hear(_ draft: ResponseDraft) throws(DomainError) -> CustomerChange? {
        if let id = draft.person, people.knows(id) {
            let change = try people.hear(draft.contact ?? CustomerInput(), from: .stranger, about: id)
            tell(change)
            return change
        }
        let (input, word): (CustomerInput?, CustomerWord) =
            draft.customer?.names == true ? (draft.customer, .account) : (draft.contact, .stranger)
        guard let input, input.names else { return nil }
        do {
            let change = try people.hear(input, from: word)
            tell(change)
            return change
        } catch  where error.kind == .invalid {
            // The customer stands one level down in the body of a response.
            throw .invalid(
                error.fields.map { DomainError.Field("/customer" + $0.pointer, $0.code, $0.values) })
        }
    }

    private mutating func tell(_ change: CustomerChange) {
        if let event = change.event(by: recording.actor, world: recording.world, at: recording.now) {
            events.append(event)
        }
    }

    private mutating func add(_ response: SurveyResponse, _ said: [Answer]) {
        let (id, account) = (SQLValue.of(response.id), SQLValue.of(response.account))
        responses.add([
            id, account, .of(response.survey), .of(response.surveyVersion), .of(response.customer),
            .of(response.touchpoint), .of(response.channel), .of(response.agent), .of(response.language),
            .of(response.comment), .of(response.source), .of(response.followUp), .of(response.occurredAt),
            .of(response.recordedAt),
        ])
        scores.add([
            id, account, .of(response.survey), .of(response.score.scale), .of(response.score.raw),
            .of(response.score.band), .of(response.occurredAt),
        ])
        var places: Set<[String]> = []
        for answer in said where places.insert([answer.question, answer.item]).inserted {
            answers.add([
                id, .of(answer.question), .of(answer.item), account, .of(answer.number), .of(answer.choice),
                .of(answer.words),
            ])
        }
    }

    func write(in tx: any Connection) throws {
        try people.write(in: tx)
        for rows in [responses, scores, answers, segments] { try tx.insert(rows) }
        try Ledger.append(events, in: tx)
    }
}
