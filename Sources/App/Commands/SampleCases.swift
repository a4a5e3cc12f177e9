import Accounts
import Database
import FollowUp
import Kernel
import Language
import Ledger
import Surveys

/// Moves the cases that the rules opened for a sample on, by the steps that people take and at the times at
/// which they would, so that every stage is seen: of those in time some are being worked on; of those whose
/// time has passed most have ended, a few are overdue, and the managers or the owner have heard of them.
struct SampleCases: Sendable {
    private let account: Account
    private let world: World
    private let links: VerdictLink
    private let words: Messages

    init(_ account: Account, _ installation: Installation) {
        self.account = account
        world = installation.world
        links = VerdictLink(secret: installation.secret)
        words = Messages.of(account.language)
    }

    func move(in database: any Database) async throws {
        let account = account.id.number, now = world.now()
        try await database.write { tx in
            let calendar = try BusinessCalendar.find(account: self.account.id, in: tx)
            let surveys = try Survey.list(account: account, limit: 200, in: tx).filter(\.isSample).map(\.id)
            var filter = RecoveryCase.Filter()
            filter.stages = [.open]
            // The newest first.
            let cases = try RecoveryCase.list(
                filter, account: account, before: nil, limit: 200, at: now, in: tx
            ).filter { surveys.contains($0.survey) }
            let late = cases.filter { $0.dueAt <= now }, inTime = cases.filter { $0.dueAt > now }
            for (turn, recovery) in inTime.enumerated() {
                try take(inTimeSteps(turn), recovery, calendar, in: tx)
            }
            for (turn, recovery) in late.enumerated() {
                try take(lateSteps(turn), recovery, calendar, in: tx)
            }
            try escalate(late, calendar, in: tx)
        }
    }

    /// A step and after how many business hours it is taken; without a number now.
    private typealias Move = (hours: Int?, step: CaseWork.Step)

    private func take(
        _ moves: [Move], _ recovery: RecoveryCase, _ calendar: BusinessCalendar, in tx: any Connection
    ) throws {
        for move in moves {
            let at = move.hours.map { calendar.due(after: recovery.openedAt, businessHours: $0) }
            _ = try CaseWork(world: world.at(at), links: links)
                .take(move.step, recovery.id, account: recovery.account, by: .system, in: tx)
        }
    }

    /// As the job would have told of them, had it run all the while.
    private func escalate(
        _ late: [RecoveryCase], _ calendar: BusinessCalendar, in tx: any Connection
    ) throws {
        let oneDay = RecoveryCase.businessHoursToOwner
        let moments = late.flatMap { [$0.dueAt, calendar.due(after: $0.dueAt, businessHours: oneDay)] }
            .map { $0 + .seconds(60) }
        for moment in moments.sorted() where moment <= world.now() {
            try RecoveryCaseJobs.tellOfLate(account: account.id.number, world: world.at(moment), in: tx)
        }
    }

    private func inTimeSteps(_ turn: Int) -> [Move] {
        switch turn % 4 {
        case 1: [(1, missed), (2, reached)]
        case 3: [(1, reached), (3, resolved)]
        default: []
        }
    }

    private func lateSteps(_ turn: Int) -> [Move] {
        if turn == 0 || turn % 9 == 5 { return [] }
        if turn == 1 { return [(3, missed), (6, reached)] }
        let atEnd: [Move] = [(2, reached), (7, resolved)]
        switch turn % 6 {
        case 3: return atEnd
        case 4: return [(10, .close(Closure(reason: words("sample.case.reason"), note: nil)))]
        case 5: return atEnd + [(nil, .report(.stillUnhappy, note: nil))]
        default: return atEnd + [(12, .report(.satisfied, note: nil))]
        }
    }

    private var missed: CaseWork.Step {
        .contact(CaseContact(channel: .phone, outcome: .noAnswer, note: nil))
    }
    private var reached: CaseWork.Step {
        .contact(CaseContact(channel: .phone, outcome: .reached, note: words("sample.case.note")))
    }
    private var resolved: CaseWork.Step {
        .resolve(
            Resolution(cause: words("sample.case.cause"), remedy: words("sample.case.remedy"), note: nil))
    }
}

extension World {
    /// The same world at that time, which never lies ahead.
    fileprivate func at(_ moment: Timestamp?) -> World {
        guard let moment = moment.map({ min($0, now()) }) else { return self }
        var world = self
        world.now = { moment }
        return world
    }
}
