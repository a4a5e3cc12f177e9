import Accounts
package import Database
import Formats
import Hummingbird
package import Kernel
import Language
package import Web

/// A trial's mails for people: the list, one mail, and what it looks like.
package struct MailboxRoutes: Sendable {
    private let views: MailboxViews

    package init(database: any Database, world: World, site: Site) {
        views = MailboxViews(reader: DatabaseReader(database), world: world, site: site)
    }

    /// A mail holds an address and a link that answers in its reader's name, so it is shown to those who may
    /// invite, and to nobody else.
    package func add(to table: inout RouteTable) {
        table.get("/mailbox", .page(.writeSurveys), use: views.list)
        table.get("/mailbox/{id}", .page(.writeSurveys), use: views.show)
        table.get("/mailbox/{id}/html", .page(.writeSurveys), use: views.html)
    }
}

/// Given a reader: looking at a mail opens none of its links.
struct MailboxViews: Sendable {
    let reader: DatabaseReader
    let world: World
    let site: Site
    private static let perPage = 50

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, query) = (try call.account(), try call.query())
        let before = query["after"].flatMap { MailboxMessage.ID($0) }
        let (found, survey) = try await reader.read { tx in
            (
                try MailboxMessage.list(
                    account: account, before: before, limit: Self.perPage + 1, in: tx),
                try Survey.list(account: account, limit: 1, in: tx).first
            )
        }
        let page = MailboxPage(
            page: Page(asked: Self.perPage, found: found) { $0.id.description }, isFirst: before == nil,
            invitations: survey.map { site.link("/api/v1/surveys/\($0.id)/invitations") },
            mayMakeTokens: try call.principal().may(.writeTokens), messages: call.messages, now: world.now())
        return try call.page("mailbox", page.model)
    }

    private func message(_ call: Call) async throws -> (MailboxMessage, Zone) {
        let (account, id) = (try call.account(), try call.id() as MailboxMessage.ID)
        return try await reader.read { tx in
            (
                try MailboxMessage.find(id, account: account, in: tx),
                try Account.find(Account.ID(account), in: tx).zone
            )
        }
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        let (message, zone) = try await message(call)
        let page = MailboxMessagePage(message: message, zone: zone, messages: call.messages)
        return try call.page("mailbox-message", page.model)
    }

    @Sendable func html(_ call: Call) async throws -> Response {
        FramedMail(html: try await message(call).0.html, opensLinks: true).response
    }
}
