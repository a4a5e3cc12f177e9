import Accounts
import Customers
package import Database
import Formats
package import Kernel
package import Ledger
import Web

extension EventKind {
    /// A customer does not want to be asked any more by one channel.
    package static let customerLeft = EventKind("customer.left")
}

/// Who was asked and asks to be left alone.
package enum Leaving {
    /// What is said of a contact point that nobody may write to because its owner said so.
    package static let reason = "unsubscribed"

    /// From this transaction on nothing more is sent to this customer by this channel. Saying it twice
    /// changes nothing.
    package static func leave(
        _ invitation: Invitation, world: World, at now: Timestamp, in tx: any Connection
    ) throws {
        let account = invitation.account
        let suppressed = try tx.run(
            """
            UPDATE contact_points SET suppressed_at = \(now), suppressed_because = \(reason)
            WHERE account_id = \(account) AND \(points(of: invitation))
              AND (suppressed_because IS NULL OR suppressed_because <> \(reason))
            RETURNING customer_id
            """)
        try tx.run(
            """
            UPDATE invitations SET state = 'withdrawn', settled_at = \(now), reason = \(reason)
            WHERE account_id = \(account) AND state = 'planned' AND channel = \(invitation.channel)
              AND (customer_id = \(invitation.customer) OR id = \(invitation.id))
            """)
        guard let row = suppressed.first else { return }
        let customer: Customer.ID = try invitation.customer ?? row.id("customer_id")
        try Ledger.append(
            .customerLeft, about: customer.number, customer: customer.number, by: .customer,
            payload: [
                "channel": .string(invitation.channel.rawValue),
                "invitation": .string(invitation.id.description),
            ], id: world.newID(), account: account, at: now, in: tx)
    }

    /// True where nothing is sent any more.
    static func hasLeft(_ invitation: Invitation, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM contact_points
            WHERE account_id = \(invitation.account) AND suppressed_because = \(reason)
              AND \(points(of: invitation))
            LIMIT 1
            """
        ).isEmpty
    }

    /// All addresses that this customer has for the channel, and the one that was written to, whosever it is
    /// now.
    private static func points(of invitation: Invitation) -> SQL {
        let kind = invitation.channel == .email ? "email" : "phone"
        return """
            kind = \(kind) AND (customer_id = \(invitation.customer) OR id IN (
              SELECT contact_point_id FROM invitations
              WHERE account_id = \(invitation.account) AND id = \(invitation.id)))
            """
    }
}

extension LeaveView {
    /// Throws `DomainError.notFound` for a token that no invitation has.
    static func find(_ token: String, _ links: InvitationLink, in tx: any Connection) throws -> LeaveView {
        let invitation = try Invitation.find(token: token, links, in: tx)
        let account = invitation.account
        let customer = try invitation.customer.flatMap { id in
            try Customer.find([id], account: account, in: tx).first
        }
        return LeaveView(
            invitation: invitation, address: PersonalAddress(token: token),
            sender: try Account.find(Account.ID(account), in: tx).sender,
            languages: [invitation.language, customer?.language].compactMap(\.self),
            hasLeft: try Leaving.hasLeft(invitation, in: tx))
    }
}
