import Accounts
import Customers
import Database
import FollowUp
import Formats
package import Kernel
package import Ledger
import Surveys

/// What decides who is told of a case.
package enum NoticeJobs {
    /// Plans the mails that follow from what happened to cases, and to webhooks.
    package static func planner(world: World) -> Consumer {
        Consumer(
            "notices",
            kinds: [
                .caseOpened, .caseAssigned, .caseReopened, .caseResolved, .caseEscalated, .webhookDisabled,
            ]
        ) { account, events, tx in
            let now = world.now()
            let news = events.filter { $0.happenedAt > now - Notice.history }
            if news.isEmpty { return }
            var desk = PlanningDesk(account: account, world: world, now: now)
            for event in news { try desk.take(in: event, tx) }
        }
    }
}

/// Plans the notices of one batch of events.
private struct PlanningDesk {
    let account: Int64
    let world: World
    let now: Timestamp
    private var calendar: BusinessCalendar?
    private var samples: [Survey.ID: Bool] = [:]

    init(account: Int64, world: World, now: Timestamp) {
        (self.account, self.world, self.now) = (account, world, now)
    }

    mutating func take(in event: SealedEvent, _ tx: any Connection) throws {
        if event.kind == .webhookDisabled { return try tellOwners(of: event, tx) }
        let recovery = try RecoveryCase.find(RecoveryCase.ID(event.subject), account: account, in: tx)
        // Nobody is written to about a generated programme, and never to its people.
        if try isSample(recovery.survey, tx) { return }
        let payload = try event.payload
        switch event.kind {
        case .caseResolved:
            guard let customer = recovery.customer else { return }
            try plan(.verdictAsked, about: recovery, for: .customer(customer), in: tx)
        case .caseEscalated:
            let roles: [Role] = payload["to"]?.string == "owner" ? [.owner] : [.manager, .admin]
            for member in try LeadingMember.find(roles, account: account, in: tx) {
                try plan(.caseOverdue, about: recovery, for: .member(member), in: tx)
            }
        default:
            guard let owner = payload["owner"]?.string.flatMap({ Member.ID($0) }) else { return }
            try tell(owner, of: recovery, by: event, tx)
        }
    }

    private func tellOwners(of event: SealedEvent, _ tx: any Connection) throws {
        for member in try LeadingMember.find([.owner], account: account, in: tx) {
            let notice = Notice(
                id: world.id(), account: account, kind: .webhookDisabled,
                matter: .webhook(Webhook.ID(event.subject)), occasion: Int64(event.position),
                recipient: member.number, sendAt: now)
            try notice.planOnce(at: now, in: tx)
        }
    }

    private mutating func tell(
        _ owner: Member.ID, of recovery: RecoveryCase, by event: SealedEvent, _ tx: any Connection
    ) throws {
        // Who took it knows of it.
        if event.actor != .member(owner.number) {
            try plan(
                .caseAssigned, about: recovery, occasion: Int64(event.position), for: .member(owner), in: tx)
        }
        let calendar = try calendar ?? BusinessCalendar.find(account: Account.ID(account), in: tx)
        self.calendar = calendar
        let start = recovery.round == 1 ? recovery.openedAt : event.happenedAt
        let moment = Notice.remindAt(from: start, due: recovery.dueAt, calendar: calendar, now: now)
        guard let moment else { return }
        try plan(.caseDueSoon, about: recovery, for: .member(owner), at: moment, in: tx)
    }

    private func plan(
        _ kind: Notice.Kind, about recovery: RecoveryCase, occasion: Int64? = nil,
        for recipient: Notice.Recipient, at moment: Timestamp? = nil, in tx: any Connection
    ) throws {
        let notice = Notice(
            id: world.id(), account: account, kind: kind, matter: .recovery(recovery.id),
            occasion: occasion ?? Int64(recovery.round), recipient: recipient.number, sendAt: moment ?? now)
        try notice.planOnce(at: now, in: tx)
    }

    private mutating func isSample(_ survey: Survey.ID, _ tx: any Connection) throws -> Bool {
        if let known = samples[survey] { return known }
        let isSample = try Survey.find(survey, account: account, in: tx).isSample
        samples[survey] = isSample
        return isSample
    }
}
