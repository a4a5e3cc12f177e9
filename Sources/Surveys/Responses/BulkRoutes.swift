import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Language
import Ledger
package import Web

/// Many answers in one body, a JSON object on each line: `POST /api/v1/surveys/{id}/responses/bulk`.
package struct BulkRoutes: Sendable {
    private let database: any Database
    private let world: World
    /// Lines that share a transaction.
    private static let batch = 100

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        table.post("/api/v1/surveys/{id}/responses/bulk", .api(.writeResponses), streams: true, use: record)
    }

    /// Answers each line by itself, in order. Lines are recorded while the body still arrives.
    @Sendable private func record(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as Survey.ID)
        let survey = try await database.read { tx in try Survey.find(id, account: account, in: tx) }
        let bulk = Bulk(
            survey: survey, call: call, actor: try call.actor(), world: world, parts: try KeptParts(of: call))
        guard let parts = bulk.parts else { return try await record(bulk) }
        return try await parts.alone(in: database) { try await record(bulk) }
    }

    private func record(_ asked: Bulk) async throws -> Response {
        var bulk = asked
        var reader = AnswerLines(longest: SurveyResponseRoutes.largestAnswer)
        var (waiting, surplus): ([AnswerLines.Line], AnswerLines.Line?) = ([], nil)
        var room = AnswerLines.most
        var results: [UInt8] = []
        func take(_ line: AnswerLines.Line) {
            if room > 0 { waiting.append(line) } else { surplus = surplus ?? line }
            room = max(0, room - 1)
        }
        // What is too much is still read: a client that is cut off while it writes never sees the answer.
        for try await buffer in bulk.call.request.body {
            reader.take(buffer.readableBytesView).forEach(take)
            while waiting.count >= Self.batch {
                results += try await bulk.record(Array(waiting.prefix(Self.batch)), in: database)
                waiting.removeFirst(Self.batch)
            }
        }
        if let last = reader.end() { take(last) }
        if !waiting.isEmpty { results += try await bulk.record(waiting, in: database) }
        try await bulk.end(in: database)
        if let surplus { results += bulk.refusal(of: surplus, .tooManyLines) }
        return .bytes(results, type: "application/x-ndjson")
    }
}

extension DomainError {
    static let tooManyLines = DomainError(.tooLarge, "too-many-lines", ["max": String(AnswerLines.most)])
    static let lineTooLong = DomainError(
        .tooLarge, "line-too-long", ["max": String(SurveyResponseRoutes.largestAnswer)])
}

/// One body of many answers.
private struct Bulk: Sendable {
    let survey: Survey
    let call: Call
    let recording: Recording
    /// Where the body has a key as a whole.
    private(set) var parts: KeptParts?

    /// A line ready to be recorded, with the key that makes sending it again harmless.
    private struct Draft: Sendable {
        let draft: ResponseDraft
        let key: String?
        let content: [UInt8]
    }

    init(survey: Survey, call: Call, actor: Actor, world: World, parts: KeptParts?) {
        self.survey = survey
        self.call = call
        self.parts = parts
        recording = Recording(source: .bulk, actor: actor, world: world, now: world.now())
    }

    /// What is wrong by itself is refused before the transaction that the others share.
    mutating func record(_ lines: [AnswerLines.Line], in database: any Database) async throws -> [UInt8] {
        parts?.add(lines.flatMap { Array("\($0.number) ".utf8) + ($0.bytes ?? []) + [0x0A] })
        let drafts = lines.map { line in Result { () throws(DomainError) -> Draft in try draft(line) } }
        let bulk = self
        let results = try await write(in: database) { tx in
            try bulk.parts?.keepPart(at: bulk.recording.now, in: tx)
            return try drafts.map { draft in try bulk.result(draft, in: tx) }
        }
        return zip(lines, results).flatMap { line, result in
            switch result {
            case .success(let answer): encoded(answer, line)
            case .failure(let error): refusal(of: line, error)
            }
        }
    }

    /// The body is read to its end.
    func end(in database: any Database) async throws {
        guard let parts else { return }
        try await write(in: database) { [now = recording.now] tx in try parts.keepEnd(at: now, in: tx) }
    }

    private func write<Value: Sendable>(
        in database: any Database, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        if let parts { return try await parts.write(in: database, body) }
        return try await database.write(body)
    }

    /// A line that is refused has written nothing, so the others go on.
    private func result(
        _ draft: Result<Draft, DomainError>, in tx: any Connection
    ) throws -> Result<APIAnswer, DomainError> {
        do {
            let line = try draft.get()
            let effect = {
                APIAnswer(
                    .created, try SurveyResponse.record(line.draft, for: survey, recording, in: tx).receipt)
            }
            guard let key = line.key else { return .success(try effect()) }
            return .success(
                try Idempotency.once(
                    key: key, content: line.content, path: call.path, account: survey.account,
                    at: recording.now, in: tx, effect: effect))
        } catch let error as DomainError {
            return .failure(error)
        }
    }

    private func draft(_ line: AnswerLines.Line) throws(DomainError) -> Draft {
        guard let bytes = line.bytes else { throw .lineTooLong }
        var input = try JSONInput(bytes)
        let key = input.text("key", 1...255) ?? parts.map { "\($0.key)\u{1F}line \(line.number)" }
        return Draft(
            draft: try ResponseDraft(input, for: survey, at: recording.now), key: key, content: bytes)
    }

    private func encoded(_ answer: APIAnswer, _ line: AnswerLines.Line) -> [UInt8] {
        var object: JSONObject = [
            "line": .integer(Int64(line.number)), "status": .integer(Int64(answer.status.code)),
        ]
        for name in ["id", "score", "band"] { object[name] = answer.body?[name] }
        return JSONValue.object(object).encoded() + [UInt8(ascii: "\n")]
    }

    func refusal(of line: AnswerLines.Line, _ error: DomainError) -> [UInt8] {
        let problem = Problem(error, call.messages).json(requestID: nil)
        let object: JSONValue = [
            "line": .integer(Int64(line.number)), "status": .integer(Int64(error.kind.status.code)),
            "code": .string(error.code), "detail": problem["detail"] ?? .null,
            "errors": problem["errors"] ?? [],
        ]
        return object.encoded() + [UInt8(ascii: "\n")]
    }
}
