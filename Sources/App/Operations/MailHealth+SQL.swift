import Database
import Kernel
import Surveys

extension MailHealth {
    static func look(account: Int64, at now: Timestamp, in tx: any Connection) throws -> MailHealth {
        MailHealth(
            counts: try MailCounts.since(now - span, account: account, in: tx),
            queue: try MailQueue.look(account: account, since: now - span, at: now, in: tx),
            poll: try MailboxPoll.last(in: tx))
    }
}
