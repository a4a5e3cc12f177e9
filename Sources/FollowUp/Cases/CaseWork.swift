package import Accounts
package import Database
package import Kernel
package import Ledger

/// What people do with a case, one transaction each: pages and API take the same steps.
package struct CaseWork: Sendable {
    package static let longestNote = 4000

    package enum Step: Sendable {
        case assign(Member.ID)
        case contact(CaseContact)
        case resolve(Resolution)
        case close(Closure)
        /// A verdict that a member or a token reports.
        case report(RecoveryCase.Verdict, note: String?)
    }

    package let world: World
    package let links: VerdictLink

    package init(world: World, links: VerdictLink) {
        self.world = world
        self.links = links
    }

    /// The case after the step. Throws not-found, or a conflict for a step out of order.
    package func take(
        _ step: Step, _ id: RecoveryCase.ID, account: Int64, by actor: Actor, in tx: any Connection
    ) throws -> RecoveryCase {
        var recovery = try RecoveryCase.find(id, account: account, in: tx)
        switch step {
        case .assign(let member): try assign(&recovery, to: member, by: actor, in: tx)
        case .contact(let contact): try note(contact, in: &recovery, by: actor, in: tx)
        case .resolve(let resolution): try resolve(&recovery, resolution, by: actor, in: tx)
        case .close(let closure): try close(&recovery, closure, by: actor, in: tx)
        case .report(let verdict, let note):
            try hear(verdict, note: note, ownWord: false, about: &recovery, by: actor, in: tx)
        }
        return recovery
    }

    private func assign(
        _ recovery: inout RecoveryCase, to member: Member.ID, by actor: Actor, in tx: any Connection
    ) throws {
        try CaseOwner.require(member, account: recovery.account, in: tx)
        try recovery.assign(to: member)
        try recovery.save(
            .caseAssigned, by: actor, payload: ["owner": member.description], world: world, at: world.now(),
            in: tx)
    }

    private func note(
        _ contact: CaseContact, in recovery: inout RecoveryCase, by actor: Actor, in tx: any Connection
    ) throws {
        try recovery.note(contact)
        let now = world.now()
        try CaseRecord.add(contact, to: recovery, by: actor, world: world, at: now, in: tx)
        let payload = ["channel": contact.channel.rawValue, "outcome": contact.outcome.rawValue]
        try recovery.save(.caseContacted, by: actor, payload: payload, world: world, at: now, in: tx)
    }

    private func resolve(
        _ recovery: inout RecoveryCase, _ resolution: Resolution, by actor: Actor, in tx: any Connection
    ) throws {
        let now = world.now()
        try recovery.resolve(resolution, at: now)
        if recovery.customer != nil {
            recovery.verdictTokenHash = links.hash(of: links.token(of: recovery.id))
        }
        try CaseRecord.learn(.cause, resolution.cause, account: recovery.account, in: tx)
        try CaseRecord.learn(.remedy, resolution.remedy, account: recovery.account, in: tx)
        try recovery.save(.caseResolved, by: actor, world: world, at: now, in: tx)
    }

    private func close(
        _ recovery: inout RecoveryCase, _ closure: Closure, by actor: Actor, in tx: any Connection
    ) throws {
        let now = world.now()
        try recovery.close(closure, at: now)
        try CaseRecord.learn(.closure, closure.reason, account: recovery.account, in: tx)
        try recovery.save(.caseClosed, by: actor, world: world, at: now, in: tx)
    }

    /// The customer's own word, by their link. The first word of a round stands: after it, and for a form
    /// of an earlier round, the case comes back as it is.
    func hear(
        _ verdict: RecoveryCase.Verdict, note: String?, byToken token: String, round: Int?,
        in tx: any Connection
    ) throws -> RecoveryCase {
        var recovery = try RecoveryCase.find(verdictToken: token, links, in: tx)
        if recovery.stage == .resolved, round ?? recovery.round == recovery.round {
            try hear(verdict, note: note, ownWord: true, about: &recovery, by: .customer, in: tx)
        }
        return recovery
    }

    private func hear(
        _ verdict: RecoveryCase.Verdict, note: String?, ownWord: Bool, about recovery: inout RecoveryCase,
        by actor: Actor, in tx: any Connection
    ) throws {
        let now = world.now()
        let calendar = try BusinessCalendar.find(account: Account.ID(recovery.account), in: tx)
        try recovery.hear(verdict, calendar: calendar, at: now)
        try CaseRecord.add(
            verdict, note: note, ownWord: ownWord, to: recovery, by: actor, world: world, at: now, in: tx)
        var payload = ["word": ownWord ? "customer" : "reported"]
        let kind: EventKind = verdict == .satisfied ? .caseVerified : .caseReopened
        if kind == .caseReopened, let owner = recovery.owner { payload["owner"] = owner.description }
        try recovery.save(kind, by: actor, payload: payload, world: world, at: now, in: tx)
    }
}
