import Accounts
package import Customers
package import Database
import Formats
package import Kernel
package import Ledger

extension EventKind {
    package static let invitationSent = EventKind("invitation.sent")
    package static let invitationFailed = EventKind("invitation.failed")
    /// Nobody knows whether it left.
    package static let invitationUncertain = EventKind("invitation.uncertain")
    package static let invitationWithdrawn = EventKind("invitation.withdrawn")
}

extension Invitation {
    /// `payload` holds no address and no words of a relay: those may name the person.
    fileprivate func event(
        _ kind: EventKind, because reason: String? = nil, world: World, at now: Timestamp
    ) -> NewEvent {
        var payload: JSONObject = [
            "survey": .string(survey.description), "wave": .string(Wave.ID(wave).description),
            "channel": .string(channel.rawValue),
        ]
        if let reason { payload.append("reason", .string(reason)) }
        if reminder > 0 { payload.append("reminder", .integer(Int64(reminder))) }
        return NewEvent(
            kind, about: first.number, customer: customer?.number, by: .system, payload: payload,
            id: world.newID(), account: account, at: now)
    }

    /// It never left, and will not. False where it is not planned any more.
    func withdraw(
        because reason: String, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> Bool {
        let withdrawn = try tx.run(
            """
            UPDATE invitations SET state = 'withdrawn', reason = \(reason), settled_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND state = 'planned' RETURNING id
            """)
        if withdrawn.isEmpty { return false }
        // A reminder that was not needed is no news.
        if reminder > 0 { return true }
        try Ledger.append(
            [event(.invitationWithdrawn, because: reason, world: world, at: now)], in: tx)
        return true
    }

    /// Withdraws what is still planned for one person; how many.
    @discardableResult
    package static func withdraw(
        plannedFor customer: Customer.ID, because reason: String, account: Int64, world: World,
        at now: Timestamp, in tx: any Connection
    ) throws -> Int {
        let planned = try tx.run(
            """
            SELECT \(columns) FROM invitations
            WHERE account_id = \(account) AND customer_id = \(customer) AND state = 'planned' LIMIT 10000
            """
        ).map(Invitation.init)
        return try planned.count(where: { try $0.withdraw(because: reason, world: world, at: now, in: tx) })
    }

    /// Withdraws what is planned for a person who is erased, and takes the person off what was sent.
    package static func forget(
        customer: Customer.ID, account: Int64, world: World, in tx: any Connection
    ) throws {
        try withdraw(
            plannedFor: customer, because: "erased", account: account, world: world, at: world.now(), in: tx)
        try tx.run(
            """
            UPDATE invitations SET customer_id = NULL, contact_point_id = NULL
            WHERE account_id = \(account) AND customer_id = \(customer)
            """)
    }

    /// Of every account, whose sender is gone: nobody knows whether they left, so they are never sent again.
    /// At most 100; how many.
    static func giveUpExpired(world: World, at now: Timestamp, in tx: any Connection) throws -> Int {
        let lost = try tx.run(
            """
            UPDATE invitations SET state = 'uncertain', settled_at = \(now),
              reason = 'the sender stopped while it was on its way'
            WHERE id IN (
              SELECT id FROM invitations WHERE state = 'sending' AND leased_until <= \(now) LIMIT 100)
            RETURNING \(columns) -- every account
            """
        ).map(Invitation.init)
        try Ledger.append(lost.map { $0.event(.invitationUncertain, world: world, at: now) }, in: tx)
        return lost.count
    }

    static func anyExpired(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM invitations WHERE state = 'sending' AND leased_until <= \(now) LIMIT 1
            -- every account
            """
        ).isEmpty
    }

    /// What a restored backup holds as planned may have left since.
    package static func distrust(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE invitations SET state = 'uncertain', settled_at = \(now), leased_until = NULL,
              reason = 'restored from a backup'
            WHERE state IN ('planned', 'sending') -- every account
            """)
    }

