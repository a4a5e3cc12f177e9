import Database

/// Whose answer it is, what the team calls it, and the lists that members keep.
enum InboxTables {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return tables }
        return tables
            + shapes.map { table, index, rows in
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (\(table), \(index), \(rows))"
            } + ["ANALYZE sqlite_schema"]
    }

    private static let tables: [SQL] = [
        "ALTER TABLE response_marks ADD COLUMN owner_id BIGINT",
        """
        CREATE INDEX response_marks_by_owner ON response_marks (account_id, owner_id, response_id)
        WHERE owner_id IS NOT NULL
        """,
        // `folded` is the name as two spellings of it share it.
        """
        CREATE TABLE response_tag_names (
          id \(.id), account_id BIGINT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
          created_at BIGINT NOT NULL)
        """,
        "CREATE UNIQUE INDEX response_tag_names_by_folded ON response_tag_names (account_id, folded)",
        """
        CREATE TABLE response_tags (
          response_id BIGINT NOT NULL, tag_id BIGINT NOT NULL, account_id BIGINT NOT NULL,
          PRIMARY KEY (response_id, tag_id)) \(.clustered)
        """,
        "CREATE INDEX response_tags_by_tag ON response_tags (account_id, tag_id, response_id)",
        // What a list is narrowed by, as the query of its address.
        """
        CREATE TABLE response_views (
          id \(.id), account_id BIGINT NOT NULL, member_id BIGINT NOT NULL, name TEXT NOT NULL,
          query TEXT NOT NULL, shared BOOLEAN NOT NULL, created_at BIGINT NOT NULL)
        """,
        "CREATE UNIQUE INDEX response_views_by_name ON response_views (account_id, member_id, name)",
    ]

    private static let shapes: [(table: String, index: String, rows: String)] = [
        ("response_marks", "response_marks_by_owner", "200000 200000 10000 1"),
        ("response_tag_names", "response_tag_names_by_folded", "100 100 1"),
        ("response_tags", "response_tags", "500000 2 1"),
        ("response_tags", "response_tags_by_tag", "500000 500000 10000 1"),
        ("response_views", "response_views_by_name", "200 200 5 1"),
    ]
}
