import Database

/// How fast the servers behind each mail domain are written to, and which of them want a pause.
enum ReceivingDomainTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE receiving_domains (
          domain TEXT NOT NULL PRIMARY KEY, next_at BIGINT NOT NULL, failures BIGINT NOT NULL,
          stopped_until BIGINT NOT NULL, reason TEXT)
        """,
        "CREATE INDEX receiving_domains_by_next ON receiving_domains (next_at)",
        // The moment that this message was given in its domain's queue; it holds while send_at is the same.
        "ALTER TABLE invitations ADD COLUMN turn_at BIGINT",
    ]
}
