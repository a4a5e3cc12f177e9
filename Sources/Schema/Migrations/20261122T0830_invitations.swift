import Database

/// Whom we asked, by which channel, and what became of it. An invitation is the outbox row of its message.
enum InvitationTables {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return tables }
        return tables
            + shapes.map { table, index, rows in
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (\(table), \(index), \(rows))"
            } + ["ANALYZE sqlite_schema"]
    }

    private static let tables: [SQL] = [
        """
        CREATE TABLE waves (
          id \(.id), account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL REFERENCES surveys (id),
          channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')), planned_by TEXT NOT NULL,
          send_at BIGINT NOT NULL, skipped TEXT NOT NULL, created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX waves_by_account ON waves (account_id, id)",
        """
        CREATE TABLE invitations (
          id \(.id), account_id BIGINT NOT NULL, wave_id BIGINT NOT NULL REFERENCES waves (id),
          survey_id BIGINT NOT NULL, customer_id BIGINT, contact_point_id BIGINT,
          channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')), language TEXT, touchpoint TEXT,
          state TEXT NOT NULL
            CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
          token_hash TEXT NOT NULL UNIQUE, attempts BIGINT NOT NULL, send_at BIGINT NOT NULL,
          claim_id BIGINT, leased_until BIGINT, settled_at BIGINT, reason TEXT, response_id BIGINT,
          expires_at BIGINT NOT NULL,
          created_at BIGINT NOT NULL)
        """,
        """
        CREATE UNIQUE INDEX invitations_by_customer ON invitations (account_id, customer_id, wave_id)
        WHERE customer_id IS NOT NULL
        """,
        "CREATE INDEX invitations_by_wave ON invitations (wave_id, state)",
        "CREATE INDEX invitations_by_turn ON invitations (send_at, id) WHERE state = 'planned'",
        "CREATE INDEX invitations_by_lease ON invitations (leased_until) WHERE state = 'sending'",
        "CREATE INDEX waves_by_survey ON waves (survey_id, id)",
        // Why nothing is sent for a while: one row for each relay that refuses to work.
        """
        CREATE TABLE relay_alarms (
          relay TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, failures BIGINT NOT NULL,
          raised_at BIGINT NOT NULL, stopped_until BIGINT NOT NULL)
        """,
        """
        ALTER TABLE accounts ADD COLUMN quiet_days BIGINT NOT NULL DEFAULT 90
          CHECK (quiet_days BETWEEN 0 AND 3650)
        """,
        """
        ALTER TABLE accounts ADD COLUMN held_out_percent BIGINT NOT NULL DEFAULT 0
          CHECK (held_out_percent BETWEEN 0 AND 100)
        """,
        // Somebody who has asked that nothing be done with what is known of them, though it is kept.
        "ALTER TABLE customers ADD COLUMN restricted_at BIGINT",
        // What fetched a personal link or moved on its page: no answer, kept to tell people from machines.
        """
        CREATE TABLE invitation_intents (
          id \(.id), account_id BIGINT NOT NULL, invitation_id BIGINT NOT NULL REFERENCES invitations (id),
          kind TEXT NOT NULL CHECK (kind IN ('fetch', 'gesture', 'decoy')), raw BIGINT,
          machine BOOLEAN NOT NULL, network TEXT, happened_at BIGINT NOT NULL)
        """,
        "CREATE INDEX invitation_intents_by_invitation ON invitation_intents (invitation_id, happened_at)",
        // A score by gesture that nobody has submitted. The last gesture wins; due_at makes it an answer.
        """
        CREATE TABLE provisional_scores (
          invitation_id \(.id), account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, raw BIGINT NOT NULL,
          given_at BIGINT NOT NULL, due_at BIGINT NOT NULL)
        """,
        "CREATE INDEX provisional_scores_by_due ON provisional_scores (due_at, invitation_id)",
        "CREATE INDEX provisional_scores_by_survey ON provisional_scores (account_id, survey_id)",
    ]

    private static let shapes: [(table: String, index: String, rows: String)] = [
        ("invitations", "sqlite_autoindex_invitations_1", "1000000 1"),
        ("invitations", "invitations_by_customer", "900000 900000 4 1"),
        ("invitations", "invitations_by_wave", "1000000 5000 2000"),
        ("invitations", "invitations_by_turn", "50000 100 1"),
        ("invitations", "invitations_by_lease", "4 1"),
        ("invitation_intents", "invitation_intents_by_invitation", "2000000 3 1"),
        ("provisional_scores", "provisional_scores_by_due", "5000 2 1"),
        ("provisional_scores", "provisional_scores_by_survey", "5000 5000 500"),
    ]
}
