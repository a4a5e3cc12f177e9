import Accounts
package import Database
package import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
package import Web

/// Asking people: over the API by a list, on a page by pasted addresses.
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
        let answer = try await Idempotency.once(call, database: database, world: planner.world) {
            [planner] tx in
            let coverage = try planner.plan(request, of: id, account: account, by: actor, in: tx)
            return APIAnswer(.accepted, coverage.receipt)
        }
        planned()
        return answer.response
    }

    @Sendable private func planForm(_ call: Call) async throws -> Response {
        let survey = try await views.survey(call)
        let fields = try call.form().fields
        let text = fields["addresses"] ?? ""
        let pasted = PastedAddresses(text)
        var problem: DomainError?
        if pasted.wrongCount > 0 {
            problem = .invalid("/addresses", "not-addresses", ["wrong": pasted.wrong.joined(separator: ", ")])
        } else if pasted.inputs.isEmpty {
            problem = .invalid("/addresses", "missing")
        } else if pasted.inputs.count > Wave.most {
            problem = .invalid("/addresses", "too-many", ["max": String(Wave.most)])
        }
        let reason = fields["reason"].flatMap(Wave.Reason.init)
        if problem == nil, reason == nil { problem = .invalid("/reason", "missing") }
        if let problem { return try await refusal(call, survey, text, problem) }
        do {
            let actor = try call.actor()
            let style = fields["style"].flatMap(WaveStyle.init)
            var request = WaveRequest(to: pasted.inputs, style: style)
            request.reason = reason
            try await database.write { [planner, request] tx in
                try planner.plan(request, of: survey.id, account: survey.account, by: actor, in: tx)
            }
        } catch let error as DomainError {
            return try await refusal(call, survey, text, error)
        }
        planned()
        return .seeOther("/surveys/\(survey.id)/invitations?done=wave-planned")
    }

    private func refusal(
        _ call: Call, _ survey: Survey, _ text: String, _ error: DomainError
    ) async throws -> Response {
        var page = try await views.page(call, survey)
        (page.typed, page.error) = (text, error)
        let fields = try call.form().fields
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
