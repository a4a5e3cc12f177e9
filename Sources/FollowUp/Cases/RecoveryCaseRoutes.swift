import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import Surveys
package import Web

/// Cases by API.
package struct RecoveryCaseRoutes: Sendable {
    private let database: any Database
    private let work: CaseWork
    private let views: RecoveryCaseViews

    package init(database: any Database, work: CaseWork) {
        self.database = database
        self.work = work
        views = RecoveryCaseViews(reader: DatabaseReader(database), work: work)
    }

    package func add(to table: inout RouteTable) {
        table.get("/api/v1/cases", .api(.readCases), use: views.list)
        table.get("/api/v1/cases/{id}", .api(.readCases), use: views.show)
        table.put("/api/v1/cases/{id}/owner", .api(.writeCases), use: putOwner)
        table.post("/api/v1/cases/{id}/contacts", .api(.writeCases), use: postContact)
        table.put("/api/v1/cases/{id}/resolution", .api(.writeCases), use: putResolution)
        table.put("/api/v1/cases/{id}/verdict", .api(.writeCases), use: putVerdict)
        table.put("/api/v1/cases/{id}/closure", .api(.writeCases), use: putClosure)
    }

    @Sendable private func putOwner(_ call: Call) async throws -> Response {
        var input = try call.json()
        let named = input.requiredText("member")
        try input.finish()
        guard let member = Member.ID(named) else { throw DomainError.invalid("/member", "not-found") }
        return try await change(call, .assign(member))
    }

    @Sendable private func postContact(_ call: Call) async throws -> Response {
        var input = try call.json()
        input.require("channel")
        input.require("outcome")
        let channel = input.choice("channel", CaseContact.Way.self)
        let outcome = input.choice("outcome", CaseContact.Outcome.self)
        let note = input.text("note", 1...CaseWork.longestNote)
        try input.finish()
        guard let channel, let outcome else { throw DomainError.invalid("/channel", "missing") }
        let contact = CaseContact(channel: channel, outcome: outcome, note: note)
        let id: RecoveryCase.ID = try call.id()
        let (account, actor) = (try call.account(), try call.principal().actor)
        let site = call.site
        return try await Idempotency.once(call, database: database, world: work.world) { tx in
            let recovery = try work.take(.contact(contact), id, account: account, by: actor, in: tx)
            return APIAnswer(.created, views.json(recovery, site))
        }.response
    }

    @Sendable private func putResolution(_ call: Call) async throws -> Response {
        var input = try call.json()
        let resolution = Resolution(
            cause: input.requiredText("cause"), remedy: input.requiredText("remedy"),
            note: input.text("note", 1...CaseWork.longestNote))
        try input.finish()
        return try await change(call, .resolve(resolution))
    }

    @Sendable private func putVerdict(_ call: Call) async throws -> Response {
        var input = try call.json()
        input.require("verdict")
        let (verdict, note) = (
            input.choice("verdict", RecoveryCase.Verdict.self), input.text("note", 1...CaseWork.longestNote)
        )
        try input.finish()
        guard let verdict else { throw DomainError.invalid("/verdict", "missing") }
        return try await change(call, .report(verdict, note: note))
    }

    @Sendable private func putClosure(_ call: Call) async throws -> Response {
        var input = try call.json()
        let closure = Closure(
            reason: input.requiredText("reason"), note: input.text("note", 1...CaseWork.longestNote))
        try input.finish()
        return try await change(call, .close(closure))
    }

    private func change(_ call: Call, _ step: CaseWork.Step) async throws -> Response {
        let id: RecoveryCase.ID = try call.id()
        let (account, actor) = (try call.account(), try call.principal().actor)
        let recovery = try await database.write { tx in
            try work.take(step, id, account: account, by: actor, in: tx)
        }
        return .json(views.json(recovery, call.site))
    }
}

/// What programs read of cases.
struct RecoveryCaseViews: Sendable {
    let reader: DatabaseReader
    let work: CaseWork

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, asked, filter) = (try call.account(), try call.pageRequest(), try call.caseFilter())
        let before = try asked.cursor.map { cursor in
            guard let id = RecoveryCase.ID(cursor) else { throw DomainError.invalid("/cursor", "not-an-id") }
            return id
        }
        let now = work.world.now()
        let found = try await reader.read { tx in
            try RecoveryCase.list(
                filter, account: account, before: before, limit: asked.limit + 1, at: now, in: tx)
        }
        let page = Page(asked: asked.limit, found: found) { $0.id.description }
        return .list(page) { json($0, call.site) }
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        let (id, account): (RecoveryCase.ID, Int64) = (try call.id(), try call.account())
        let (recovery, contacts, verdicts) = try await reader.read { tx in
            let recovery = try RecoveryCase.find(id, account: account, in: tx)
            return (
                recovery, try CaseRecord.contacts(of: recovery, in: tx),
                try CaseRecord.verdicts(of: recovery, in: tx)
            )
        }
        guard var object = json(recovery, call.site).object else { throw DomainError.notFound }
        object.set("contacts", .array(contacts.map(\.json)))
        object.set("verdicts", .array(verdicts.map(\.json)))
        return .json(.object(object))
    }

    func json(_ recovery: RecoveryCase, _ site: Site) -> JSONValue {
        let now = work.world.now()
        return [
            "id": .id(recovery.id), "stage": .string(recovery.stage.rawValue),
            "response": .id(recovery.response), "reply": .id(recovery.reply),
            "survey": .id(recovery.survey), "customer": .id(recovery.customer),
            "nobody_to_call": .bool(recovery.customer == nil),
            "owner": .id(recovery.owner), "queue": .text(recovery.queue), "due_at": .time(recovery.dueAt),
            "overdue": .bool(recovery.isOverdue(at: now)),
            "escalation": .integer(Int64(recovery.escalation.rawValue)),
            "opened_at": .time(recovery.openedAt), "round": .integer(Int64(recovery.round)),
            "cause": .text(recovery.cause), "remedy": .text(recovery.remedy),
            "resolution_note": .text(recovery.resolutionNote), "resolved_at": .time(recovery.resolvedAt),
            "verdict_url": .text(work.links.path(of: recovery).map { site.link($0) }),
            "closure_reason": .text(recovery.closureReason), "closure_note": .text(recovery.closureNote),
            "ended_at": .time(recovery.endedAt),
        ]
    }
}

extension CaseRecord.Contact {
    fileprivate var json: JSONValue {
        [
            "channel": .string(contact.channel.rawValue), "outcome": .string(contact.outcome.rawValue),
            "note": .text(contact.note), "at": .time(at),
        ]
    }
}

extension CaseRecord.Heard {
    fileprivate var json: JSONValue {
        [
            "verdict": .string(verdict.rawValue), "note": .text(note),
            "word": .string(isCustomersOwnWord ? "customer" : "reported"), "at": .time(at),
        ]
    }
}

extension Call {
    /// `?stage=` and `?overdue=true` of a list of cases, and `?owner=`.
    func caseFilter() throws -> RecoveryCase.Filter {
        var filter = RecoveryCase.Filter()
        let query = try query()
        if let stage = query["stage"], !stage.isEmpty {
            guard let known = RecoveryCase.Stage(rawValue: stage) else {
                let allowed = RecoveryCase.Stage.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError.invalid("/stage", "unknown-value", ["allowed": allowed])
            }
            filter.stages = [known]
        }
        filter.overdueOnly = query["overdue"] == "true"
        if let owner = query["owner"], !owner.isEmpty {
            guard let member = Member.ID(owner) else { throw DomainError.invalid("/owner", "not-found") }
            filter.owner = member
        }
        return filter
    }
}
