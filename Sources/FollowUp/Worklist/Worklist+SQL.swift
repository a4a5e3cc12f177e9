import Accounts
import Customers
import Database
import Kernel
import Surveys

/// Cases in the order in which they should be worked on, with what a line of the list says of each.
struct Worklist: Sendable {
    static let pageSize = 50

    struct Line: Sendable {
        let recovery: RecoveryCase
        let response: SurveyResponse?
        let reply: Reply?
        /// The customer's name, else the account's own key for them.
        let customer: String?
        let owner: String?
    }
    let lines: [Line]
    let hasMore: Bool
    let counts: [RecoveryCase.Stage: Int]
    let overdue: Int
    let zone: Zone

    static func find(
        _ filter: RecoveryCase.Filter, account: Int64, page: Int, at now: Timestamp, in tx: any Connection
    ) throws -> Worklist {
        let found = try RecoveryCase.byDue(
            filter, account: account, offset: (page - 1) * pageSize, limit: pageSize + 1, at: now, in: tx)
        let cases = Array(found.prefix(pageSize))
        let responses = try SurveyResponse.find(
            cases.compactMap(\.response), account: account, in: tx)
        let replies = try Reply.find(cases.compactMap(\.reply), account: account, in: tx)
        let names = try customerNames(cases.compactMap(\.customer), account: account, in: tx)
        let people = try CasePerson.all(account: account, in: tx)
        let counts = try RecoveryCase.counts(of: filter.owner, account: account, at: now, in: tx)
        return Worklist(
            lines: cases.map { recovery in
                Line(
                    recovery: recovery, response: responses.first { $0.id == recovery.response },
                    reply: replies.first { $0.id == recovery.reply },
                    customer: recovery.customer.flatMap { names[$0] },
                    owner: people.first { $0.id == recovery.owner }?.name)
            },
            hasMore: found.count > pageSize, counts: counts.byStage, overdue: counts.overdue,
            zone: try Account.find(Account.ID(account), in: tx).zone)
    }

    private static func customerNames(
        _ ids: [Customer.ID], account: Int64, in tx: any Connection
    ) throws -> [Customer.ID: String] {
        guard !ids.isEmpty else { return [:] }
        return try tx.run(
            """
            SELECT id, name, external_id FROM customers WHERE account_id = \(account) AND id IN \(list: ids)
            LIMIT \(ids.count)
            """
        ).reduce(into: [:]) { names, row in
            names[try row.id("id")] = try row.optionalText("name") ?? row.optionalText("external_id")
        }
    }
}
