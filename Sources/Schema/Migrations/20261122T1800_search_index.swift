import Database

/// The words of answers are asked for one by one, so the index keeps neither their places nor how many there
/// are; and they are cut already, so that a blank is all that parts them. A row costs half as much.
enum SearchIndex {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return [] }
        return SQL.fullTextTable("new_response_search", in: dialect) + [
            """
            INSERT INTO new_response_search (rowid, account_id, words)
            SELECT rowid, account_id, words FROM response_search -- every account
            """,
            "DROP TABLE response_search", "ALTER TABLE new_response_search RENAME TO response_search",
        ]
    }
}
