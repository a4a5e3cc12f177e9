import Database

/// Programs of an account that hear of its events, and what became of each message to them. Messages are kept
/// for 30 days.
enum WebhookTables {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return tables }
        return tables
            + shapes.map { index, rows in
                """
                INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('webhook_deliveries', \(index), \(rows))
                """
            } + ["ANALYZE sqlite_schema"]
    }

    private static let tables: [SQL] = [
        // A secret must be known again to sign, so it is sealed and not hashed. `turn_at` is when a sender
        // may look next; while one is at work it is the end of its lease, and `claim_id` names it.
        """
        CREATE TABLE webhooks (
          id \(.id), account_id BIGINT NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
          disabled_because TEXT CHECK (disabled_because IN ('gone', 'failing')),
          secret TEXT NOT NULL, secret_made_at BIGINT NOT NULL,
          old_secret TEXT, old_secret_until BIGINT, created_at BIGINT NOT NULL,
          failures BIGINT NOT NULL, failing_since BIGINT, resting_until BIGINT,
          last_outcome TEXT, last_status BIGINT, last_reason TEXT, last_tried_at BIGINT,
          last_delivered_at BIGINT, turn_at BIGINT, claim_id BIGINT)
        """,
        "CREATE INDEX webhooks_by_account ON webhooks (account_id, id)",
        "CREATE INDEX webhooks_by_turn ON webhooks (turn_at) WHERE turn_at IS NOT NULL",
        // A message of no event is a test.
        """
        CREATE TABLE webhook_deliveries (
          id \(.id), account_id BIGINT NOT NULL, webhook_id BIGINT NOT NULL, event_id BIGINT NOT NULL,
          position BIGINT, kind TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
          attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, last_outcome TEXT, last_status BIGINT,
          last_reason TEXT, last_tried_at BIGINT, created_at BIGINT NOT NULL)
        """,
        "CREATE UNIQUE INDEX webhook_deliveries_by_event ON webhook_deliveries (webhook_id, event_id)",
        "CREATE INDEX webhook_deliveries_by_log ON webhook_deliveries (account_id, webhook_id, id)",
        """
        CREATE INDEX webhook_deliveries_by_turn ON webhook_deliveries (webhook_id, next_at)
        WHERE state = 'pending'
        """,
        "CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at)",
    ]

    private static let shapes: [(index: String, rows: String)] = [
        ("webhook_deliveries_by_event", "1000000 100000 1"),
        ("webhook_deliveries_by_log", "1000000 500000 100000 1"),
        ("webhook_deliveries_by_turn", "10000 1000 2"),
        ("webhook_deliveries_by_age", "1000000 2"),
    ]
}
