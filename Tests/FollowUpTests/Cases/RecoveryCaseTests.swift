import HTTPTypes
import Formats
import Accounts
import Kernel
import Testing

@testable import FollowUp

private let noon = Timestamp(milliseconds: 1_795_435_200_000)
private let calendar = BusinessCalendar.usual(in: .utc)

extension RecoveryCase {
    fileprivate static func example(_ stage: Stage, customer: Bool = true) -> RecoveryCase {
        RecoveryCase(
            id: ID(7), account: 1, response: .init(8), rule: lowestBandRule, survey: .init(9),
            customer: customer ? .init(10) : nil, stage: stage, owner: .init(11), queue: nil,
            dueAt: calendar.due(after: noon, businessHours: businessHoursToRecover), openedAt: noon, round: 1,
            escalation: .none)
    }
}

/// What people may do with a case.
private enum Move: String, CaseIterable {
    case reached, missed, resolve, satisfied, stillUnhappy, close, assign

    func make(on recovery: inout RecoveryCase, at now: Timestamp) throws {
        switch self {
        case .reached: try recovery.note(CaseContact(channel: .phone, outcome: .reached, note: nil))
        case .missed: try recovery.note(CaseContact(channel: .sms, outcome: .noAnswer, note: nil))
        case .resolve:
            try recovery.resolve(Resolution(cause: "late van", remedy: "new kettle", note: nil), at: now)
        case .satisfied: try recovery.hear(.satisfied, calendar: calendar, at: now)
        case .stillUnhappy: try recovery.hear(.stillUnhappy, calendar: calendar, at: now)
        case .close: try recovery.close(Closure(reason: "moved away", note: nil), at: now)
        case .assign: try recovery.assign(to: .init(12))
        }
    }

    /// The stage after it, or the code of the refusal.
    func outcome(at stage: RecoveryCase.Stage) -> String {
        switch (self, stage) {
        case (.reached, .open): "contacted"
        case (.resolve, .contacted): "resolved"
        case (.resolve, .open): "case-not-contacted"
        case (.resolve, _): "case-not-open-for-work"
        case (.satisfied, .resolved): "verified"
        case (.stillUnhappy, .resolved): "open"
        case (.satisfied, _), (.stillUnhappy, _): "case-not-awaiting-verdict"
        case (_, .verified), (_, .closed): "case-ended"
        case (.close, _): "closed"
        default: stage.rawValue
        }
    }
}

@Suite struct `A recovery case` {
    @Test(arguments: RecoveryCase.Stage.allCases)
    func `takes each step in order and refuses the others by name`(stage: RecoveryCase.Stage) {
        for move in Move.allCases {
            var recovery = RecoveryCase.example(stage)
            let before = recovery
            do {
                try move.make(on: &recovery, at: noon)
                #expect(recovery.stage.rawValue == move.outcome(at: stage), "\(move) at \(stage)")
            } catch let error as DomainError {
                #expect(error.code == move.outcome(at: stage), "\(move) at \(stage)")
                #expect(error.kind == .conflict)
                #expect(recovery == before, "a refused step changes nothing")
            } catch {
                Issue.record(error)
            }
        }
    }

    @Test func `is due after sixteen business hours`() {
        #expect(RecoveryCase.example(.open).dueAt.rfc3339 == "2026-11-25T12:00:00Z")
    }

    @Test func `opens again with a new due time and a new round`() throws {
        var recovery = RecoveryCase.example(.resolved)
        recovery.escalation = .owner
        let friday = noon + .seconds(4 * 86_400)
        try recovery.hear(.stillUnhappy, calendar: calendar, at: friday)
        #expect(recovery.round == 2)
        #expect(recovery.escalation == .none)
        #expect(recovery.dueAt.rfc3339 == "2026-12-01T12:00:00Z")
        #expect(recovery.endedAt == nil)
    }

    @Test(arguments: RecoveryCase.Stage.allCases)
    func `is overdue only while it waits for us`(stage: RecoveryCase.Stage) {
        let late = noon + .seconds(30 * 86_400)
        let recovery = RecoveryCase.example(stage)
        #expect(recovery.isOverdue(at: late) == (stage == .open || stage == .contacted))
        #expect(!recovery.isOverdue(at: recovery.dueAt))
    }

    @Test func `escalates to the managers and a business day later to the owner`() {
        var recovery = RecoveryCase.example(.contacted)
        let due = recovery.dueAt
        #expect(recovery.nextEscalation(calendar: calendar, at: due) == nil)
        #expect(recovery.nextEscalation(calendar: calendar, at: due + .seconds(1)) == .managers)
        recovery.escalation = .managers
        #expect(recovery.nextEscalation(calendar: calendar, at: due + .seconds(3600)) == nil)
        #expect(recovery.nextEscalation(calendar: calendar, at: due + .seconds(86_400)) == .owner)
        recovery.escalation = .owner
        #expect(recovery.nextEscalation(calendar: calendar, at: due + .seconds(9 * 86_400)) == nil)
    }
}

@Suite struct `A verdict's link` {
    private let links = VerdictLink(secret: [1, 2, 3])

    @Test func `is there once a case is resolved and somebody is known who can judge`() {
        for stage in RecoveryCase.Stage.allCases {
            #expect((links.path(of: .example(stage)) != nil) == (stage == .resolved))
            #expect(links.path(of: .example(stage, customer: false)) == nil)
        }
    }

    @Test func `differs by case and by secret, and stays the same`() {
        let token = links.token(of: .init(7))
        #expect(token == links.token(of: .init(7)))
        #expect(token != links.token(of: .init(8)))
        #expect(token != VerdictLink(secret: [1, 2, 4]).token(of: .init(7)))
        #expect(token.utf8.count == 32)
    }
}