    /// For who knows that every sender of this database is gone: what was on its way need not wait for its
    /// lease to end.
    package static func endLeases(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE invitations SET leased_until = \(now) WHERE state = 'sending' AND leased_until > \(now)
            -- every account
            """)
    }
}

extension OutgoingInvitation {
    static func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool {
        if let alarm = try RelayAlarm.find(in: tx), alarm.stoppedUntil > now { return false }
        return try !tx.run(
            """
            SELECT id FROM invitations
            WHERE state = 'planned' AND send_at <= \(now) AND channel = 'email' LIMIT 1 -- every account
            """
        ).isEmpty
    }

    /// Takes what is due for sending and asks the policy again; whoever may not be asked any more is
    /// withdrawn. None while the relay is stopped. Also says how many rows it has settled either way.
    static func claim(
        limit: Int, until lease: Timestamp, perDomain: Int, secret: [UInt8], world: World,
        at now: Timestamp, in tx: any Connection
    ) throws -> (taken: [OutgoingInvitation], looked: Int) {
        let alarm = try RelayAlarm.find(in: tx)
        if let alarm, alarm.stoppedUntil > now { return ([], 0) }
        let due = try tx.run(
            """
            SELECT \(Invitation.columns), attempts, turn_at FROM invitations
            WHERE state = 'planned' AND send_at <= \(now) AND channel = 'email'
            ORDER BY send_at, id LIMIT \(limit) \(.skipLocked) -- every account
            """
        ).map(DueInvitation.init)
        var taken: [OutgoingInvitation] = []
        for account in Set(due.map(\.invitation.account)).sorted() {
            let theirs = due.filter { $0.invitation.account == account }
            var desk = try ClaimDesk(
                theirs.map(\.invitation), of: account, secret, perDomain: perDomain, at: now, in: tx)
            for one in theirs {
                let invitation = one.invitation
                switch try desk.decide(one, at: now, in: tx) {
                case .withdraw(let reason):
                    _ = try invitation.withdraw(because: reason, world: world, at: now, in: tx)
                case .wait(let moment, let isTurn): try invitation.wait(until: moment, isTurn, in: tx)
                case .take(let reach, let point, let survey):
                    let outgoing = OutgoingInvitation(
                        invitation: invitation, survey: survey, sender: desk.account.sender,
                        language: desk.account.language, address: point.value, name: reach.customer.name,
                        contactPoint: point.id, claim: world.newID(), attempts: one.attempts + 1,
                        clearsAlarm: alarm != nil, freesDomain: desk.domains.hasFailed(point.value))
                    try outgoing.take(until: lease, in: tx)
                    taken.append(outgoing)
                }
            }
            try desk.domains.write(at: now, in: tx)
        }
        return (taken, due.count)
    }

    private func take(until lease: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE invitations SET state = 'sending', attempts = \(attempts), claim_id = \(claim),
              leased_until = \(lease), contact_point_id = \(contactPoint)
            WHERE account_id = \(invitation.account) AND id = \(invitation.id) AND state = 'planned'
            """)
    }

    /// Writes how the attempt ended; false where its lease was lost, and then nothing is written.
    func settle(_ outcome: DeliveryOutcome, world: World, at now: Timestamp, in tx: any Connection) throws
        -> Bool
    {
        let draw = world.random
        let chance = draw(1)[0]
        let account = invitation.account
        func settled(_ changes: SQL, _ kind: EventKind? = nil) throws -> Bool {
            let rows = try tx.run(
                """
                UPDATE invitations SET \(changes), leased_until = NULL
                WHERE account_id = \(account) AND id = \(invitation.id) AND claim_id = \(claim)
                  AND state = 'sending' RETURNING customer_id
                """)
            guard let row = rows.first else { return false }
            guard let kind else { return true }
            // Somebody who was erased meanwhile is named no more.
            let known = invitation.customer(try row.optionalID("customer_id"))
            try Ledger.append([known.event(kind, world: world, at: now)], in: tx)
            return true
        }
        func ended(_ state: Invitation.State, _ reason: String, _ kind: EventKind) throws -> Bool {
            let line = FailureReason(reason).description
            return try settled("state = \(state), settled_at = \(now), reason = \(line)", kind)
        }
        switch outcome {
        case .sent(let reply):
            guard try ended(.sent, reply, .invitationSent) else { return false }
            try invitation.planReminder(world: world, at: now, in: tx)
            if clearsAlarm { try RelayAlarm.clear(in: tx) }
            if freesDomain { try ReceivingDomain.goOn(domainOf: address, in: tx) }
            return true
        case .refused(let reason):
            guard try ended(.failed, reason, .invitationFailed) else { return false }
            try CustomerReach.suppress(
                point: contactPoint, because: CustomerReach.bounced, account: account, at: now, in: tx)
            return true
        case .busy(let reason):
            try ReceivingDomain.stop(domainOf: address, because: reason, at: now, in: tx)
            fallthrough
        case .later(let reason):
            let line = FailureReason(reason).description
            guard
                let next = DeliveryOutcome.next(
                    after: attempts, chance: chance, at: now, until: invitation.expiresAt)
            else { return try ended(.failed, reason, .invitationFailed) }
            return try settled("state = 'planned', send_at = \(next), reason = \(line)")
        case .relay(let reason):
            try RelayAlarm.raise(reason, at: now, in: tx)
            let line = FailureReason(reason).description
            return try settled("state = 'planned', attempts = attempts - 1, reason = \(line)")
        case .uncertain(let reason): return try ended(.uncertain, reason, .invitationUncertain)
        }
    }
}

