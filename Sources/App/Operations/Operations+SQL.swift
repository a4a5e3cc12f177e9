import Database
import Kernel
import Ledger
import Surveys

extension Operations {
    /// `about` is the noun that events are about, `case` say; `before` the position where the page before
    /// ended.
    static func look(
        account: Int64, about noun: String?, before: Int?, at now: Timestamp, in tx: any Connection
    ) throws -> Operations {
        func jobs(_ state: Job.State, of account: Int64) throws -> [Job] {
            try Job.list(state, account: account, limit: mostJobs, in: tx)
        }
        let events = try SealedEvent.audit(
            account: account, prefixes: noun.map { ["\($0)."] } ?? [], before: before,
            limit: eventsOnAPage + 1, in: tx)
        return Operations(
            queue: try JobQueue.look(account: account, at: now, in: tx),
            failed: try jobs(.failed, of: account) + jobs(.failed, of: Job.everyAccount),
            waiting: try jobs(.running, of: account) + jobs(.waiting, of: account),
            standings: try Consumer.Standing.all(account: account, in: tx),
            oldestUnsealed: try Ledger.oldestUnsealed(in: tx), alarm: try RelayAlarm.find(in: tx),
            mail: try MailHealth.look(account: account, at: now, in: tx),
            sizeBytes: try Vitals.sizeBytes(in: tx),
            events: events, names: try ActorNames.of(events.map(\.actor), account: account, in: tx))
    }
}

extension ActorNames {
    static func of(_ actors: [Actor], account: Int64, in tx: any Connection) throws -> ActorNames {
        var (members, tokens): (Set<Int64>, Set<Int64>) = ([], [])
        for actor in actors {
            if case .member(let id) = actor { members.insert(id) }
            if case .token(let id) = actor { tokens.insert(id) }
        }
        var names = ActorNames()
        if !members.isEmpty {
            for row in try tx.run(
                """
                SELECT m.id, m.name FROM members m JOIN memberships s ON s.member_id = m.id
                WHERE s.account_id = \(account) AND m.id IN \(list: members.sorted()) LIMIT 1000
                """)
            { names.members[try row.int64("id")] = try row.text("name") }
        }
        if !tokens.isEmpty {
            for row in try tx.run(
                """
                SELECT id, name FROM api_tokens
                WHERE account_id = \(account) AND id IN \(list: tokens.sorted()) LIMIT 1000
                """)
            { names.tokens[try row.int64("id")] = try row.text("name") }
        }
        return names
    }
}
