import Database

/// Mail that came: each message once, without its words, and what people wrote. A case may be opened by such
/// a reply, with no answer at all.
enum InboundTables {
    static func statements(in dialect: Dialect) -> [SQL] {
        let optionalResponse: [SQL] =
            switch dialect {
            // SQLite manual, "Making Other Kinds Of Table Schema Changes": a constraint may be taken off in
            // place. The column that is added next tells other connections.
            case .sqlite:
                [
                    "PRAGMA writable_schema = ON",
                    """
                    UPDATE sqlite_schema
                    SET sql = replace(sql, 'response_id BIGINT NOT NULL', 'response_id BIGINT')
                    WHERE type = 'table' AND name = 'recovery_cases'
                    """,
                    "PRAGMA writable_schema = RESET",
                ]
            case .postgres: ["ALTER TABLE recovery_cases ALTER COLUMN response_id DROP NOT NULL"]
            }
        let statistics: [SQL] =
            dialect == .sqlite
            ? shapes.map { table, index, rows in
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (\(table), \(index), \(rows))"
            } + ["ANALYZE sqlite_schema"] : []
        return optionalResponse + tables + statistics
    }

    private static let tables: [SQL] = [
        "ALTER TABLE recovery_cases ADD COLUMN reply_id BIGINT",
        """
        CREATE UNIQUE INDEX recovery_cases_by_reply ON recovery_cases (reply_id)
        WHERE reply_id IS NOT NULL
        """,
        """
        CREATE TABLE received_mails (
          id \(.id), account_id BIGINT NOT NULL, digest TEXT NOT NULL,
          kind TEXT NOT NULL CHECK (kind IN ('bounce', 'complaint', 'auto_reply', 'reply', 'unknown')),
          weight TEXT CHECK (weight IN ('hard', 'soft', 'policy')), status TEXT, invitation_id BIGINT,
          customer_id BIGINT, contact_point_id BIGINT, received_at BIGINT NOT NULL)
        """,
        "CREATE UNIQUE INDEX received_mails_by_digest ON received_mails (account_id, digest)",
        "CREATE INDEX received_mails_by_time ON received_mails (account_id, received_at)",
        """
        CREATE INDEX received_mails_by_contact_point ON received_mails (contact_point_id, received_at)
        WHERE contact_point_id IS NOT NULL
        """,
        """
        CREATE INDEX received_mails_by_customer ON received_mails (customer_id)
        WHERE customer_id IS NOT NULL
        """,
        """
        CREATE TABLE replies (
          id \(.id), account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL,
          invitation_id BIGINT, survey_id BIGINT, response_id BIGINT, sender TEXT, subject TEXT NOT NULL,
          said TEXT NOT NULL, original TEXT NOT NULL, is_proven BOOLEAN NOT NULL,
          follow_up BOOLEAN NOT NULL, received_at BIGINT NOT NULL)
        """,
        "CREATE INDEX replies_by_customer ON replies (customer_id, id)",
        // How far a mailbox has been read: one row for each, so that one node goes on where another was.
        """
        CREATE TABLE mailbox_polls (
          mailbox TEXT NOT NULL PRIMARY KEY, uid_validity BIGINT NOT NULL, last_uid BIGINT NOT NULL,
          taken BIGINT NOT NULL, polled_at BIGINT, failures BIGINT NOT NULL, reason TEXT,
          failing_since BIGINT)
        """,
    ]

    private static let shapes: [(table: String, index: String, rows: String)] = [
        ("recovery_cases", "recovery_cases_by_reply", "2000 1"),
        ("received_mails", "received_mails_by_digest", "100000 100000 1"),
        ("received_mails", "received_mails_by_time", "100000 100000 1"),
        ("received_mails", "received_mails_by_contact_point", "100000 2 1"),
        ("received_mails", "received_mails_by_customer", "100000 2"),
        ("replies", "replies_by_customer", "20000 2 1"),
    ]
}
