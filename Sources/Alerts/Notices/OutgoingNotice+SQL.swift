import Accounts
import Customers
import Database
import FollowUp
import Kernel
import Language
package import Ledger
import Surveys

extension EventKind {
    /// A customer was asked by mail whether it was put right.
    package static let caseAsked = EventKind("case.asked")
}

extension OutgoingNotice {
    /// Writes how the attempt ended; false where its lease was lost, and then nothing is written.
    func settle(
        _ outcome: DeliveryOutcome, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> Bool {
        switch outcome {
        case .sent(let reply):
            guard let reader = try end(.sent, reply, at: now, in: tx) else { return false }
            if notice.kind == .verdictAsked { try tell(reader, world: world, at: now, in: tx) }
            if clearsAlarm { try RelayAlarm.clear(in: tx) }
        case .refused(let reason):
            guard try end(.failed, reason, at: now, in: tx) != nil else { return false }
            if let contactPoint {
                try CustomerReach.suppress(
                    point: contactPoint, because: CustomerReach.bounced, account: notice.account, at: now,
                    in: tx)
            }
        case .later(let reason), .busy(let reason):
            let draw = world.random
            let next = DeliveryOutcome.next(
                after: attempts, chance: draw(1)[0], at: now, until: notice.expiresAt)
            guard let next else { return try end(.failed, reason, at: now, in: tx) != nil }
            return try settled("state = 'planned', send_at = \(next)", reason, in: tx) != nil
        case .relay(let reason):
            try RelayAlarm.raise(reason, at: now, in: tx)
            return try settled("state = 'planned', attempts = attempts - 1", reason, in: tx) != nil
        case .uncertain(let reason): return try end(.uncertain, reason, at: now, in: tx) != nil
        }
        return true
    }

    private func end(
        _ state: Notice.State, _ reason: String, at now: Timestamp, in tx: any Connection
    ) throws -> Int64? {
        try settled("state = \(state), settled_at = \(now)", reason, in: tx)
    }

    /// Who the reader is by now, 0 for somebody who was erased meanwhile; `nil` where the lease was lost.
    private func settled(_ changes: SQL, _ reason: String, in tx: any Connection) throws -> Int64? {
        try tx.run(
            """
            UPDATE notices SET \(changes), reason = \(FailureReason(reason).description),
              leased_until = NULL
            WHERE account_id = \(notice.account) AND \(rows) AND claim_id = \(claim)
              AND state = 'sending' RETURNING recipient_id
            """
        ).first?.int64("recipient_id")
    }

    /// A mail of several is settled for all of them.
    private var rows: SQL {
        if case .together = matter { "recipient_id = \(notice.recipient)" } else { "id = \(notice.id)" }
    }

    private func tell(
        _ customer: Int64, world: World, at now: Timestamp, in tx: any Connection
    ) throws {
        guard case .recovery(let noticed) = matter else { return }
        try Ledger.append(
            .caseAsked, about: noticed.recovery.id.number, customer: customer == 0 ? nil : customer,
            by: .system,
            id: world.newID(), account: notice.account, at: now, in: tx)
    }
}
