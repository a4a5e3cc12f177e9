import Database

/// Whose consent is recorded, for whom each was asked, who was passed over by whom, and indexes to count it.
enum PolicyTables {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return tables }
        return tables
            + ["DELETE FROM sqlite_stat1 WHERE idx = 'invitation_intents_by_survey'"]
            + shapes.map { table, index, rows in
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (\(table), \(index), \(rows))"
            } + ["ANALYZE sqlite_schema"]
    }

    private static let tables: [SQL] = [
        // Asks only people whose consent is recorded.
        "ALTER TABLE accounts ADD COLUMN consent_first BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE customers ADD COLUMN consented_at BIGINT",
        // Who served the people asked, as far as one name fits all of them.
        "ALTER TABLE waves ADD COLUMN agent TEXT",
        // Why these people, where somebody picked them.
        "ALTER TABLE waves ADD COLUMN reason TEXT",
        "ALTER TABLE invitations ADD COLUMN agent TEXT",
        // Whom a rule passed over on a day, by the agent who served them ('' for none) and by reason.
        """
        CREATE TABLE wave_skips (
          wave_id BIGINT NOT NULL REFERENCES waves (id), agent TEXT NOT NULL, reason TEXT NOT NULL,
          account_id BIGINT NOT NULL, people BIGINT NOT NULL,
          PRIMARY KEY (wave_id, agent, reason)) \(.clustered)
        """,
        // Somebody whom somebody else has left out by hand, of one wave or of all that a rule asks.
        """
        CREATE TABLE exclusions (
          id \(.id), account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL,
          wave_id BIGINT REFERENCES waves (id), rule_id BIGINT REFERENCES ask_rules (id),
          customer_id BIGINT, reason TEXT NOT NULL, note TEXT,
          excluded_by TEXT NOT NULL, created_at BIGINT NOT NULL, lifted_at BIGINT,
          CHECK ((wave_id IS NULL) <> (rule_id IS NULL)))
        """,
        "CREATE INDEX exclusions_by_customer ON exclusions (account_id, customer_id)",
        "CREATE INDEX exclusions_by_survey ON exclusions (account_id, survey_id, created_at)",
        "CREATE INDEX exclusions_by_wave ON exclusions (wave_id) WHERE wave_id IS NOT NULL",
        "CREATE INDEX exclusions_by_rule ON exclusions (rule_id) WHERE rule_id IS NOT NULL",
        "DROP INDEX invitation_intents_by_survey",
        """
        CREATE INDEX invitation_intents_by_survey
        ON invitation_intents (account_id, survey_id, kind, happened_at, machine)
        """,
        // The response rate beside a score is counted from this index alone.
        """
        CREATE INDEX invitations_by_survey ON invitations (account_id, survey_id, settled_at, response_id)
        WHERE state = 'sent' AND reminder = 0
        """,
    ]

    private static let shapes: [(table: String, index: String, rows: String)] = [
        ("invitation_intents", "invitation_intents_by_survey", "2000000 2000000 100000 50000 2 1"),
        ("invitations", "invitations_by_survey", "800000 800000 40000 2 1"),
        ("exclusions", "exclusions_by_customer", "2000 1000 1"),
        ("exclusions", "exclusions_by_survey", "2000 1000 100 1"),
        ("exclusions", "exclusions_by_wave", "500 2"), ("exclusions", "exclusions_by_rule", "1500 20"),
        ("wave_skips", "wave_skips", "100000 8 2 1"),
    ]
}
