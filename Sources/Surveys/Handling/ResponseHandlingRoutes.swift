import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
package import Web

/// What the team does with answers: whose they are, how far they are, what they are called. By API for one,
/// on pages for one or several at once.
package struct ResponseHandlingRoutes: Sendable {
    private let database: any Database
    private let handling: ResponseHandling

    package init(database: any Database, world: World) {
        self.database = database
        handling = ResponseHandling(world: world)
    }

    package func add(to table: inout RouteTable) {
        table.put("/api/v1/responses/{id}/owner", .api(.writeResponses), use: putOwner)
        table.put("/api/v1/responses/{id}/state", .api(.writeResponses), use: putState)
        table.put("/api/v1/responses/{id}/tags", .api(.writeResponses), use: putTags)
        table.post("/responses/marks", .page(.readResponses), use: several)
        table.post("/responses/{id}/owner", .page(.writeResponses), use: assign)
        table.post("/responses/{id}/tags", .page(.writeResponses), use: tag)
        table.post("/responses/{id}/reading", .page(.readResponses), use: read)
        table.post("/responses/{id}/completion", .page(.readResponses), use: complete)
        table.post("/responses/{id}/reopening", .page(.readResponses), use: reopen)
    }

    @Sendable private func putOwner(_ call: Call) async throws -> Response {
        var body = try call.json()
        let text = body.text("member")
        if !body.has("member") { body.refuse("member", "missing") }
        try body.finish()
        let owner = try text.map { text in
            guard let member = Member.ID(text) else { throw DomainError.invalid("/member", "not-found") }
            return member
        }
        return try await answer(call, .assign(owner))
    }

    @Sendable private func putState(_ call: Call) async throws -> Response {
        var body = try call.json()
        body.require("state")
        let text = body.text("state")
        try body.finish()
        guard let state = text.flatMap(ResponseState.init), ResponseState.own.contains(state) else {
            let allowed = ResponseState.own.map(\.rawValue).joined(separator: ", ")
            throw DomainError.invalid("/state", "unknown-value", ["allowed": allowed])
        }
        return try await answer(call, .put(state))
    }

    @Sendable private func putTags(_ call: Call) async throws -> Response {
        var body = try call.json()
        body.require("tags")
        let list = body.array("tags") ?? []
        if list.count > ResponseTag.mostOnAResponse {
            body.refuse("tags", "too-many", ["max": String(ResponseTag.mostOnAResponse)])
        }
        try body.finish()
        let names = try list.enumerated().map { index, value in
            guard let text = value.string else {
                throw DomainError.invalid("/tags/\(index)", "wrong-type", ["expected": "text"])
            }
            return try ResponseTag.Name(text, pointer: "/tags/\(index)")
        }
        return try await answer(call, .retag(names))
    }

    /// Takes the step and answers with what the answer is now.
    private func answer(_ call: Call, _ step: ResponseHandling.Step) async throws -> Response {
        try await take(step, call)
        let (account, id) = (try call.account(), try call.id() as SurveyResponse.ID)
        let (response, views) = try await database.read { tx in
            let response = try SurveyResponse.find(id, account: account, in: tx)
            return (response, try ResponseViews([response], account: account, in: tx))
        }
        return .json(views.json(response))
    }

    private func take(_ step: ResponseHandling.Step, _ call: Call) async throws {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as SurveyResponse.ID)
        let member = try call.principal().memberID
        try await database.write { [handling] tx in
            let response = try SurveyResponse.find(id, account: account, in: tx)
            try handling.take(
                step, with: [response], account: account, by: actor, member: member, in: tx)
        }
    }
}

extension ResponseHandlingRoutes {
    /// Several at once; ids that are none of the account's are passed over. A tag that nobody has typed and a
    /// list of none change nothing.
    @Sendable private func several(_ call: Call) async throws -> Response {
        let (account, actor, fields) = (try call.account(), try call.actor(), try call.form().fields)
        let principal = try call.principal()
        let back = fields["back"].flatMap { $0 == "/responses" || $0.hasPrefix("/responses?") ? $0 : nil }
        let place = back ?? "/responses"
        guard let (step, done) = try Self.step(fields, me: principal.memberID) else {
            return .seeOther(place)
        }
        if case .put = step {} else if step != .read { try Self.require(.writeResponses, of: principal) }
        let ids = Set(
            fields.all("id").prefix(ResponsePageRoutes.perPage).compactMap { SurveyResponse.ID($0) })
        if ids.isEmpty { return .seeOther(place) }
        let member = principal.memberID
        try await database.write { [handling] tx in
            let known = try SurveyResponse.find(ids.sorted(), account: account, in: tx)
                .sorted { $0.id < $1.id }
            try handling.take(step, with: known, account: account, by: actor, member: member, in: tx)
        }
        return .seeOther(place + (place.contains("?") ? "&" : "?") + "done=\(done)")
    }

    private static func require(_ permission: Permission, of principal: Principal) throws(DomainError) {
        guard principal.may(permission) else {
            throw DomainError(.forbidden, "forbidden", ["permission": permission.rawValue])
        }
    }

    /// What a form of the list asks for, and the word that tells of it; `nil` where it asks for nothing.
    private static func step(
        _ fields: FormFields, me: Int64?
    ) throws(DomainError) -> (ResponseHandling.Step, String)? {
        switch fields["do"] {
        case "done": return (.put(.done), "responses-done")
        case "unread": return (.put(.unread), "responses-unread")
        case "read": return (.read, "responses-read")
        case "mine":
            guard let me else { return nil }
            return (.assign(Member.ID(me)), "responses-assigned")
        case "assign":
            guard let owner = ResponseOwner(fields["owner"] ?? "") else { return nil }
            return (.assign(owner.member), "responses-assigned")
        case "tag":
            guard let text = fields["tag"], !text.trimmed.isEmpty else { return nil }
            return (.tag([try ResponseTag.Name(text)]), "responses-tagged")
        default: return nil
        }
    }

    @Sendable private func assign(_ call: Call) async throws -> Response {
        let fields = try call.form().fields
        let me = try call.principal().memberID
        guard let owner = ResponseOwner(fields["owner"] ?? fields["member"] ?? "", me: me) else {
            throw DomainError.invalid("/owner", "not-found")
        }
        return try await step(.assign(owner.member), call, done: "responses-assigned")
    }

    /// Adds the tag that was typed, or takes off the one whose button was pressed.
    @Sendable private func tag(_ call: Call) async throws -> Response {
        let fields = try call.form().fields
        if let tag = fields["remove"].flatMap({ ResponseTag.ID($0) }) {
            return try await step(.untag([tag]), call, done: "responses-untagged")
        }
        return try await step(
            .tag([try ResponseTag.Name(fields["tag"] ?? "")]), call, done: "responses-tagged")
    }

    @Sendable private func read(_ call: Call) async throws -> Response {
        try await step(.read, call, done: "responses-read")
    }
    @Sendable private func complete(_ call: Call) async throws -> Response {
        try await step(.put(.done), call, done: "responses-done")
    }
    @Sendable private func reopen(_ call: Call) async throws -> Response {
        try await step(.put(.read), call, done: "responses-reopened")
    }

    private func step(
        _ step: ResponseHandling.Step, _ call: Call, done: String
    ) async throws -> Response {
        try await take(step, call)
        return .seeOther("/responses/\(try call.id() as SurveyResponse.ID)?done=\(done)")
    }
}

extension ResponseOwner {
    var member: Member.ID? { if case .member(let id) = self { id } else { nil } }
}
