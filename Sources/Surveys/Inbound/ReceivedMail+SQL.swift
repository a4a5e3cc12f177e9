package import Customers
package import Database
import Formats
package import Kernel
import Ledger
import Outbound

extension ReceivedMail {
    /// False where it came before: then it has no effect again.
    func keepOnce(in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            INSERT INTO received_mails (id, account_id, digest, kind, weight, status, invitation_id,
              customer_id, contact_point_id, received_at)
            VALUES (\(id), \(account), \(digest), \(kind), \(weight), \(status), \(invitation),
              \(customer), \(contactPoint), \(receivedAt))
            ON CONFLICT (account_id, digest) DO NOTHING RETURNING id
            """
        ).isEmpty
    }

    /// Mail to that address was put off so often, this time included, that it is given up.
    func isOneSoftTooMany(in tx: any Connection) throws -> Bool {
        let count = try tx.run(
            """
            SELECT COUNT(*) AS n FROM received_mails
            WHERE account_id = \(account) AND contact_point_id = \(contactPoint) AND weight = 'soft'
              AND received_at > \(receivedAt - Self.softSpan)
            """
        ).first?.int("n")
        return (count ?? 0) >= Self.mostSoft
    }

    /// What came is counted still, about nobody.
    package static func forget(customer: Customer.ID, account: Int64, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE received_mails SET customer_id = NULL, contact_point_id = NULL
            WHERE account_id = \(account) AND customer_id = \(customer)
            """)
    }
}

extension MailCounts {
    /// Of one account. What was sent is counted by the waves whose turn came in the same while.
    package static func since(
        _ moment: Timestamp, account: Int64, in tx: any Connection
    ) throws -> MailCounts {
        var counts = MailCounts()
        let rows = try tx.run(
            """
            SELECT kind, weight, COUNT(*) AS n FROM received_mails
            WHERE account_id = \(account) AND received_at > \(moment) GROUP BY kind, weight
            """)
        for row in rows {
            let number = try row.int("n")
            switch try row.value("kind") as InboundMail.Kind {
            case .bounce:
                guard let weight = try row.optionalValue("weight") as DeliveryStatus.Weight? else { continue }
                counts.bounces[weight, default: 0] += number
            case .complaint: counts.complaints += number
            case .autoReply: counts.automatic += number
            case .reply: counts.replies += number
            case .unknown: continue
            }
        }
        counts.sent =
            try tx.run(
                """
                SELECT COUNT(*) AS n FROM invitations i JOIN waves w ON w.id = i.wave_id
                WHERE w.account_id = \(account) AND w.send_at > \(moment)
                  AND i.state IN ('sent', 'uncertain', 'failed')
                """
            ).first?.int("n") ?? 0
        return counts
    }
}

extension Invitation {
    /// Its letter did not arrive. One that was answered did, whatever a machine says later.
    func markBounced(_ weight: String, at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE invitations SET state = 'failed', settled_at = \(now), leased_until = NULL,
              reason = \("bounced: \(weight)")
            WHERE account_id = \(account) AND id = \(id) AND response_id IS NULL
              AND state IN ('sending', 'sent', 'uncertain')
            """)
    }
}
