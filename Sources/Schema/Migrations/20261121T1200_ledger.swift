import Database

/// Events, the chain that seals them, who follows them, and the jobs that they start.
enum LedgerTables {
    static let statements: [SQL] = [
        "CREATE TABLE nodes (id \(.id), holder TEXT NOT NULL, leased_until BIGINT NOT NULL)",
        """
        CREATE TABLE leases (
          name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, token BIGINT NOT NULL,
          leased_until BIGINT NOT NULL)
        """,
        """
        CREATE TABLE unsealed_events (
          account_id BIGINT NOT NULL, id BIGINT NOT NULL, kind TEXT NOT NULL, subject_id BIGINT NOT NULL,
          customer_id BIGINT, actor TEXT NOT NULL, payload TEXT NOT NULL, happened_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, id)) \(.clustered)
        """,
        """
        CREATE TABLE events (
          account_id BIGINT NOT NULL, position BIGINT NOT NULL, id BIGINT NOT NULL, kind TEXT NOT NULL,
          subject_id BIGINT NOT NULL, customer_id BIGINT, actor TEXT NOT NULL, payload TEXT NOT NULL,
          happened_at BIGINT NOT NULL, PRIMARY KEY (account_id, position)) \(.clustered)
        """,
        "CREATE INDEX events_by_subject ON events (account_id, subject_id, position)",
        """
        CREATE INDEX events_by_customer ON events (account_id, customer_id,
        position) WHERE customer_id IS NOT NULL
        """,
        "CREATE TABLE ledger_heads (account_id \(.id), position BIGINT NOT NULL, link TEXT NOT NULL)",
        """
        CREATE TABLE ledger_links (
          account_id BIGINT NOT NULL, position BIGINT NOT NULL, link TEXT NOT NULL,
          PRIMARY KEY (account_id, position)) \(.clustered)
        """,
        """
        CREATE TABLE consumers (
          name TEXT NOT NULL, account_id BIGINT NOT NULL, position BIGINT NOT NULL, failures BIGINT NOT NULL,
          last_error TEXT, retry_at BIGINT, PRIMARY KEY (name, account_id)) \(.clustered)
        """,
        """
        CREATE TABLE jobs (
          id \(.id), account_id BIGINT NOT NULL, kind TEXT NOT NULL, unique_key TEXT NOT NULL,
          payload TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
          run_at BIGINT NOT NULL, attempts BIGINT NOT NULL, lease_token BIGINT NOT NULL,
          leased_until BIGINT NOT NULL,
          last_error TEXT, created_at BIGINT NOT NULL, finished_at BIGINT)
        """,
        "CREATE UNIQUE INDEX jobs_by_key ON jobs (account_id, kind, unique_key)",
        "CREATE INDEX jobs_by_turn ON jobs (state, run_at)",
    ]
}
