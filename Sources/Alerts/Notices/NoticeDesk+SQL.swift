import Accounts
import Customers
import Database
import FollowUp
import Kernel
import Language
import Surveys

extension OutgoingNotice {
    /// Takes what is due; what has become pointless is withdrawn. None while the relay is stopped.
    static func claim(
        limit: Int, until lease: Timestamp, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> (taken: [OutgoingNotice], looked: Int) {
        let alarm = try RelayAlarm.find(in: tx)
        if let alarm, alarm.stoppedUntil > now { return ([], 0) }
        let due = try Notice.due(at: now, limit: limit, in: tx)
        var desk = NoticeDesk(world: world, now: now, lease: lease, clearsAlarm: alarm != nil)
        let taken = try due.compactMap { try desk.take($0.notice, attempts: $0.attempts, in: tx) }
        return (taken, due.count)
    }
}

/// Decides what is told now, what is told together and what has become pointless.
private struct NoticeDesk {
    private struct Reader {
        let address: String
        let name: String?
        let language: ReaderLanguage?
        var contactPoint: Int64?
    }
    private struct Pointless: Error {
        let reason: String
    }
    private struct Sort: Hashable {
        let account: Int64
        let recipient: Int64
        let kind: Notice.Kind

        init(_ notice: Notice) {
            (account, recipient, kind) = (notice.account, notice.recipient, notice.kind)
        }
    }

    let world: World
    let now: Timestamp
    let lease: Timestamp
    let clearsAlarm: Bool
    /// All of whose notices have been seen to.
    private var done: Set<Sort> = []

    init(world: World, now: Timestamp, lease: Timestamp, clearsAlarm: Bool) {
        (self.world, self.now, self.lease, self.clearsAlarm) = (world, now, lease, clearsAlarm)
    }

    mutating func take(
        _ notice: Notice, attempts: Int, in tx: any Connection
    ) throws -> OutgoingNotice? {
        if done.contains(Sort(notice)) { return nil }
        do {
            let matter = try matter(of: notice, in: tx)
            let reader = try reader(of: notice, in: tx)
            let claim = world.newID()
            guard let told = try share(matter, of: notice, under: claim, in: tx) else { return nil }
            let account = try Account.find(Account.ID(notice.account), in: tx)
            return OutgoingNotice(
                notice: notice, matter: told, account: account, address: reader.address, name: reader.name,
                language: reader.language ?? account.language, contactPoint: reader.contactPoint,
                claim: claim, attempts: attempts + 1, clearsAlarm: clearsAlarm)
        } catch let pointless as Pointless {
            try notice.withdraw(because: pointless.reason, at: now, in: tx)
            return nil
        }
    }

    /// A member gets a few mails one by one; what comes faster is gathered and told in one. `nil` while it
    /// is gathered.
    private mutating func share(
        _ matter: OutgoingNotice.Matter, of notice: Notice, under claim: Int64, in tx: any Connection
    ) throws -> OutgoingNotice.Matter? {
        guard Notice.Kind.ofMembers.contains(notice.kind) else {
            try notice.take(claim: claim, until: lease, in: tx)
            return matter
        }
        var allowance = try Allowance.find(
            "cases of member \(notice.recipient)", account: notice.account,
            burst: Notice.mailAllowance.burst, perSecond: Notice.mailAllowance.perSecond, at: now, in: tx)
        let next = allowance.next(at: now)
        guard next <= now else {
            try notice.gatherAlike(until: next, at: now, in: tx)
            done.insert(Sort(notice))
            return nil
        }
        let isLast = allowance.whole == 1
        allowance.spend()
        try allowance.save(in: tx)
        guard isLast else {
            try notice.take(claim: claim, until: lease, in: tx)
            return matter
        }
        done.insert(Sort(notice))
        let together = try notice.takeAlike(claim: claim, until: lease, at: now, in: tx)
        if together.count == 1 { return matter }
        let named = try together.prefix(Notice.mostNamed).compactMap { one -> NoticedCase? in
            do {
                guard case .recovery(let noticed) = try self.matter(of: one, in: tx) else { return nil }
                return noticed
            } catch is Pointless { return nil }
        }
        return .together(named, count: together.count)
    }

