package import Customers
package import Database
import Kernel

extension MailboxMessage {
    private static let columns: SQL = """
        id, account_id, customer_id, message_id, envelope_sender, mail_from, mail_to, address, reply_to,
        subject, headers, text_part, html_part, kept_at
        """

    /// More than anybody looks at in a trial.
    static let mostKept = 500

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        customer = try row.optionalInt64("customer_id")
        messageID = try row.text("message_id")
        envelopeSender = try row.text("envelope_sender")
        from = try row.text("mail_from")
        to = try row.text("mail_to")
        address = try row.text("address")
        replyTo = try row.optionalText("reply_to")
        subject = try row.text("subject")
        headers = try row.text("headers")
        text = try row.text("text_part")
        html = try row.text("html_part")
        keptAt = try row.timestamp("kept_at")
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> MailboxMessage {
        let rows = try tx.run(
            "SELECT \(columns) FROM mailbox_messages WHERE account_id = \(account) AND id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try MailboxMessage(row)
    }

    /// Newest first. `before` is the last one of the page before.
    package static func list(
        account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [MailboxMessage] {
        try tx.run(
            """
            SELECT \(columns) FROM mailbox_messages
            WHERE account_id = \(account) AND id < \(before?.number ?? Int64.max)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map { try MailboxMessage($0) }
    }

    /// The oldest make room.
    func keep(in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO mailbox_messages (\(Self.columns))
            VALUES (\(id), \(account), \(customer), \(messageID), \(envelopeSender), \(from), \(to),
              \(address), \(replyTo), \(subject), \(headers), \(text), \(html), \(keptAt))
            """)
        try tx.run(
            """
            DELETE FROM mailbox_messages WHERE account_id = \(account) AND id <= (
              SELECT id FROM mailbox_messages WHERE account_id = \(account)
              ORDER BY id DESC LIMIT 1 OFFSET \(Self.mostKept))
            """)
    }

    /// Their address and their links are what a mail is made of, so all of it goes.
    package static func forget(customer: Customer.ID, account: Int64, in tx: any Connection) throws {
        try tx.run(
            """
            DELETE FROM mailbox_messages WHERE account_id = \(account) AND (
              customer_id = \(customer) OR address IN (
                SELECT value FROM contact_points
                WHERE account_id = \(account) AND customer_id = \(customer) AND kind = 'email'))
            """)
    }
}
