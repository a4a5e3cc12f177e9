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
    var lookup = TXTLookup.system

    func add(to table: inout RouteTable) {
        table.get("/operations/deliverability", .page(.readOperations), use: show)
        table.post("/operations/deliverability/records", .page(.writeOperations), use: lookUp)
    }

    @Sendable private func show(_ call: Call) async throws -> Response { try await page(call, found: nil) }

    /// The one place where the DNS is asked: somebody has pressed for it. Where no relay is set there is no
    /// sender to ask about.
    @Sendable private func lookUp(_ call: Call) async throws -> Response {
        guard mail.relay != nil else { return try await page(call, found: nil) }
        let found = await SenderRecords.look(
            domain: mail.fromDomain, bounceDomain: mail.bounceDomain, signer: mail.signer, by: lookup)
        return try await page(call, found: found)
    }

    private func page(_ call: Call, found: SenderRecords?) async throws -> Response {
        let (account, now) = (try call.account(), world.now())
        let health = try await reader.read { tx in
            try MailHealth.look(account: account, at: now, in: tx)
        }
        var page = DeliverabilityPage(
            mail: mail, mailbox: mailbox, health: health, messages: call.messages, now: now)
        page.found = found
        page.mayLookUp = try call.principal().may(.writeOperations)
        return try call.page("deliverability", page.model)
    }
}

extension MailSettings {
    /// Of the address that readers see.
    var fromDomain: String { Self.domain(of: from.address) }
    /// Of the address that receivers' programs see, which SPF looks at.
    var bounceDomain: String { Self.domain(of: bounce ?? from.address) }

    private static func domain(of address: String) -> String {
        String(address.split(separator: "@").last ?? "").lowercased()
    }
}
