package import Database
package import Kernel
package import Outbound

/// Keeps what it is given instead of sending it: the carrier of an installation without a relay.
package struct MailboxCarrier: MailCarrier {
    private let database: any Database
    private let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func carry(_ message: MailMessage) async throws -> MailReceipt {
        guard let account = message.account else {
            throw MailFailure(.refused, reason: "550 the mailbox keeps mails of accounts only")
        }
        let kept = MailboxMessage(message, id: world.id(), account: account, at: world.now())
        do {
            try await database.write { tx in try kept.keep(in: tx) }
        } catch {
            throw MailFailure(.later, reason: "451 \(error)")
        }
        return MailReceipt(reply: "250 2.0.0 Ok: kept as \(kept.id)")
    }
}
