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
    private enum Found {
        case of(Matter)
        case pointless(String)
    }

    private enum Reader {
        case found(address: String, name: String?, ReaderLanguage?, contactPoint: Int64?)
        case none(because: String)
    }

    /// Takes what is due; what has become pointless is withdrawn. None while the relay is stopped.
    static func claim(
        limit: Int, until lease: Timestamp, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> (taken: [OutgoingNotice], looked: Int) {
        let alarm = try RelayAlarm.find(in: tx)
        if let alarm, alarm.stoppedUntil > now { return ([], 0) }
        let due = try Notice.due(at: now, limit: limit, in: tx)
        var taken: [OutgoingNotice] = []
        for (notice, attempts) in due {
            let matter: Matter
            switch try look(at: notice, at: now, in: tx) {
            case .pointless(let reason):
                try notice.withdraw(because: reason, at: now, in: tx)
                continue
            case .of(let found): matter = found
            }
            switch try reader(of: notice, in: tx) {
            case .none(let reason): try notice.withdraw(because: reason, at: now, in: tx)
            case .found(let address, let name, let language, let point):
                let account = try Account.find(Account.ID(notice.account), in: tx)
                let one = OutgoingNotice(
                    notice: notice, matter: matter, account: account, address: address, name: name,
                    language: language ?? account.language, contactPoint: point, claim: world.newID(),
                    attempts: attempts + 1, clearsAlarm: alarm != nil)
                try one.take(until: lease, in: tx)
                taken.append(one)
            }
        }
        return (taken, due.count)
    }

    private static func look(
        at notice: Notice, at now: Timestamp, in tx: any Connection
    ) throws -> Found {
        if let reason = notice.pointless(at: now) { return .pointless(reason) }
        switch notice.matter {
        case .recovery(let id):
            let recovery = try RecoveryCase.find(id, account: notice.account, in: tx)
            if let reason = notice.pointless(recovery, at: now) { return .pointless(reason) }
            return .of(.recovery(try NoticedCase(recovery, in: tx)))
        case .webhook(let id):
            let webhook = try Webhook.known(id, account: notice.account, in: tx)
            guard let webhook, notice.pointless(webhook) == nil else {
                return .pointless(notice.pointless(webhook) ?? "done")
            }
            return .of(.webhook(webhook))
        }
    }

    private static func reader(of notice: Notice, in tx: any Connection) throws -> Reader {
        let account = notice.account
        guard notice.kind == .verdictAsked else {
            let id = Member.ID(notice.recipient)
            guard try Membership.isHere(id, account: account, in: tx) else { return .none(because: "left") }
            guard try !NoticeChoice.refused(by: id, account: account, in: tx).contains(notice.kind) else {
                return .none(because: "refused")
            }
            let member = try Member.find(id, in: tx)
            return .found(address: member.email, name: member.name, member.language, contactPoint: nil)
        }
        let id = Customer.ID(notice.recipient)
        let known = try CustomerReach.find([id], by: .email, account: account, in: tx)
        guard let reach = known[id] else { return .none(because: "erased") }
        if reach.isRestricted { return .none(because: ContactPolicy.Refusal.restricted.rawValue) }
        if reach.hasLeft { return .none(because: ContactPolicy.Refusal.unsubscribed.rawValue) }
        guard let point = reach.openPoint else {
            let reason: ContactPolicy.Refusal = reach.points.isEmpty ? .noAddress : .suppressed
            return .none(because: reason.rawValue)
        }
        return .found(
            address: point.value, name: reach.customer.name,
            reach.customer.language.flatMap { ReaderLanguage(tag: $0) }, contactPoint: point.id)
    }

    private func take(until lease: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE notices SET state = 'sending', attempts = \(attempts), claim_id = \(claim),
              leased_until = \(lease)
            WHERE account_id = \(notice.account) AND id = \(notice.id) AND state = 'planned'
            """)
    }

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
            WHERE account_id = \(notice.account) AND id = \(notice.id) AND claim_id = \(claim)
              AND state = 'sending' RETURNING recipient_id
            """
        ).first?.int64("recipient_id")
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

extension NoticedCase {
    init(_ recovery: RecoveryCase, in tx: any Connection) throws {
        let account = recovery.account
        self.init(
            recovery: recovery,
            response: try recovery.response.map { try SurveyResponse.find($0, account: account, in: tx) },
            reply: try Reply.find([recovery.reply].compactMap(\.self), account: account, in: tx).first,
            survey: try Survey.find(recovery.survey, account: account, in: tx),
            customerName: try recovery.customer.map { try Customer.find($0, account: account, in: tx) }?
                .name)
    }
}
