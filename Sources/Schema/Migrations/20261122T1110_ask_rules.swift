import Database

/// What happened to customers, the rules that ask about it, and what they decided.
enum AskRuleTables {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return tables }
        return tables
            + shapes.map { table, index, rows in
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (\(table), \(index), \(rows))"
            } + ["ANALYZE sqlite_schema"]
    }

    private static let tables: [SQL] = [
        """
        CREATE TABLE customer_events (
          id \(.id), account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL REFERENCES customers (id),
          name TEXT NOT NULL, properties TEXT NOT NULL, occurred_at BIGINT NOT NULL,
          recorded_at BIGINT NOT NULL)
        """,
        """
        CREATE INDEX customer_events_by_customer ON customer_events (account_id, customer_id, name,
        occurred_at)
        """,
        "CREATE INDEX customer_events_by_name ON customer_events (account_id, name, recorded_at)",
        """
        CREATE TABLE ask_rules (
          id \(.id), account_id BIGINT NOT NULL REFERENCES accounts (id),
          survey_id BIGINT NOT NULL REFERENCES surveys (id), name TEXT NOT NULL, event TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('active', 'paused')), version BIGINT NOT NULL,
          active_since BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX ask_rules_by_account ON ask_rules (account_id, id)",
        "CREATE INDEX ask_rules_by_event ON ask_rules (account_id, event)",
        "CREATE INDEX ask_rules_by_survey ON ask_rules (survey_id)",
        """
        CREATE TABLE ask_rule_versions (
          rule_id BIGINT NOT NULL REFERENCES ask_rules (id), version BIGINT NOT NULL,
          account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, definition TEXT NOT NULL,
          made_by TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (rule_id, version)) \(.clustered)
        """,
        "CREATE INDEX ask_rule_versions_by_survey ON ask_rule_versions (account_id, survey_id, created_at)",
        // Each rule decides once about each occasion: a ledger event, or a customer in a period.
        """
        CREATE TABLE ask_decisions (
          rule_id BIGINT NOT NULL REFERENCES ask_rules (id), period BIGINT NOT NULL,
          occasion BIGINT NOT NULL, account_id BIGINT NOT NULL, rule_version BIGINT NOT NULL,
          outcome TEXT NOT NULL, decided_at BIGINT NOT NULL,
          PRIMARY KEY (rule_id, period, occasion)) \(.clustered)
        """,
        """
        CREATE TABLE ask_rule_days (
          rule_id BIGINT NOT NULL REFERENCES ask_rules (id), day BIGINT NOT NULL, outcome TEXT NOT NULL,
          account_id BIGINT NOT NULL, decisions BIGINT NOT NULL,
          PRIMARY KEY (rule_id, day, outcome)) \(.clustered)
        """,
        // How far a rule by schedule has gone through the customers in a period.
        """
        CREATE TABLE ask_rule_rounds (
          rule_id BIGINT NOT NULL REFERENCES ask_rules (id), period BIGINT NOT NULL,
          account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL,
          PRIMARY KEY (rule_id, period)) \(.clustered)
        """,
        // What a version of a rule asked on one day is one wave.
        "ALTER TABLE waves ADD COLUMN rule_id BIGINT",
        "ALTER TABLE waves ADD COLUMN rule_version BIGINT",
        "ALTER TABLE waves ADD COLUMN rule_day BIGINT",
        """
        CREATE UNIQUE INDEX waves_by_rule ON waves (rule_id, rule_version, rule_day)
        WHERE rule_id IS NOT NULL
        """,
        // 0 is the first letter, each reminder a row of its own behind the first one's link.
        "ALTER TABLE invitations ADD COLUMN reminder BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE invitations ADD COLUMN reminder_of BIGINT",
        // Those still to come, as spans of time; NULL for none.
        "ALTER TABLE invitations ADD COLUMN reminders TEXT",
        // The hours in which it may leave, with the zone that they are of; NULL for any.
        "ALTER TABLE invitations ADD COLUMN send_window TEXT",
        "DROP INDEX invitations_by_customer",
        """
        CREATE UNIQUE INDEX invitations_by_customer ON invitations (account_id, customer_id, wave_id,
        reminder) WHERE customer_id IS NOT NULL
        """,
    ]

    private static let shapes: [(table: String, index: String, rows: String)] = [
        ("customer_events", "customer_events_by_customer", "2000000 2000000 8 3 1"),
        ("customer_events", "customer_events_by_name", "2000000 2000000 100000 1"),
        ("ask_rules", "ask_rules_by_account", "100 20 1"),
        ("ask_rules", "ask_rules_by_event", "100 20 4"),
        ("ask_rules", "ask_rules_by_survey", "100 5"),
        ("ask_decisions", "ask_decisions", "2000000 100000 20000 1"),
        ("ask_rule_days", "ask_rule_days", "50000 1000 4 1"),
        ("waves", "waves_by_account", "20000 20000 1"),
        ("waves", "waves_by_survey", "20000 400 1"),
        ("waves", "waves_by_rule", "20000 400 100 1"),
        ("invitations", "invitations_by_customer", "900000 900000 4 1 1"),
    ]
}
