import Database

/// People who are asked. Addresses and numbers stand in `contact_points` and nowhere else.
enum CustomerTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE customers (
          id \(.id), account_id BIGINT NOT NULL REFERENCES accounts (id), external_id TEXT, name TEXT,
          language TEXT,
          created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        """
        CREATE UNIQUE INDEX customers_by_external_id ON customers (account_id, external_id)
        WHERE external_id IS NOT NULL
        """,
        "CREATE INDEX customers_by_account ON customers (account_id, id)",
        """
        CREATE TABLE contact_points (
          id \(.id), account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL REFERENCES customers (id),
          kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')), value TEXT NOT NULL, verified_at BIGINT,
          suppressed_at BIGINT, suppressed_because TEXT, created_at BIGINT NOT NULL)
        """,
        "CREATE UNIQUE INDEX contact_points_by_value ON contact_points (account_id, kind, value)",
        "CREATE INDEX contact_points_by_customer ON contact_points (customer_id)",
        """
        CREATE TABLE customer_attributes (
          customer_id BIGINT NOT NULL REFERENCES customers (id), account_id BIGINT NOT NULL,
          name TEXT NOT NULL,
          value TEXT NOT NULL, PRIMARY KEY (customer_id, name)) \(.clustered)
        """,
        """
        CREATE TABLE attribute_names (
          account_id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account_id, name)) \(.clustered)
        """,
        """
        CREATE TABLE erased_people (
          account_id BIGINT NOT NULL, trace TEXT NOT NULL, erased_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, trace)) \(.clustered)
        """,
    ]
}
