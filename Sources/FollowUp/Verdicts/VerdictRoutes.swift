import Accounts
import Customers
package import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Surveys
package import Web

/// The customer's page on a case that was resolved: `/v/{token}`, and the way out of being asked.
package struct VerdictRoutes: Sendable {
    private let views: VerdictViews
    private let database: any Database
    private let work: CaseWork

    package init(database: any Database, work: CaseWork, site: Site) {
        self.database = database
        self.work = work
        views = VerdictViews(reader: DatabaseReader(database), links: work.links, site: site)
    }

    package func add(to table: inout RouteTable) {
        table.get("/v/{token}", .open, use: views.show)
        table.post("/v/{token}", .open, bodyLimit: 64 * 1024, use: hear)
        table.get("/v/{token}/leave", .open, use: views.showLeaving)
        table.post("/v/{token}/leave", .open, bodyLimit: 64 * 1024, use: leave)
    }

    /// Whatever the body says, as for an invitation (RFC 8058).
    @Sendable private func leave(_ call: Call) async throws -> Response {
        let (token, links, world) = (try call.parameter("token"), views.links, work.world)
        guard var view = try await views.findLeaving(token) else { return views.unknown(call) }
        try await database.write { tx in
            let recovery = try RecoveryCase.find(verdictToken: token, links, in: tx)
            guard let customer = recovery.customer else { return }
            try Leaving.leave(
                customer, account: recovery.account, by: ("case", recovery.id.description), world: world,
                at: world.now(), in: tx)
        }
        view.hasLeft = true
        return views.page(view, call)
    }

    @Sendable private func hear(_ call: Call) async throws -> Response {
        let token = try call.parameter("token")
        guard let before = try await views.find(token) else { return views.unknown(call) }
        var form = try call.form()
        let verdict: RecoveryCase.Verdict? = form.choice("verdict")
        if form.fields["verdict"]?.isEmpty ?? true { form.refuse("verdict", "missing") }
        let note = form.text("comment", 1...CaseWork.longestNote)
        let round = form.fields["round"].flatMap { Int($0) }
        do {
            guard before.isAsking else { return views.page(before, call) }
            try form.finish()
        } catch {
            return views.page(before, wrong: error, typed: form.fields, call)
        }
        guard let verdict else { return views.page(before, call) }
        let said = try await database.write { tx in
            let recovery = try work.hear(verdict, note: note, byToken: token, round: round, in: tx)
            return try VerdictView.of(recovery, in: tx)
        }
        return views.page(said, call)
    }
}

/// What a customer sees behind the link. Given a reader: looking at it records nothing.
struct VerdictViews: Sendable {
    let reader: DatabaseReader
    let links: VerdictLink
    let site: Site

    @Sendable func show(_ call: Call) async throws -> Response {
        guard let view = try await find(try call.parameter("token")) else { return unknown(call) }
        return page(view, call)
    }

    @Sendable func showLeaving(_ call: Call) async throws -> Response {
        guard let view = try await findLeaving(try call.parameter("token")) else { return unknown(call) }
        return page(view, call)
    }

    /// `nil` for a token of no case.
    func find(_ token: String) async throws -> VerdictView? {
        try await read(token) { recovery, tx in try VerdictView.of(recovery, in: tx) }
    }

    /// `nil` where there is nobody who could leave, too.
    func findLeaving(_ token: String) async throws -> LeaveView? {
        try await read(token) { [links] recovery, tx in try LeaveView.of(recovery, links, in: tx) } ?? nil
    }

    private func read<T: Sendable>(
        _ token: String, _ body: @escaping @Sendable (RecoveryCase, any Connection) throws -> T
    ) async throws -> T? {
        do {
            return try await reader.read { [links] tx in
                try body(RecoveryCase.find(verdictToken: token, links, in: tx), tx)
            }
        } catch let error as DomainError where error.kind == .notFound {
            return nil
        }
    }

    func page(
        _ view: VerdictView, wrong: DomainError? = nil, typed: FormFields? = nil, _ call: Call
    ) -> Response {
        let language = call.request.chosenLanguage ?? view.language ?? call.language
        let page = VerdictPage(
            view: view, token: links.token(of: view.recovery.id), messages: Messages.of(language),
            typed: typed,
            wrong: wrong)
        return respond(page.customerPage, call)
    }

    func page(_ view: LeaveView, _ call: Call) -> Response {
        let language =
            call.request.chosenLanguage ?? ReaderLanguage.first(of: view.languages) ?? call.language
        return respond(LeavePage(view: view, messages: Messages.of(language)).customerPage, call)
    }

    private func respond(_ page: CustomerPage, _ call: Call) -> Response {
        unlisted(
            page.response(accepting: call.request.headers[.acceptEncoding], pages: site.pages))
    }

    func unknown(_ call: Call) -> Response {
        var page = VerdictPage.unknown(in: call.messages)
        page.status = .notFound
        return respond(page, call)
    }
}
