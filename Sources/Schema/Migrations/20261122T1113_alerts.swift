import Database

/// What members and customers are told by mail of cases, and which of it a member does without; what rules
/// tell members and the robots of chats of answers.
enum AlertTables {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return notices + rules }
        return notices + rules
            + shapes.map { table, index, rows in
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (\(table), \(index), \(rows))"
            } + ["ANALYZE sqlite_schema"]
    }

    private static let notices: [SQL] = [
        """
        CREATE TABLE notices (
          id \(.id), account_id BIGINT NOT NULL,
          kind TEXT NOT NULL
            CHECK (kind IN ('case_assigned', 'case_due_soon', 'case_overdue', 'verdict_asked')),
          case_id BIGINT NOT NULL REFERENCES recovery_cases (id), occasion BIGINT NOT NULL,
          recipient_id BIGINT NOT NULL,
          state TEXT NOT NULL
            CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
          attempts BIGINT NOT NULL, send_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, claim_id BIGINT,
          leased_until BIGINT, settled_at BIGINT, reason TEXT, created_at BIGINT NOT NULL)
        """,
        """
        CREATE UNIQUE INDEX notices_by_case
        ON notices (account_id, case_id, kind, occasion, recipient_id)
        """,
        "CREATE INDEX notices_by_recipient ON notices (account_id, recipient_id)",
        "CREATE INDEX notices_by_turn ON notices (send_at, id) WHERE state = 'planned'",
        "CREATE INDEX notices_by_lease ON notices (leased_until) WHERE state = 'sending'",
        """
        CREATE TABLE notice_refusals (
          account_id BIGINT NOT NULL, member_id BIGINT NOT NULL,
          kind TEXT NOT NULL CHECK (kind IN ('case_assigned', 'case_due_soon', 'case_overdue')),
          PRIMARY KEY (account_id, member_id, kind)) \(.clustered)
        """,
        // Whose words a kept mail may hold, besides its reader's.
        "ALTER TABLE mailbox_messages ADD COLUMN customer_id BIGINT",
    ]

    private static let rules: [SQL] = [
        """
        CREATE TABLE alert_rules (
          id \(.id), account_id BIGINT NOT NULL, name TEXT NOT NULL, survey_id BIGINT,
          conditions TEXT NOT NULL, quiet_hours TEXT NOT NULL,
          destination TEXT NOT NULL
            CHECK (destination IN ('members', 'slack', 'teams', 'dingtalk', 'feishu', 'wecom')),
          members TEXT NOT NULL, sealed_url TEXT, sealed_secret TEXT, host TEXT, hook_key TEXT,
          enabled BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX alert_rules_by_account ON alert_rules (account_id, id)",
        """
        CREATE TABLE alerts (
          id \(.id), account_id BIGINT NOT NULL,
          rule_id BIGINT NOT NULL REFERENCES alert_rules (id),
          response_id BIGINT, recipient_id BIGINT NOT NULL,
          state TEXT NOT NULL
            CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
          gathered BOOLEAN NOT NULL, attempts BIGINT NOT NULL, send_at BIGINT NOT NULL,
          expires_at BIGINT NOT NULL, claim_id BIGINT, leased_until BIGINT, settled_at BIGINT, reason TEXT,
          created_at BIGINT NOT NULL)
        """,
        """
        CREATE UNIQUE INDEX alerts_by_response
        ON alerts (account_id, response_id, rule_id, recipient_id)
        """,
        "CREATE INDEX alerts_by_rule ON alerts (rule_id, id)",
        "CREATE INDEX alerts_by_turn ON alerts (send_at, id) WHERE state = 'planned'",
        "CREATE INDEX alerts_by_lease ON alerts (leased_until) WHERE state = 'sending'",
        """
        CREATE TABLE alert_allowances (
          account_id BIGINT NOT NULL, place TEXT NOT NULL, tokens DOUBLE PRECISION NOT NULL,
          counted_at BIGINT NOT NULL, stopped_until BIGINT,
          PRIMARY KEY (account_id, place)) \(.clustered)
        """,
    ]

    private static let shapes: [(table: String, index: String, rows: String)] = [
        ("notices", "notices_by_case", "200000 200000 3 1 1 1"),
        ("notices", "notices_by_recipient", "200000 200000 500"),
        ("notices", "notices_by_turn", "5000 10 1"), ("notices", "notices_by_lease", "4 1"),
        ("alerts", "alerts_by_response", "500000 500000 4 2 1"),
        ("alerts", "alerts_by_rule", "500000 20000 1"),
        ("alerts", "alerts_by_turn", "1000 20 1"), ("alerts", "alerts_by_lease", "16 2"),
    ]
}
