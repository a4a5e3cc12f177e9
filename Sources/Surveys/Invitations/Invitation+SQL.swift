package import Database
import Formats
package import Kernel

extension Invitation {
    static let columns: SQL = """
        id, account_id, wave_id, survey_id, customer_id, channel, language, touchpoint, agent, style, state,
        send_at, settled_at, response_id, expires_at, reminder, reminder_of, reminders, send_window
        """

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        wave = try row.int64("wave_id")
        survey = try row.id("survey_id")
        customer = try row.optionalID("customer_id")
        channel = try row.value("channel")
        language = try row.optionalText("language")
        touchpoint = try row.optionalText("touchpoint")
        agent = try row.optionalText("agent")
        style = try row.optionalValue("style")
        state = try row.value("state")
        sendAt = try row.timestamp("send_at")
        settledAt = try row.optionalTimestamp("settled_at")
        response = try row.optionalID("response_id")
        expiresAt = try row.timestamp("expires_at")
        reminder = try row.int("reminder")
        reminderOf = try row.optionalID("reminder_of")
        reminders =
            try row.optionalText("reminders").map { text in
                text.split(separator: " ").compactMap { CalendarSpan(String($0)) }
            } ?? []
        window = try row.optionalText("send_window").flatMap { SendWindow($0) }
    }

    /// Of the first letters of some surveys that arrived in a span of time, how many there were and how many
    /// were answered. `from` is included, `to` is not.
    package static func response(
        to surveys: [Survey.ID], account: Int64, from: Timestamp? = nil, to: Timestamp? = nil,
        in tx: any Connection
    ) throws -> (delivered: Int, answered: Int) {
        if surveys.isEmpty { return (0, 0) }
        let (begin, end) = (from?.milliseconds ?? 0, to?.milliseconds ?? .max)
        let row = try tx.run(
            """
            SELECT COUNT(*) AS delivered, COUNT(response_id) AS answered FROM invitations
            WHERE account_id = \(account) AND survey_id IN \(list: surveys) AND state = 'sent'
              AND reminder = 0 AND settled_at >= \(begin) AND settled_at < \(end)
            """)[0]
        return (try row.int("delivered"), try row.int("answered"))
    }

    /// Throws `DomainError.notFound` for a token that no invitation has.
    package static func find(token: String, _ links: InvitationLink, in tx: any Connection) throws
        -> Invitation
    {
        let hash = links.hash(of: token)
        let rows = try tx.run("SELECT \(columns) FROM invitations WHERE token_hash = \(hash) LIMIT 1")
        guard let row = rows.first else { throw DomainError.notFound }
        return try Invitation(row)
    }
}
