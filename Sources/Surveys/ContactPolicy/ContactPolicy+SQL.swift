import Accounts
import Customers
package import Database
import Kernel

extension ContactPolicy {
    /// As the account has set it.
    package static func of(
        account: Int64, secret: [UInt8], in tx: any Connection
    ) throws -> ContactPolicy {
        ContactPolicy(of: try Account.find(Account.ID(account), in: tx), secret: secret)
    }
}

extension Invitation.State {
    /// What counts against asking again: whatever did, or may have, or will come to the person.
    static let counted: [Invitation.State] = [.planned, .sending, .sent, .uncertain]
    /// The same when the turn of one has come: what is still planned waits for its own turn.
    static let begun: [Invitation.State] = [.sending, .sent, .uncertain]
}

extension ContactFacts {
    /// Of at most 1,000 people, who would be asked within `moments`. `states` are those of invitations that
    /// count for the quiet period; a reminder belongs to the asking that it repeats.
    init(
        of customers: [Customer.ID], by channel: Invitation.Channel, _ policy: ContactPolicy,
        counting states: [Invitation.State], around moments: ClosedRange<Timestamp>,
        account: Int64, in tx: any Connection
    ) throws {
        if customers.isEmpty { return }
        reach = try CustomerReach.find(
            customers, by: channel == .email ? .email : .phone, account: account, in: tx)
        if channel == .email {
            let addresses = reach.values.compactMap(\.openPoint?.value).sorted()
            staff = try Membership.addresses(among: addresses, account: Account.ID(account), in: tx)
        }
        if policy.quiet == .zero { return }
        let (from, to) = (moments.lowerBound - policy.quiet, moments.upperBound + policy.quiet)
        let rows = try tx.run(
            """
            SELECT customer_id, COALESCE(settled_at, send_at) AS asked_at FROM invitations
            WHERE account_id = \(account) AND customer_id IN \(list: customers) AND state IN \(list: states)
              AND reminder = 0
              AND COALESCE(settled_at, send_at) > \(from) AND COALESCE(settled_at, send_at) < \(to)
            LIMIT 100000
            """)
        for row in rows {
            try asked[row.id("customer_id"), default: []].append(row.timestamp("asked_at"))
        }
    }
}
