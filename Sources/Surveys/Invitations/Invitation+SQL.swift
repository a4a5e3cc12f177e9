package import Database
import Formats
import Kernel

extension Invitation {
    static let columns: SQL = """
        id, account_id, wave_id, survey_id, customer_id, channel, language, touchpoint, style, state,
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
