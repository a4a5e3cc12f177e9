import Customers
import Database
import FollowUp
import Insight
import Ledger
import Surveys

/// Who listens to what: the one table of consumers, jobs and schedules.
enum Subscriptions {
    static func consumers(_ installation: Installation) -> [Consumer] {
        [
            ResponseSearch.consumer, ScoreDays.consumer, RecoveryCaseJobs.opener(world: installation.world),
            ErasureLogJobs.consumer(world: installation.world),
        ]
    }
    static func handlers(_ installation: Installation) -> [JobHandler] {
        [
            RecoveryCaseJobs.escalator(database: installation.database, world: installation.world),
            ErasureLogJobs.writer(installation.settings.erasureLog),
        ]
    }
    static func schedules(_ installation: Installation) -> [Schedule] { [RecoveryCaseJobs.schedule] }

    /// Who forgets what of a person that is erased. The counts go first, while the answers are still theirs.
    static func erasure(secret: [UInt8]) -> Erasure {
        Erasure(secret: secret, others: [ScoreDays.forget, SurveyResponse.forget, RecoveryCase.forget])
    }

    /// Compares what one account's counts say with its raw rows, on one snapshot: each difference in words.
    typealias Recount = @Sendable (_ account: Int64, any Connection) throws -> [String]
    static let recounts: [Recount] = [ScoreDays.differences(account:in:)]
}
