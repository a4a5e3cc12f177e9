import Database

/// A notice may tell of a webhook instead of a case.
enum WebhookNotices {
    static func statements(in dialect: Dialect) -> [SQL] {
        dialect == .sqlite ? rebuilt + [byWebhook] + shapes : changed + [byWebhook]
    }

    private static let byWebhook: SQL = """
        CREATE UNIQUE INDEX notices_by_webhook
        ON notices (account_id, webhook_id, kind, occasion, recipient_id) WHERE webhook_id IS NOT NULL
        """

    private static let changed: [SQL] = [
        "ALTER TABLE notices DROP CONSTRAINT notices_kind_check",
        """
        ALTER TABLE notices ADD CONSTRAINT notices_kind_check
        CHECK (kind IN
          ('case_assigned', 'case_due_soon', 'case_overdue', 'verdict_asked', 'webhook_disabled'))
        """,
        "ALTER TABLE notices ALTER COLUMN case_id DROP NOT NULL",
        "ALTER TABLE notices ADD COLUMN webhook_id BIGINT",
        """
        ALTER TABLE notices ADD CONSTRAINT notices_matter
        CHECK (
          (case_id IS NULL) = (kind = 'webhook_disabled') AND (case_id IS NULL) = (webhook_id IS NOT NULL))
        """,
    ]

    /// SQLite changes no constraint, so the table is written anew.
    private static let rebuilt: [SQL] = [
        """
        CREATE TABLE new_notices (
          id \(.id), account_id BIGINT NOT NULL,
          kind TEXT NOT NULL CHECK (kind IN
            ('case_assigned', 'case_due_soon', 'case_overdue', 'verdict_asked', 'webhook_disabled')),
          case_id BIGINT REFERENCES recovery_cases (id), occasion BIGINT NOT NULL,
          recipient_id BIGINT NOT NULL,
          state TEXT NOT NULL
            CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
          attempts BIGINT NOT NULL, send_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, claim_id BIGINT,
          leased_until BIGINT, settled_at BIGINT, reason TEXT, created_at BIGINT NOT NULL,
          webhook_id BIGINT,
          CONSTRAINT notices_matter CHECK (
            (case_id IS NULL) = (kind = 'webhook_disabled')
            AND (case_id IS NULL) = (webhook_id IS NOT NULL)))
        """,
        """
        INSERT INTO new_notices (id, account_id, kind, case_id, occasion, recipient_id, state, attempts,
          send_at, expires_at, claim_id, leased_until, settled_at, reason, created_at)
        SELECT id, account_id, kind, case_id, occasion, recipient_id, state, attempts, send_at, expires_at,
          claim_id, leased_until, settled_at, reason, created_at
        FROM notices -- every account
        """,
        "DROP TABLE notices", "ALTER TABLE new_notices RENAME TO notices",
        """
        CREATE UNIQUE INDEX notices_by_case
        ON notices (account_id, case_id, kind, occasion, recipient_id)
        """,
        "CREATE INDEX notices_by_recipient ON notices (account_id, recipient_id)",
        "CREATE INDEX notices_by_turn ON notices (send_at, id) WHERE state = 'planned'",
        "CREATE INDEX notices_by_lease ON notices (leased_until) WHERE state = 'sending'",
    ]

    private static let shapes: [SQL] =
        ([
            ("notices_by_case", "200000 200000 3 1 1 1"), ("notices_by_recipient", "200000 200000 500"),
            ("notices_by_turn", "5000 10 1"), ("notices_by_lease", "4 1"),
            ("notices_by_webhook", "20 20 4 4 4 1"),
        ] as [(index: String, rows: String)]).map { index, rows in
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('notices', \(index), \(rows))"
        } + ["ANALYZE sqlite_schema"]
}
