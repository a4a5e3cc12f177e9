import Accounts
import Database
import Kernel
import Surveys

extension ScoreBeside {
    /// Of the days of a question and its surveys; how it cuts their answers is passed over.
    init(_ query: ScoreQuery, in tx: any Connection) throws {
        try self.init(
            of: query.surveys, account: query.account, from: query.from.map { query.zone.start(of: $0) },
            to: query.to.map { query.zone.start(of: $0) }, in: tx)
    }

    init(
        of surveys: [Survey.ID], account: Int64, from: Timestamp?, to: Timestamp?, in tx: any Connection
    ) throws {
        let (delivered, answered) = try Invitation.response(
            to: surveys, account: account, from: from, to: to, in: tx)
        response = Share(count: answered, of: delivered)
        provisional = try ProvisionalScore.count(
            of: surveys, account: account, from: from, to: to, in: tx)
        visits = try InvitationIntent.opened(of: surveys, account: account, from: from, to: to, in: tx)
    }
}
