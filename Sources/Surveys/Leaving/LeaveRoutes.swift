package import Database
import Hummingbird
package import Kernel
import Language
package import Web

/// The way out of being asked: `/u/{token}`, also without a page (RFC 8058).
package struct LeaveRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let views: LeaveViews

    package init(database: any Database, world: World, site: Site, links: InvitationLink) {
        self.database = database
        self.world = world
        views = LeaveViews(
            answers: AnswerViews(reader: DatabaseReader(database), world: world, site: site), links: links)
    }

    package func add(to table: inout RouteTable) {
        table.get("/u/{token}", .open, use: views.show)
        table.post("/u/{token}", .open, bodyLimit: 64 * 1024, use: leave)
    }

    /// Whatever the body says, as a form or in parts: who posts to this address wants out, and a mail program
    /// that posts for its reader has no cookie, no page and no second try. So there is no limit either.
    @Sendable private func leave(_ call: Call) async throws -> Response {
        guard var view = try await views.find(call) else { return views.unknown(call) }
        let (token, links) = (try call.parameter("token"), views.links)
        try await database.write { [world] tx in
            let invitation = try Invitation.find(token: token, links, in: tx)
            try Leaving.leave(invitation, world: world, at: world.now(), in: tx)
        }
        view.hasLeft = true
        return views.page(view, call)
    }
}

/// What a customer sees before and after. Given a reader: looking at it leaves nothing and nobody.
struct LeaveViews: Sendable {
    let answers: AnswerViews
    let links: InvitationLink

    @Sendable func show(_ call: Call) async throws -> Response {
        guard let view = try await find(call) else { return unknown(call) }
        return page(view, call)
    }

    /// `nil` for a token of no invitation.
    func find(_ call: Call) async throws -> LeaveView? {
        let (token, links) = (try call.parameter("token"), links)
        do {
            return try await answers.reader.read { tx in try LeaveView.find(token, links, in: tx) }
        } catch let error as DomainError where error.kind == .notFound {
            return nil
        }
    }

    func page(_ view: LeaveView, _ call: Call) -> Response {
        let language =
            call.request.chosenLanguage ?? ReaderLanguage.first(of: view.languages) ?? call.language
        return unlisted(
            answers.respond(LeavePage(view: view, messages: Messages.of(language)).customerPage, call))
    }

    func unknown(_ call: Call) -> Response { unlisted(answers.unknown("link.unknown", call)) }
}
