import Accounts
package import Customers
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
        let place = Place(
            account: invitation.account, channel: invitation.channel, customer: invitation.customer,
            points: points(of: invitation),
            invitations: "(customer_id = \(invitation.customer) OR id = \(invitation.id))")
        try leave(place, by: ("invitation", invitation.id.description), world: world, at: now, in: tx)
    }

    /// The same of somebody who was written to of something else, which `letter` names for the event.
    package static func leave(
        _ customer: Customer.ID, account: Int64, by letter: (name: String, id: String), world: World,
        at now: Timestamp, in tx: any Connection
    ) throws {
        let place = Place(
            account: account, channel: .email, customer: customer, points: mails(of: customer),
            invitations: "customer_id = \(customer)")
        try leave(place, by: letter, world: world, at: now, in: tx)
    }

    /// What is shut, and what will not be sent.
    private struct Place {
        let account: Int64
        let channel: Invitation.Channel
        let customer: Customer.ID?
        let points: SQL
        let invitations: SQL
    }

    private static func leave(
        _ place: Place, by letter: (name: String, id: String), world: World, at now: Timestamp,
        in tx: any Connection
    ) throws {
        let suppressed = try tx.run(
            """
            UPDATE contact_points SET suppressed_at = \(now), suppressed_because = \(reason)
            WHERE account_id = \(place.account) AND \(place.points)
              AND (suppressed_because IS NULL OR suppressed_because <> \(reason))
            RETURNING customer_id
            """)
        try tx.run(
            """
            UPDATE invitations SET state = 'withdrawn', settled_at = \(now), reason = \(reason)
            WHERE account_id = \(place.account) AND state = 'planned' AND channel = \(place.channel)
              AND \(place.invitations)
            """)
        guard let row = suppressed.first else { return }
        let customer: Customer.ID = try place.customer ?? row.id("customer_id")
        try Ledger.append(
            .customerLeft, about: customer.number, customer: customer.number, by: .customer,
            payload: JSONObject([
                ("channel", .string(place.channel.rawValue)), (letter.name, .string(letter.id)),
            ]), id: world.newID(), account: place.account, at: now, in: tx)
    }

    /// True where nothing is sent any more.
    static func hasLeft(_ invitation: Invitation, in tx: any Connection) throws -> Bool {
        try hasLeft(points(of: invitation), account: invitation.account, in: tx)
    }

    /// True where this customer gets no mail any more.
    package static func hasLeft(
        _ customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws -> Bool {
        try hasLeft(mails(of: customer), account: account, in: tx)
    }

    private static func hasLeft(_ points: SQL, account: Int64, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM contact_points
            WHERE account_id = \(account) AND suppressed_because = \(reason) AND \(points) LIMIT 1
            """
        ).isEmpty
    }

    private static func mails(of customer: Customer.ID) -> SQL {
        "kind = 'email' AND customer_id = \(customer)"
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
        let (account, address) = (invitation.account, PersonalAddress(token: token))
        let customer = try invitation.customer.flatMap { id in
            try Customer.find([id], account: account, in: tx).first
        }
        return LeaveView(
            channel: invitation.channel, path: address.leavePath, decoyPath: address.decoyPath,
            sender: try Account.find(Account.ID(account), in: tx).sender,
            languages: [invitation.language, customer?.language].compactMap(\.self),
            hasLeft: try Leaving.hasLeft(invitation, in: tx))
    }
}
