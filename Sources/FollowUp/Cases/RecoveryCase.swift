package import Accounts
package import Customers
package import Kernel
package import Surveys

/// A promise to one unhappy customer. It is kept only when that customer says so.
package struct RecoveryCase: Noun, Equatable, Sendable {
    package static let idPrefix = "cas"
    package typealias ID = Identifier<RecoveryCase>

    /// open → contacted → resolved → verified, or closed with a reason. A customer who is still unhappy
    /// sends it back
    /// to open.
    package enum Stage: String, Sendable, CaseIterable { case open, contacted, resolved, verified, closed }
    package enum Verdict: String, Sendable, CaseIterable { case satisfied, stillUnhappy = "still_unhappy" }
    /// How late it is and who has been told.
    package enum Escalation: Int, Sendable { case none = 0, managers, owner }

    /// The rule of this product: the lowest band of any metric opens a case.
    package static let lowestBandRule = "lowest-band"
    /// And so does what a customer writes back to a letter, unless somebody works on a case of theirs.
    package static let replyRule = "reply"
    package static let businessHoursToRecover = 16
    package static let businessHoursToOwner = 8

    package let id: ID
    package let account: Int64
    /// What opened it: an answer, or else a reply.
    package let response: SurveyResponse.ID?
    package var reply: Reply.ID?
    package let rule: String
    package let survey: Survey.ID
    /// `nil`: nobody to call, and the case says so.
    package let customer: Customer.ID?
    package var stage: Stage
    package var owner: Member.ID?
    package var queue: String?
    package var dueAt: Timestamp
    package let openedAt: Timestamp
    /// 1, and one more each time that the customer was still unhappy.
    package var round: Int
    package var escalation: Escalation
    package var cause: String?
    package var remedy: String?
    package var resolutionNote: String?
    package var resolvedAt: Timestamp?
    package var closureReason: String?
    package var closureNote: String?
    package var endedAt: Timestamp?
    var verdictTokenHash: String?

    package var isEnded: Bool { stage == .verified || stage == .closed }

    /// Due, and nothing that the customer could judge has been done. A resolved case waits for the customer.
    package func isOverdue(at now: Timestamp) -> Bool {
        (stage == .open || stage == .contacted) && dueAt < now
    }

    /// One try to reach the customer. Only having reached them moves the case on.
    mutating func note(_ contact: CaseContact) throws(DomainError) {
        guard !isEnded else { throw .caseEnded(stage) }
        if contact.outcome == .reached, stage == .open { stage = .contacted }
    }

    mutating func resolve(_ resolution: Resolution, at now: Timestamp) throws(DomainError) {
        guard stage == .contacted else {
            throw stage == .open ? .caseNotContacted : .caseNotOpenForWork(stage)
        }
        stage = .resolved
        (cause, remedy, resolutionNote) = (resolution.cause, resolution.remedy, resolution.note)
        resolvedAt = now
    }

    /// The customer's own word, never the agent's, closes the loop.
    mutating func hear(_ verdict: Verdict, calendar: BusinessCalendar, at now: Timestamp) throws(DomainError)
    {
        guard stage == .resolved else { throw .caseNotAwaitingVerdict(stage) }
        switch verdict {
        case .satisfied:
            stage = .verified
            endedAt = now
        case .stillUnhappy:
            stage = .open
            dueAt = calendar.due(after: now, businessHours: Self.businessHoursToRecover)
            round += 1
            escalation = .none
            resolvedAt = nil
        }
    }

    /// Without the customer's word a case ends only with a stated reason.
    mutating func close(_ closure: Closure, at now: Timestamp) throws(DomainError) {
        guard !isEnded else { throw .caseEnded(stage) }
        stage = .closed
        (closureReason, closureNote) = (closure.reason, closure.note)
        endedAt = now
    }

    mutating func assign(to member: Member.ID) throws(DomainError) {
        guard !isEnded else { throw .caseEnded(stage) }
        owner = member
        queue = nil
    }

    /// Overdue: once to the managers, one business day later to the owner of the account. `nil` when nobody
    /// is to hear.
    func nextEscalation(calendar: BusinessCalendar, at now: Timestamp) -> Escalation? {
        guard isOverdue(at: now) else { return nil }
        switch escalation {
        case .none: return .managers
        case .managers:
            return calendar.due(after: dueAt, businessHours: Self.businessHoursToOwner) <= now ? .owner : nil
        case .owner: return nil
        }
    }
}

/// What was done about it, in words that join the account's lists.
package struct Resolution: Equatable, Sendable {
    package let cause: String
    package let remedy: String
    package let note: String?

    package init(cause: String, remedy: String, note: String?) {
        self.cause = cause
        self.remedy = remedy
        self.note = note
    }
}

/// Why a case ends without the customer's word.
package struct Closure: Equatable, Sendable {
    package let reason: String
    package let note: String?

    package init(reason: String, note: String?) {
        self.reason = reason
        self.note = note
    }
}

/// One try to reach the customer.
package struct CaseContact: Noun, Equatable, Sendable {
    package static let idPrefix = "con"

    package enum Way: String, Sendable, CaseIterable { case phone, email, sms, chat, inPerson = "in_person" }
    package enum Outcome: String, Sendable, CaseIterable {
        case reached, noAnswer = "no_answer", leftMessage = "left_message", wrongContact = "wrong_contact"
    }

    package let channel: Way
    package let outcome: Outcome
    package let note: String?

    package init(channel: Way, outcome: Outcome, note: String?) {
        self.channel = channel
        self.outcome = outcome
        self.note = note
    }
}

extension DomainError {
    static func caseEnded(_ stage: RecoveryCase.Stage) -> DomainError {
        DomainError(.conflict, "case-ended", ["stage": stage.rawValue])
    }
    static let caseNotContacted = DomainError(.conflict, "case-not-contacted")
    static func caseNotOpenForWork(_ stage: RecoveryCase.Stage) -> DomainError {
        DomainError(.conflict, "case-not-open-for-work", ["stage": stage.rawValue])
    }
    static func caseNotAwaitingVerdict(_ stage: RecoveryCase.Stage) -> DomainError {
        DomainError(.conflict, "case-not-awaiting-verdict", ["stage": stage.rawValue])
    }
}
