import Accounts
import Customers
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Answers over the API.
package struct SurveyResponseRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let views: SurveyResponseViews
    private let groups: AnswerGroups

    /// Largest body of one answer, and of one line of many.
    package static let largestAnswer = 64 * 1024

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
        views = SurveyResponseViews(reader: DatabaseReader(database))
        groups = AnswerGroups(database: database, world: world)
    }

    package func add(to table: inout RouteTable) {
        table.post(
            "/api/v1/surveys/{id}/responses", .api(.writeResponses), bodyLimit: Self.largestAnswer,
            use: record)
        table.get("/api/v1/surveys/{id}/responses", .api(.readResponses), use: views.listOfSurvey)
        table.get("/api/v1/responses", .api(.readResponses), use: views.list)
        table.get("/api/v1/responses/{id}", .api(.readResponses), use: views.find)
    }

    /// The survey is read before the transaction: whatever is wrong is refused without one.
    @Sendable private func record(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Survey.ID)
        let form = SurveyResponse.keptReceipt(account: account)
        let (survey, look) = try await Idempotency.look(call, keptAs: form, in: database) { tx in
            try Survey.find(id, account: account, in: tx)
        }
        let now = world.now()
        let draft = try ResponseDraft(call.json(), for: survey, at: now)
        return try await Idempotency.once(
            look, database: database, world: world,
            together: { kept in try await groups.record(draft, for: survey, by: actor, under: kept) },
            effect: { [world] tx in
                let recording = Recording(source: .api, actor: actor, world: world, now: now)
                let response = try SurveyResponse.record(draft, for: survey, recording, in: tx)
                return response.told
            }
        ).response
    }
}

/// What programs read of answers.
struct SurveyResponseViews: Sendable {
    let reader: DatabaseReader

    @Sendable func listOfSurvey(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as Survey.ID)
        _ = try await reader.read { tx in try Survey.find(id, account: account, in: tx) }
        var filter = try filter(call)
        filter.survey = id
        return try await list(filter, call)
    }

    @Sendable func list(_ call: Call) async throws -> Response { try await list(filter(call), call) }

    private func filter(_ call: Call) throws -> ResponseFilter {
        let query = try call.query()
        var filter = ResponseFilter()
        filter.touchpoint = query["touchpoint"]
        filter.channel = query["channel"]
        filter.agent = query["agent"]
        filter.language = query["language"]
        filter.query = query["q"]
        filter.state = try query["state"].map { text in
            guard let state = ResponseState(rawValue: text) else {
                let allowed = ResponseState.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError.invalid("/state", "unknown-value", ["allowed": allowed])
            }
            return state
        }
        filter.owner = try query["owner"].map { text in
            guard let owner = ResponseOwner(text) else { throw DomainError.invalid("/owner", "not-an-id") }
            return owner
        }
        filter.tag = try query["tag"].map { try ResponseTag.Name($0) }
        filter.survey = try id(query["survey"], "/survey")
        filter.customer = try id(query["customer"], "/customer")
        filter.bands = try query.all("band").map { text in
            guard let band = Band(rawValue: text) else {
                let allowed = Band.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError.invalid("/band", "unknown-value", ["allowed": allowed])
            }
            return band
        }
        return filter
    }

    private func id<Tag>(_ text: String?, _ pointer: String) throws -> Identifier<Tag>? {
        guard let text else { return nil }
        guard let id = Identifier<Tag>(text) else { throw DomainError.invalid(pointer, "not-an-id") }
        return id
    }

    private func list(_ filter: ResponseFilter, _ call: Call) async throws -> Response {
        let (account, asked) = (try call.account(), try call.pageRequest())
        let place = try asked.cursor.map { text in
            guard let place = ResponsePlace(text) else { throw DomainError(.invalid, "bad-cursor") }
            return place
        }
        let (found, views) = try await reader.read { tx in
            let found = try SurveyResponse.list(
                filter, account: account, after: place, limit: asked.limit + 1, in: tx)
            return (found, try ResponseViews(found, account: account, in: tx))
        }
        return .list(Page(asked: asked.limit, found: found) { ResponsePlace($0).description }, views.json)
    }

    @Sendable func find(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as SurveyResponse.ID)
        let (response, views) = try await reader.read { tx in
            let response = try SurveyResponse.find(id, account: account, in: tx)
            return (response, try ResponseViews([response], account: account, in: tx))
        }
        return .json(views.json(response))
    }
}