/// One whose time has come.
private struct DueInvitation {
    let invitation: Invitation
    let attempts: Int
    /// That it was given in its domain's queue, and still has.
    let turn: Timestamp?

    init(_ row: Row) throws {
        invitation = try Invitation(row)
        attempts = try row.int("attempts")
        let given = try row.optionalTimestamp("turn_at")
        turn = given == invitation.sendAt ? given : nil
    }
}

/// What a claim must know of one account to decide about its invitations.
private struct ClaimDesk {
    enum Decision {
        case withdraw(because: String)
        /// Its hours are over or have not begun, or its domain's servers want no more at once. `isTurn`: then
        /// it is its turn there.
        case wait(until: Timestamp, isTurn: Bool = false)
        case take(CustomerReach, CustomerReach.Point, Survey)
    }

    let account: Account
    var domains: ReceivingDomains
    private let policy: ContactPolicy
    private let facts: ContactFacts
    /// Of reminders: what became of the letter that they repeat.
    private let firsts: [Invitation.ID: Invitation]
    private var surveys: [Survey.ID: Survey] = [:]
    /// Taken here and now: the facts do not know it yet.
    private var taken: Set<Customer.ID> = []

    init(
        _ due: [Invitation], of account: Int64, _ secret: [UInt8], perDomain: Int, at now: Timestamp,
        in tx: any Connection
    ) throws {
        self.account = try Account.find(Account.ID(account), in: tx)
        policy = ContactPolicy(of: self.account, secret: secret)
        facts = try ContactFacts(
            of: Array(Set(due.compactMap(\.customer))), by: .email, policy, counting: Invitation.State.begun,
            around: now...now, account: account, in: tx)
        domains = try ReceivingDomains(
            of: facts.reach.values.compactMap(\.openPoint?.value), perMinute: perDomain, in: tx)
        firsts = try Invitation.find(due.compactMap(\.reminderOf), account: account, in: tx)
    }

    mutating func decide(_ due: DueInvitation, at now: Timestamp, in tx: any Connection) throws -> Decision {
        let one = due.invitation
        guard let customer = one.customer, let reach = facts.reach[customer] else {
            return .withdraw(because: "erased")
        }
        if one.expiresAt <= now { return .withdraw(because: "expired") }
        let survey = try surveys[one.survey] ?? Survey.find(one.survey, account: one.account, in: tx)
        surveys[one.survey] = survey
        if survey.status == .closed { return .withdraw(because: "survey_closed") }
        if let first = one.reminderOf {
            guard let first = firsts[first], first.state == .sent else {
                return .withdraw(because: "not_sent")
            }
            if first.response != nil { return .withdraw(because: "answered") }
        }
        let refusal = policy.refusal(of: customer, one.reminder > 0 ? facts.unasked : facts, at: now)
        guard refusal == nil, let point = reach.openPoint else {
            return .withdraw(because: (refusal ?? .noAddress).rawValue)
        }
        if let opening = one.window?.opening(from: now), opening > now { return .wait(until: opening) }
        let isFirst = policy.quiet > .zero && one.reminder == 0
        if isFirst, taken.contains(customer) {
            return .withdraw(because: ContactPolicy.Refusal.quietPeriod.rawValue)
        }
        switch domains.turn(of: point.value, holding: due.turn, at: now) {
        case .at(let turn): return .wait(until: turn, isTurn: true)
        case .askAgain(let moment): return .wait(until: moment)
        case .now: break
        }
        if isFirst { taken.insert(customer) }
        return .take(reach, point, survey)
    }
}
