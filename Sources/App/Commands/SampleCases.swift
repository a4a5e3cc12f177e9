import Accounts
import Database
import FollowUp
import Kernel
import Language
import Ledger
import Surveys

/// Moves the cases that the rules opened for a sample on, by the steps that people take, so that every stage
/// is seen: of ten cases three stay open, two are contacted, two wait for the customer's verdict, one is
/// verified, one is open again and one is closed.
struct SampleCases: Sendable {
    private let account: Account
    private let work: CaseWork
    private let words: Messages

    init(_ account: Account, _ installation: Installation) {
        self.account = account
        work = CaseWork(world: installation.world, links: VerdictLink(secret: installation.secret))
        words = Messages.of(account.language)
    }

    func move(in database: any Database) async throws {
        let account = account.id.number, now = work.world.now()
        try await database.write { tx in
            let surveys = try Survey.list(account: account, limit: 200, in: tx).filter(\.isSample).map(\.id)
            var filter = RecoveryCase.Filter()
            filter.stages = [.open]
            let cases = try RecoveryCase.list(
                filter, account: account, before: nil, limit: 200, at: now, in: tx
            ).filter { surveys.contains($0.survey) }
            for (index, recovery) in cases.enumerated() {
                for step in steps(for: index % 10) {
                    _ = try work.take(step, recovery.id, account: account, by: .system, in: tx)
                }
            }
        }
    }

    private func steps(for turn: Int) -> [CaseWork.Step] {
        let reached = CaseWork.Step.contact(
            CaseContact(channel: .phone, outcome: .reached, note: words("sample.case.note")))
        let resolved = CaseWork.Step.resolve(
            Resolution(cause: words("sample.case.cause"), remedy: words("sample.case.remedy"), note: nil))
        switch turn {
        case 1: return [.contact(CaseContact(channel: .phone, outcome: .noAnswer, note: nil)), reached]
        case 3: return [reached]
        case 4, 6: return [reached, resolved]
        case 7: return [reached, resolved, .report(.satisfied, note: nil)]
        case 8: return [reached, resolved, .report(.stillUnhappy, note: nil)]
        case 9: return [.close(Closure(reason: words("sample.case.reason"), note: nil))]
        default: return []
        }
    }
}
