package import Accounts
package import Customers
package import FollowUp
package import Kernel

/// A mail that is no invitation: it tells one member, or one customer, of one case, or of a webhook. The row
/// names whom and what, and holds nobody's words and no address: the mail is written when it leaves.
package struct Notice: Noun, Equatable, Sendable {
    package static let idPrefix = "ntc"
    package typealias ID = Identifier<Notice>

    /// The raw value is stored.
    package enum Kind: String, Sendable, CaseIterable {
        /// A case has opened for a member, or was given to them.
        case caseAssigned = "case_assigned"
        /// Three quarters of the time have gone.
        case caseDueSoon = "case_due_soon"
        /// A case is late; for those who lead.
        case caseOverdue = "case_overdue"
        /// The customer is asked whether it was put right.
        case verdictAsked = "verdict_asked"
        /// A webhook gets nothing any more; for the owners.
        case webhookDisabled = "webhook_disabled"

        /// Those of cases that go to members, and which a member may do without.
        package static let ofMembers: [Kind] = [.caseAssigned, .caseDueSoon, .caseOverdue]
    }

    /// planned → sending → sent, failed or uncertain; planned → withdrawn when it has become pointless.
    package enum State: String, Sendable, CaseIterable {
        case planned, sending, sent, failed, uncertain, withdrawn
    }

    /// What it tells of.
    package enum Matter: Equatable, Sendable {
        case recovery(RecoveryCase.ID)
        case webhook(Webhook.ID)
    }

    /// Who reads it.
    package enum Recipient: Equatable, Sendable {
        case member(Member.ID)
        case customer(Customer.ID)

        var number: Int64 {
            switch self {
            case .member(let id): id.number
            case .customer(let id): id.number
            }
        }
    }

    package let id: ID
    let account: Int64
    package let kind: Kind
    package let matter: Matter
    /// Sets two of a kind about one thing apart: the position of the event that it follows from, or the round
    /// of the case.
    let occasion: Int64
    /// Of a member or of a customer, as the kind says; 0 once that person was erased.
    let recipient: Int64
    let sendAt: Timestamp

    /// After this much of the time between its opening and its due time a case that waits is told of again.
    static let remindingShare = 0.75
    /// What nobody could send for so long is no news any more.
    static let newsworthy = Duration.seconds(3 * 86_400)
    /// Events older than this are history when they are heard: of a new consumer, or a restored backup.
    static let history = Duration.seconds(86_400)

    /// Mails about cases that one member gets one by one, and how many there are after those; the rest is
    /// told together.
    static let mailAllowance = (burst: 20.0, perSecond: 1.0 / 60)
    /// Of those told together.
    static let mostNamed = 10

    var expiresAt: Timestamp { sendAt + Self.newsworthy }

    /// When to remind, in the hours in which the company works; `nil` where that has passed.
    static func remindAt(
        from start: Timestamp, due: Timestamp, calendar: BusinessCalendar, now: Timestamp
    ) -> Timestamp? {
        let time = calendar.businessTime(from: start, to: due)
        let moment = calendar.due(after: start, businessTime: time * remindingShare)
        return moment > now && moment < due ? moment : nil
    }
}

extension Notice {
    /// Why it is pointless by now; `nil` while it is not.
    func pointless(at now: Timestamp) -> String? {
        recipient == 0 ? "erased" : now >= expiresAt ? "expired" : nil
    }

    /// The same of one about a webhook, `nil` for one that was removed.
    func pointless(_ webhook: Webhook?) -> String? { webhook?.state == .disabled ? nil : "done" }

    /// The same of one about a case.
    func pointless(_ recovery: RecoveryCase, at now: Timestamp) -> String? {
        let isOwners = recovery.owner?.number == recipient
        let isPromised = recovery.stage == .open || recovery.stage == .contacted
        switch kind {
        case .caseAssigned: return isOwners && !recovery.isEnded ? nil : "not_theirs"
        case .caseDueSoon:
            guard isPromised, recovery.dueAt > now, recovery.round == Int(occasion) else { return "done" }
            return isOwners ? nil : "not_theirs"
        case .caseOverdue: return recovery.isOverdue(at: now) ? nil : "done"
        case .verdictAsked:
            guard recovery.stage == .resolved, recovery.round == Int(occasion) else { return "done" }
            return recovery.customer?.number == recipient ? nil : "erased"
        case .webhookDisabled: return "done"
        }
    }
}
