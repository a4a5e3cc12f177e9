import Accounts
import Customers
package import Database
package import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
package import Web

/// Asking people: over the API by a list or a segment, on a page by pasted addresses or a segment.
package struct WaveRoutes: Sendable {
    private let database: any Database
    private let planner: WavePlanner
    private let planned: @Sendable () -> Void
    private let views: WaveViews

    /// A list of 10,000 with names and some attributes.
    package static let largestList = 4 << 20

    /// `planned` is called after each wave, so that what is due leaves at once.
    package init(
        database: any Database, planner: WavePlanner, planned: @escaping @Sendable () -> Void = {}
    ) {
        self.database = database
        self.planner = planner
        self.planned = planned
        views = WaveViews(reader: DatabaseReader(database), world: planner.world)
    }

    package func add(to table: inout RouteTable) {
        table.post(
            "/api/v1/surveys/{id}/invitations", .api(.writeSurveys), bodyLimit: Self.largestList, use: plan)
        table.get("/surveys/{id}/invitations", .page(.readSurveys), use: views.show)
        table.post(
            "/surveys/{id}/invitations", .page(.writeSurveys), bodyLimit: Self.largestList, use: planForm)
    }

    /// The survey is looked for first: what is wrong with the list is no answer about another account's.
    @Sendable private func plan(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Survey.ID)
        _ = try await database.read { tx in try Survey.find(id, account: account, in: tx) }
        let request = try WaveRequest(call.json(), at: planner.world.now())
        // A repeat hears what the first one heard, whoever has come into the segment since or left it.
        let people = await people(of: request.segment, account)
        let answer = try await Idempotency.once(call, database: database, world: planner.world) {
            [planner, request] tx in
            var request = request
            request.people = try people.get()
            let coverage = try planner.plan(request, of: id, account: account, by: actor, in: tx)
            return APIAnswer(.accepted, coverage.receipt)
        }
        planned()
        return answer.response
    }

    private func people(of segment: WaveSegment?, _ account: Int64) async -> Result<[Customer.ID], any Error>
    {
        guard let segment else { return .success([]) }
        do {
            let most = Wave.most
            return .success(
                try await database.read { tx in try segment.people(account: account, most: most, in: tx) })
        } catch {
            return .failure(error)
        }
    }

    @Sendable private func planForm(_ call: Call) async throws -> Response {
        let survey = try await views.survey(call)
        let fields = try call.form().fields
        do {
            let actor = try call.actor()
            var request = try Self.request(fields)
            request.people = try await people(of: request.segment, survey.account).get()
            try await database.write { [planner, request] tx in
                try planner.plan(request, of: survey.id, account: survey.account, by: actor, in: tx)
            }
        } catch let error as DomainError {
            return try await refusal(call, survey, fields, error)
        }
        planned()
        return .seeOther("/surveys/\(survey.id)/invitations?done=wave-planned")
    }

    /// A list or a segment, never both: nobody would know which was meant.
    private static func request(_ fields: FormFields) throws(DomainError) -> WaveRequest {
        let lines = fields["where"]?.trimmed ?? ""
        var request = WaveRequest(style: fields["style"].flatMap(WaveStyle.init))
        let pasted = PastedAddresses(fields["addresses"] ?? "")
        if pasted.wrongCount > 0 {
            throw .invalid("/addresses", "not-addresses", ["wrong": pasted.wrong.joined(separator: ", ")])
        }
        if !lines.isEmpty, !pasted.inputs.isEmpty { throw .invalid("/where", "list-or-segment") }
        if lines.isEmpty, pasted.inputs.isEmpty { throw .invalid("/addresses", "missing") }
        if pasted.inputs.count > Wave.most {
            throw .invalid("/addresses", "too-many", ["max": String(Wave.most)])
        }
        request.to = pasted.inputs
        if !lines.isEmpty { request.segment = try WaveSegment(lines: lines, field: "/where") }
        request.reason = fields["reason"].flatMap(Wave.Reason.init)
        if request.reason == nil { throw .invalid("/reason", "missing") }
        return request
    }

    private func refusal(
        _ call: Call, _ survey: Survey, _ fields: FormFields, _ error: DomainError
    ) async throws -> Response {
        var page = try await views.page(call, survey)
        (page.typed, page.segment, page.error) = (fields["addresses"] ?? "", fields["where"] ?? "", error)
        (page.style, page.reason) = (fields["style"] ?? "", fields["reason"] ?? "")
        return try call.page("invitations", page.model, status: error.kind.status)
    }
}

extension WaveCoverage {
    /// What a caller hears of a wave just planned.
    package var receipt: JSONValue {
        [
            "wave": .id(wave.id), "planned": .integer(Int64(planned)), "skipped": .object(wave.skippedJSON),
            "send_at": .time(wave.sendAt),
        ]
    }
}

/// What people see of a survey's waves.
struct WaveViews: Sendable {
    let reader: DatabaseReader
    let world: World

    private static let shown = 20

    func survey(_ call: Call) async throws -> Survey {
        let (account, id) = (try call.account(), try call.id() as Survey.ID)
        return try await reader.read { tx in try Survey.find(id, account: account, in: tx) }
    }

    func page(_ call: Call, _ survey: Survey) async throws -> WavePage {
        let (waves, account) = try await reader.read { tx in
            (
                try WaveCoverage.last(of: survey.id, account: survey.account, limit: Self.shown, in: tx),
                try Account.find(Account.ID(survey.account), in: tx)
            )
        }
        return WavePage(
            survey: survey, waves: waves, quietDays: account.quietDays, messages: call.messages,
            now: world.now(), mayWrite: try call.principal().may(.writeSurveys))
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        let survey = try await survey(call)
        return try call.page("invitations", try await page(call, survey).model)
    }
}
