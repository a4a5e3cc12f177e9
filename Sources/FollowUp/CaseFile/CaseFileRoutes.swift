import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Ledger
package import Web

/// The page of one case, and the forms on it.
package struct CaseFileRoutes: Sendable {
    private let database: any Database
    private let work: CaseWork
    private let views: CaseFileViews

    package init(database: any Database, work: CaseWork) {
        self.database = database
        self.work = work
        views = CaseFileViews(reader: DatabaseReader(database), work: work)
    }

    package func add(to table: inout RouteTable) {
        table.get("/cases/{id}", .page(.readCases)) { call in try await views.show(call) }
        table.post("/cases/{id}/contacts", .page(.writeCases)) { call in
            try await change(call, .contacts) { try $0.contactForm() }
        }
        table.post("/cases/{id}/resolution", .page(.writeCases)) { call in
            try await change(call, .resolution) { try $0.resolutionForm() }
        }
        table.post("/cases/{id}/owner", .page(.writeCases)) { call in
            try await change(call, .owner) { try $0.ownerForm() }
        }
        table.post("/cases/{id}/closure", .page(.writeCases)) { call in
            try await change(call, .closure) { try $0.closureForm() }
        }
        table.post("/cases/{id}/verdict", .page(.writeCases)) { call in
            try await change(call, .verdict) { try $0.verdictForm() }
        }
    }

    /// Reads a form and does what it says; one that is refused comes back with all that was typed.
    private func change(
        _ call: Call, _ action: CaseAction, read: (inout FormInput) throws -> CaseWork.Step
    ) async throws -> Response {
        let (id, principal): (RecoveryCase.ID, Principal) = (try call.id(), try call.principal())
        var form = try call.form()
        do {
            let (step, actor) = (try read(&form), try call.principal().actor)
            try await database.write { tx in
                _ = try work.take(step, id, account: principal.accountID, by: actor, in: tx)
            }
            return .seeOther("/cases/\(id)?done=case-\(action.rawValue)")
        } catch let error as DomainError where error.kind == .invalid || error.kind == .conflict {
            return try await views.show(
                call, refusal: .init(action: action, typed: form.fields, error: error))
        }
    }
}

/// The page of a case, as it is read.
struct CaseFileViews: Sendable {
    let reader: DatabaseReader
    let work: CaseWork

    func show(_ call: Call, refusal: CaseForm.Refusal? = nil) async throws -> Response {
        let (id, principal): (RecoveryCase.ID, Principal) = (try call.id(), try call.principal())
        let file = try await reader.read { tx in
            try CaseFile.find(id, account: principal.accountID, in: tx)
        }
        let page = CaseFilePage(
            file: file, messages: call.messages, now: work.world.now(), mayWrite: principal.may(.writeCases),
            verdictLink: work.links.path(of: file.recovery).map { call.site.link($0) }, refusal: refusal)
        return try call.page("case", page.model, status: refusal?.error.kind.status ?? .ok)
    }
}

extension FormInput {
    fileprivate mutating func note() -> String? { text("note", 1...CaseWork.longestNote) }

    fileprivate mutating func required<T: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: T.Type
    ) -> T? {
        if fields[key]?.isEmpty ?? true { refuse(key, "missing") }
        return choice(key, type)
    }

    fileprivate mutating func contactForm() throws -> CaseWork.Step {
        let way = required("channel", CaseContact.Way.self)
        let outcome = required("outcome", CaseContact.Outcome.self)
        let note = note()
        try finish()
        guard let way, let outcome else { throw DomainError.invalid("/channel", "missing") }
        return .contact(CaseContact(channel: way, outcome: outcome, note: note))
    }

    fileprivate mutating func resolutionForm() throws -> CaseWork.Step {
        let resolution = Resolution(
            cause: requiredText("cause"), remedy: requiredText("remedy"), note: note())
        try finish()
        return .resolve(resolution)
    }

    fileprivate mutating func ownerForm() throws -> CaseWork.Step {
        let member = requiredText("member")
        try finish()
        guard let id = Member.ID(member) else { throw DomainError.invalid("/member", "not-found") }
        return .assign(id)
    }

    fileprivate mutating func closureForm() throws -> CaseWork.Step {
        let closure = Closure(reason: requiredText("reason"), note: note())
        try finish()
        return .close(closure)
    }

    fileprivate mutating func verdictForm() throws -> CaseWork.Step {
        let verdict = required("verdict", RecoveryCase.Verdict.self)
        let note = note()
        try finish()
        guard let verdict else { throw DomainError.invalid("/verdict", "missing") }
        return .report(verdict, note: note)
    }
}
