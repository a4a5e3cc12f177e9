import Database

/// Mails of a trial, as their readers would get them. A few hundred rows an account, none where a relay is
/// set.
enum MailboxTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE mailbox_messages (
          id \(.id), account_id BIGINT NOT NULL, message_id TEXT NOT NULL, envelope_sender TEXT NOT NULL,
          mail_from TEXT NOT NULL, mail_to TEXT NOT NULL, address TEXT NOT NULL, reply_to TEXT,
          subject TEXT NOT NULL, headers TEXT NOT NULL, text_part TEXT NOT NULL, html_part TEXT NOT NULL,
          kept_at BIGINT NOT NULL)
        """,
        "CREATE INDEX mailbox_messages_by_account ON mailbox_messages (account_id, id)",
        "CREATE INDEX mailbox_messages_by_address ON mailbox_messages (account_id, address)",
    ]
}