/// Answers with what was said to further questions, what was true of the customer and what the team does.
struct ResponseViews: Sendable {
    private let answers: [SurveyResponse.ID: [Answer]]
    private let segments: [SurveyResponse.ID: [CustomerAttribute]]
    private let marks: [SurveyResponse.ID: ResponseMark]
    private let tags: [SurveyResponse.ID: [ResponseTag]]

    init(_ responses: [SurveyResponse], account: Int64, in tx: any Connection) throws {
        let ids = responses.map(\.id)
        answers = try SurveyResponse.answers(of: ids, account: account, in: tx)
        segments = try SurveyResponse.segments(of: ids, account: account, in: tx)
        marks = try ResponseMark.find(ids, account: account, in: tx)
        tags = try ResponseTag.find(ids, account: account, in: tx)
    }

    func json(_ response: SurveyResponse) -> JSONValue {
        guard var object = response.receipt.object else { return .null }
        object.append("comment", .text(response.comment))
        object.append("answers", .object(Answer.json(answers[response.id] ?? [])))
        object.append(
            "attributes",
            .object(JSONObject((segments[response.id] ?? []).map { ($0.name, .string($0.value)) })))
        let mark = marks[response.id] ?? ResponseMark()
        object.append("owner", .id(mark.owner))
        object.append("state", .string(mark.state.rawValue))
        object.append("tags", .array((tags[response.id] ?? []).map { .string($0.name) }))
        return .object(object)
    }
}

extension SurveyResponse {
    /// Under a key only the id is kept: an answer stays as it was given, so its row tells the rest again.
    /// Whoever was erased meanwhile is not in it any more.
    static func keptReceipt(account: Int64) -> KeptForm {
        KeptForm {
            $0["id"] ?? $0
        } restore: { kept, tx in
            guard let id = kept.string.flatMap({ SurveyResponse.ID($0) }) else { return kept }
            return try find(id, account: account, in: tx).receipt
        }
    }

    var told: APIAnswer { APIAnswer(.created, receipt) }

    /// What a caller hears of an answer just recorded. It holds no words: it is kept under the idempotency
    /// key and must not outlive them.
    var receipt: JSONValue {
        [
            "id": .id(id), "survey": .id(survey), "survey_version": .integer(Int64(surveyVersion)),
            "score": .integer(Int64(score.raw)), "scale": .string(score.scale.rawValue),
            "band": .string(score.band.rawValue), "customer": .id(customer), "touchpoint": .text(touchpoint),
            "channel": .string(channel), "agent": .text(agent), "language": .text(language),
            "source": .string(source.rawValue), "occurred_at": .time(occurredAt),
            "recorded_at": .time(recordedAt),
        ]
    }
}

extension Answer {
    /// By question: a number, an option or words; a list of options; numbers or options by line.
    static func json(_ answers: [Answer]) -> JSONObject {
        var object: JSONObject = [:]
        for answer in answers {
            let before = object[answer.question]
            if answer.item.isEmpty {
                object.set(answer.question, answer.value)
            } else if answer.number != nil || answer.choice != nil && answer.choice != answer.item {
                var lines = before?.object ?? [:]
                lines.set(answer.item, answer.value)
                object.set(answer.question, .object(lines))
            } else {
                object.set(answer.question, .array((before?.array ?? []) + [.string(answer.item)]))
            }
        }
        return object
    }

    private var value: JSONValue {
        if let number { return Int64(exactly: number).map { .integer($0) } ?? .number(number) }
        return .text(choice ?? words)
    }
}
