import Alerts
import Customers
import Database
import FollowUp
import Insight
import Kernel
import Ledger
import Surveys

/// Who listens to what: the one table of consumers, jobs and schedules.
enum Subscriptions {
    static func consumers(_ installation: Installation) -> [Consumer] {
        [
            ResponseSearch.consumer, ScoreDays.consumer, RecoveryCaseJobs.opener(world: installation.world),
            ErasureLogJobs.consumer(world: installation.world),
            NoticeJobs.planner(world: installation.world),
            AlertRuleJobs.planner(world: installation.world),
            WebhookJobs.consumer(world: installation.world),
            AskRuleJobs.asker(world: installation.world, secret: installation.secret),
        ]
    }
    static func handlers(_ installation: Installation) -> [JobHandler] {
        [
            RecoveryCaseJobs.escalator(database: installation.database, world: installation.world),
            ErasureLogJobs.writer(installation.settings.erasureLog),
            ProvisionalScoreJobs.settler(database: installation.database, world: installation.world),
            WebhookJobs.forgetter(database: installation.database, world: installation.world),
            AskRuleJobs.turner(
                database: installation.database, world: installation.world, secret: installation.secret),
        ]
    }
    static func schedules(_ installation: Installation) -> [Schedule] {
        [
            RecoveryCaseJobs.schedule, ProvisionalScoreJobs.schedule, WebhookJobs.schedule,
            AskRuleJobs.schedule,
        ]
    }

    /// Who forgets what of a person that is erased. The counts go first, while the answers are still theirs,
    /// and what they opened while the invitations are.
    static func erasure(secret: [UInt8], world: World) -> Erasure {
        let invitations: Forgetting = { customer, account, tx in
            try Invitation.forget(customer: customer, account: account, world: world, in: tx)
        }
        return Erasure(
            secret: secret,
            others: [
                ScoreDays.forget, InvitationIntent.forget, ResponseTag.forget, SavedView.forget,
                SurveyResponse.forget, RecoveryCase.forget, MailboxMessage.forget, Notice.forget,
                Reply.forget, ReceivedMail.forget, Exclusion.forget, invitations,
            ])
    }

    /// Compares what one account's counts say with its raw rows, on one snapshot: each difference in words.
    typealias Recount = @Sendable (_ account: Int64, any Connection) throws -> [String]
    static let recounts: [Recount] = [ScoreDays.differences(account:in:)]
}
