import Database

/// Tenants, their members and what opens a door: sessions, tokens, links.
enum AccountTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE accounts (
          id \(.id), name TEXT NOT NULL, time_zone TEXT NOT NULL, language TEXT NOT NULL,
          created_at BIGINT NOT NULL)
        """,
        """
        CREATE TABLE members (
          id \(.id), email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT, language TEXT,
          created_at BIGINT NOT NULL)
        """,
        """
        CREATE TABLE memberships (
          account_id BIGINT NOT NULL REFERENCES accounts (id),
          member_id BIGINT NOT NULL REFERENCES members (id),
          role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'agent', 'viewer')),
          joined_at BIGINT NOT NULL, left_at BIGINT, last_active_at BIGINT, last_assigned_at BIGINT,
          PRIMARY KEY (account_id, member_id)) \(.clustered)
        """,
        "CREATE INDEX memberships_by_member ON memberships (member_id)",
        """
        CREATE TABLE sessions (
          token_hash TEXT NOT NULL PRIMARY KEY, member_id BIGINT NOT NULL REFERENCES members (id),
          account_id BIGINT NOT NULL REFERENCES accounts (id), csrf_token TEXT NOT NULL,
          created_at BIGINT NOT NULL,
          last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)
        """,
        "CREATE INDEX sessions_by_member ON sessions (member_id)",
        """
        CREATE TABLE sign_in_failures (
          subject TEXT NOT NULL, failures BIGINT NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
          PRIMARY KEY (subject)) \(.clustered)
        """,
        """
        CREATE TABLE api_tokens (
          id \(.id), account_id BIGINT NOT NULL REFERENCES accounts (id), name TEXT NOT NULL,
          token_hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, made_by BIGINT, created_at BIGINT NOT NULL,
          last_used_at BIGINT, revoked_at BIGINT)
        """,
        "CREATE INDEX api_tokens_by_account ON api_tokens (account_id, id)",
        """
        CREATE TABLE member_invitations (
          id \(.id), account_id BIGINT NOT NULL REFERENCES accounts (id), email TEXT NOT NULL,
          role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'agent', 'viewer')),
          token_hash TEXT NOT NULL UNIQUE, made_by BIGINT, created_at BIGINT NOT NULL,
          expires_at BIGINT NOT NULL,
          used_at BIGINT)
        """,
        "CREATE INDEX member_invitations_by_account ON member_invitations (account_id, id)",
        "CREATE TABLE setup_links (token_hash TEXT NOT NULL PRIMARY KEY, created_at BIGINT NOT NULL)",
        """
        CREATE TABLE idempotency_keys (
          account_id BIGINT NOT NULL, path TEXT NOT NULL, client_key TEXT NOT NULL, body_hash TEXT NOT NULL,
          status BIGINT NOT NULL, answer TEXT NOT NULL, made_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, path, client_key)) \(.clustered)
        """,
        """
        CREATE TABLE business_calendars (account_id \(.id), definition TEXT NOT NULL,
        updated_at BIGINT NOT NULL)
        """,
    ]
}
