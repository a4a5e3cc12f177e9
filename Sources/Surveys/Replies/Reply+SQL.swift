package import Customers
package import Database
import Kernel

extension Reply {
    private static let columns: SQL = """
        id, account_id, customer_id, invitation_id, survey_id, response_id, sender, subject, said, original,
        is_proven, follow_up, received_at
        """

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        customer = try row.id("customer_id")
        invitation = try row.optionalID("invitation_id")
        survey = try row.optionalID("survey_id")
        response = try row.optionalID("response_id")
        sender = try row.optionalText("sender")
        subject = try row.text("subject")
        said = try row.text("said")
        original = try row.text("original")
        isProven = try row.bool("is_proven")
        followUp = try row.bool("follow_up")
        receivedAt = try row.timestamp("received_at")
    }

    func insert(in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO replies (\(Self.columns))
            VALUES (\(id), \(account), \(customer), \(invitation), \(survey), \(response), \(sender),
              \(subject), \(said), \(original), \(isProven), \(followUp), \(receivedAt))
            """)
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> Reply {
        guard let reply = try find([id], account: account, in: tx).first else { throw DomainError.notFound }
        return reply
    }

    /// Those that the account has, the oldest first. At most 1,000 are asked for.
    package static func find(_ ids: [ID], account: Int64, in tx: any Connection) throws -> [Reply] {
        if ids.isEmpty { return [] }
        return try tx.run(
            """
            SELECT \(columns) FROM replies WHERE account_id = \(account) AND id IN \(list: ids)
            ORDER BY id LIMIT 1000
            """
        ).map(Reply.init)
    }

    /// To the letter that was answered by that response, whether it came before or after, the oldest first.
    static func besides(_ response: SurveyResponse, in tx: any Connection) throws -> [Reply] {
        guard let customer = response.customer else { return [] }
        return try tx.run(
            """
            SELECT \(columns) FROM replies
            WHERE account_id = \(response.account) AND customer_id = \(customer) AND invitation_id IN (
              SELECT id FROM invitations
              WHERE account_id = \(response.account) AND customer_id = \(customer)
                AND response_id = \(response.id))
            ORDER BY id LIMIT 100
            """
        ).map(Reply.init)
    }

    /// All of it is the person's.
    package static func forget(customer: Customer.ID, account: Int64, in tx: any Connection) throws {
        try tx.run("DELETE FROM replies WHERE account_id = \(account) AND customer_id = \(customer)")
    }
}
