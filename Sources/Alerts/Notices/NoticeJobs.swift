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
            try desk.take(in: news, tx)
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
    private var notices: [Notice] = []

    init(account: Int64, world: World, now: Timestamp) {
        (self.account, self.world, self.now) = (account, world, now)
    }

    mutating func take(in events: [SealedEvent], _ tx: any Connection) throws {
        let ids = Set(events.filter { $0.kind != .webhookDisabled }.map { RecoveryCase.ID($0.subject) })
        let cases = try RecoveryCase.find(ids.sorted(), account: account, in: tx)
        for event in events {
            if event.kind == .webhookDisabled {
                try tellOwners(of: event, tx)
            } else if let recovery = cases[RecoveryCase.ID(event.subject)] {
                // Else it went with a generated programme, and nobody is told.
                try take(in: event, of: recovery, tx)
            }
        }
        try Notice.plan(notices, at: now, in: tx)
    }

    private mutating func take(
        in event: SealedEvent, of recovery: RecoveryCase, _ tx: any Connection
    ) throws {
        // Nobody is written to about a generated programme, and never to its people.
        if try isSample(recovery.survey, tx) { return }
        let payload = try event.payload
        switch event.kind {
        case .caseResolved:
            guard let customer = recovery.customer else { return }
            plan(.verdictAsked, about: recovery, for: .customer(customer))
        case .caseEscalated:
            let roles: [Role] = payload["to"]?.string == "owner" ? [.owner] : [.manager, .admin]
            for member in try LeadingMember.find(roles, account: account, in: tx) {
                plan(.caseOverdue, about: recovery, for: .member(member))
            }
        default:
            guard let owner = payload["owner"]?.string.flatMap({ Member.ID($0) }) else { return }
            try tell(owner, of: recovery, by: event, tx)
        }
    }

    private mutating func tellOwners(of event: SealedEvent, _ tx: any Connection) throws {
        for member in try LeadingMember.find([.owner], account: account, in: tx) {
            notices.append(
                Notice(
                    id: world.id(), account: account, kind: .webhookDisabled,
                    matter: .webhook(Webhook.ID(event.subject)), occasion: Int64(event.position),
                    recipient: member.number, sendAt: now))
        }
    }

    private mutating func tell(
        _ owner: Member.ID, of recovery: RecoveryCase, by event: SealedEvent, _ tx: any Connection
    ) throws {
        // Who took it knows of it.
        if event.actor != .member(owner.number) {
            plan(.caseAssigned, about: recovery, occasion: Int64(event.position), for: .member(owner))
        }
        let calendar = try calendar ?? BusinessCalendar.find(account: Account.ID(account), in: tx)
        self.calendar = calendar
        let start = recovery.round == 1 ? recovery.openedAt : event.happenedAt
        let moment = Notice.remindAt(from: start, due: recovery.dueAt, calendar: calendar, now: now)
        guard let moment else { return }
        plan(.caseDueSoon, about: recovery, for: .member(owner), at: moment)
    }

    private mutating func plan(
        _ kind: Notice.Kind, about recovery: RecoveryCase, occasion: Int64? = nil,
        for recipient: Notice.Recipient, at moment: Timestamp? = nil
    ) {
        notices.append(
            Notice(
                id: world.id(), account: account, kind: kind, matter: .recovery(recovery.id),
                occasion: occasion ?? Int64(recovery.round), recipient: recipient.number,
                sendAt: moment ?? now))
    }

    private mutating func isSample(_ survey: Survey.ID, _ tx: any Connection) throws -> Bool {
        if let known = samples[survey] { return known }
        let isSample = try Survey.find(survey, account: account, in: tx).isSample
        samples[survey] = isSample
        return isSample
    }
}
