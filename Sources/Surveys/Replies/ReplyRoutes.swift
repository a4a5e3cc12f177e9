import Accounts
import Customers
package import Database
import Hummingbird
import Kernel
package import Web

/// What a customer wrote back, for people.
package struct ReplyRoutes: Sendable {
    private let views: ReplyViews

    package init(database: any Database) { views = ReplyViews(reader: DatabaseReader(database)) }

    package func add(to table: inout RouteTable) {
        table.get("/replies/{id}", .page(.readResponses), use: views.show)
    }
}

/// Given a reader: looking changes nothing.
struct ReplyViews: Sendable {
    let reader: DatabaseReader

    @Sendable func show(_ call: Call) async throws -> Response {
        let (account, id, messages) = (try call.account(), try call.id() as Reply.ID, call.messages)
        let page = try await reader.read { tx in
            let reply = try Reply.find(id, account: account, in: tx)
            return ReplyPage(
                reply: reply, customer: try CustomerCard.find(reply.customer, account: account, in: tx),
                survey: try reply.survey.map { try Survey.find($0, account: account, in: tx) },
                zone: try Account.find(Account.ID(account), in: tx).zone, messages: messages)
        }
        return try call.page("reply", page.model)
    }
}
