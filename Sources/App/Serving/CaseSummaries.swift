import Customers
import Database
import FollowUp
import Insight
import Kernel

/// What `FollowUp` tells the overview, which may not look there itself.
enum CaseSummaries {
    private static let shown = 5

    @Sendable static func look(account: Int64, at now: Timestamp, in tx: any Connection) throws -> CaseSummary
    {
        let (byStage, overdue) = try RecoveryCase.counts(of: nil, account: account, at: now, in: tx)
        var filter = RecoveryCase.Filter()
        filter.stages = [.open, .contacted]
        let next = try RecoveryCase.byDue(filter, account: account, limit: shown, at: now, in: tx)
        let people = try Customer.find(next.compactMap(\.customer), account: account, in: tx)
        let names = Dictionary(people.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        return CaseSummary(
            open: [RecoveryCase.Stage.open, .contacted, .resolved].reduce(0) { $0 + (byStage[$1] ?? 0) },
            overdue: overdue,
            next: next.map { recovery in
                CaseSummary.Waiting(
                    id: recovery.id.description, name: recovery.customer.flatMap { names[$0] ?? nil },
                    dueAt: recovery.dueAt)
            })
    }
}
