package import Database
package import Kernel
package import Ledger

/// Counts what customers chose and did not send within a day.
package enum ProvisionalScoreJobs {
    package static let settle = JobKind("provisional.settle")
    package static let schedule = Schedule(settle, every: .seconds(300))
    private static let batch = 200

    package static func settler(database: any Database, world: World) -> JobHandler {
        JobHandler(settle) { _ in
            var seen = 0
            repeat {
                let due = try await database.read { tx in
                    try ProvisionalScore.due(at: world.now(), limit: batch, in: tx)
                }
                for score in due {
                    try await database.write { tx in try score.settle(world: world, in: tx) }
                }
                seen = due.count
            } while seen == batch
            return .done
        }
    }
}