    /// Throws `Pointless`.
    private func matter(of notice: Notice, in tx: any Connection) throws -> OutgoingNotice.Matter {
        if let reason = notice.pointless(at: now) { throw Pointless(reason: reason) }
        switch notice.matter {
        case .recovery(let id):
            let recovery = try RecoveryCase.find(id, account: notice.account, in: tx)
            if let reason = notice.pointless(recovery, at: now) { throw Pointless(reason: reason) }
            return .recovery(try NoticedCase(recovery, in: tx))
        case .webhook(let id):
            let webhook = try Webhook.known(id, account: notice.account, in: tx)
            guard let webhook, notice.pointless(webhook) == nil else {
                throw Pointless(reason: notice.pointless(webhook) ?? "done")
            }
            return .webhook(webhook)
        }
    }

    /// Throws `Pointless` where nobody may be written to.
    private func reader(of notice: Notice, in tx: any Connection) throws -> Reader {
        let account = notice.account
        guard notice.kind == .verdictAsked else {
            let id = Member.ID(notice.recipient)
            guard try Membership.isHere(id, account: account, in: tx) else { throw Pointless(reason: "left") }
            guard try !NoticeChoice.refused(by: id, account: account, in: tx).contains(notice.kind) else {
                throw Pointless(reason: "refused")
            }
            let member = try Member.find(id, in: tx)
            return Reader(address: member.email, name: member.name, language: member.language)
        }
        let id = Customer.ID(notice.recipient)
        let known = try CustomerReach.find([id], by: .email, account: account, in: tx)
        guard let reach = known[id] else { throw Pointless(reason: "erased") }
        if reach.isRestricted { throw Pointless(reason: ContactPolicy.Refusal.restricted.rawValue) }
        if reach.hasLeft { throw Pointless(reason: ContactPolicy.Refusal.unsubscribed.rawValue) }
        guard let point = reach.openPoint else {
            let reason: ContactPolicy.Refusal = reach.points.isEmpty ? .noAddress : .suppressed
            throw Pointless(reason: reason.rawValue)
        }
        return Reader(
            address: point.value, name: reach.customer.name,
            language: reach.customer.language.flatMap { ReaderLanguage(tag: $0) }, contactPoint: point.id)
    }
}

extension Notice {
    fileprivate func take(claim: Int64, until lease: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE notices SET state = 'sending', attempts = attempts + 1, claim_id = \(claim),
              leased_until = \(lease)
            WHERE account_id = \(account) AND id = \(id) AND state = 'planned'
            """)
    }

    /// Takes all of this kind that are due for the same member; those taken, the oldest first.
    fileprivate func takeAlike(
        claim: Int64, until lease: Timestamp, at now: Timestamp, in tx: any Connection
    ) throws -> [Notice] {
        try tx.run(
            """
            UPDATE notices SET state = 'sending', attempts = attempts + 1, claim_id = \(claim),
              leased_until = \(lease)
            WHERE account_id = \(account) AND \(dueAlike(at: now)) RETURNING \(Self.columns)
            """
        ).map(Notice.init).sorted { ($0.sendAt, $0.id.number) < ($1.sendAt, $1.id.number) }
    }

    /// Lets all of this kind that are due for the same member wait.
    fileprivate func gatherAlike(until next: Timestamp, at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            "UPDATE notices SET send_at = \(next) WHERE account_id = \(account) AND \(dueAlike(at: now))")
    }

    private func dueAlike(at now: Timestamp) -> SQL {
        """
        state = 'planned' AND send_at <= \(now) AND recipient_id = \(recipient) AND kind = \(kind)
        """
    }
}

extension NoticedCase {
    fileprivate init(_ recovery: RecoveryCase, in tx: any Connection) throws {
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
