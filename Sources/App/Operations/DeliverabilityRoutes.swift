import Database
import Hummingbird
import Kernel
import Outbound
import Surveys
import Web

/// Whether mail of ours arrives, for whoever runs the product.
struct DeliverabilityRoutes: Sendable {
    let reader: DatabaseReader
    let world: World
    let mail: MailSettings
    let mailbox: IMAPAddress?

    func add(to table: inout RouteTable) {
        table.get("/operations/deliverability", .page(.readOperations), use: show)
    }

    @Sendable private func show(_ call: Call) async throws -> Response {
        let (account, now) = (try call.account(), world.now())
        let health = try await reader.read { tx in
            try MailHealth.look(account: account, at: now, in: tx)
        }
        let page = DeliverabilityPage(
            mail: mail, mailbox: mailbox, health: health, messages: call.messages, now: now)
        return try call.page("deliverability", page.model)
    }
}
