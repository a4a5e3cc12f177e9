package enum Dialect: Sendable { case sqlite, postgres }

/// The places where the two databases spell one idea differently. Closed on purpose.
package enum DialectWord: Sendable {
    /// The type of a key made by us: `id \(.id)`.
    case id
    /// After the closing bracket of a table with a compound key: rows stand in the key's own tree.
    case clustered
    /// At the end of a query that claims rows: rows that another session holds are passed over.
    case skipLocked
    /// At the end of a query: nobody changes these rows before the transaction ends.
    case forUpdate
    /// The type of a column of bytes.
    case binary
    case matchOpen, matchQuery, matchClose

    var mark: String {
        switch self {
        case .id: "/*id*/"
        case .clustered: "/*clustered*/"
        case .skipLocked: "/*skipLocked*/"
        case .forUpdate: "/*forUpdate*/"
        case .binary: "/*binary*/"
        case .matchOpen: "/*matchOpen*/"
        case .matchQuery: "/*matchQuery*/"
        case .matchClose: "/*matchClose*/"
        }
    }

    func text(in dialect: Dialect) -> String {
        switch (self, dialect) {
        case (.skipLocked, .sqlite), (.forUpdate, .sqlite), (.clustered, .postgres): ""
        case (.skipLocked, .postgres): "FOR UPDATE SKIP LOCKED"
        case (.forUpdate, .postgres): "FOR UPDATE"
        // SQLite makes a key its rowid only when the type is spelt INTEGER; BIGINT costs a second tree.
        case (.id, .sqlite): "INTEGER PRIMARY KEY"
        case (.id, .postgres): "BIGINT PRIMARY KEY"
        case (.clustered, .sqlite): "WITHOUT ROWID"
        case (.binary, .sqlite): "BLOB"
        case (.binary, .postgres): "BYTEA"
        case (.matchOpen, .sqlite), (.matchClose, .sqlite): ""
        case (.matchQuery, .sqlite): " MATCH "
        case (.matchOpen, .postgres): "to_tsvector('simple', "
        case (.matchQuery, .postgres): ".words) @@ plainto_tsquery('simple', "
        case (.matchClose, .postgres): ")"
        }
    }
}

/// Full-text search over words that we have cut ourselves: case and accents folded, joined by spaces.
///
/// A searched table has the columns `rowid` (the key of what is found), `account_id` and `words` on both
/// engines.
extension SQL {
    /// What makes such a table: FTS5, or a table with an index on its words. FTS5 is told that the words are
    /// letters and digits, and keeps which rows hold one, not where in them it stands.
    package static func fullTextTable(_ table: StaticString, in dialect: Dialect) -> [SQL] {
        if dialect == .postgres { return fullTextTableWithPlaces(table, in: dialect) }
        return [
            """
            CREATE VIRTUAL TABLE \(verbatim: table) USING fts5(
              account_id UNINDEXED, words, tokenize = 'ascii', detail = none, columnsize = 0)
            """
        ]
    }

    /// The same as it was first: FTS5 parts words by what it takes for letters, and keeps all their places.
    package static func fullTextTableWithPlaces(_ table: StaticString, in dialect: Dialect) -> [SQL] {
        switch dialect {
        case .sqlite:
            [
                """
                CREATE VIRTUAL TABLE \(verbatim: table)
                USING fts5(account_id UNINDEXED, words, tokenize = 'unicode61 remove_diacritics 0')
                """
            ]
        case .postgres:
            [
                """
                CREATE TABLE \(verbatim: table) (
                  rowid BIGINT PRIMARY KEY, account_id BIGINT NOT NULL, words TEXT NOT NULL)
                """,
                """
                CREATE INDEX \(verbatim: table)_words ON \(verbatim: table)
                USING GIN (to_tsvector('simple', words))
                """,
            ]
        }
    }

    /// True of the rows that hold each of `words`, in any order; of none when there are no words.
    ///
    /// `words` are already cut. Whatever stands in one, it is only searched for: signs part it.
    package static func fullTextMatch(_ table: StaticString, words: [String]) -> SQL {
        let pieces = words.flatMap { word in
            word.unicodeScalars.split { $0.isASCII && !$0.properties.isAlphabetic && !("0"..."9" ~= $0) }
        }
        guard !pieces.isEmpty else { return "1 = 0" }
        let query = pieces.map { "\"\(Substring($0))\"" }.joined(separator: " ")
        return "\(.matchOpen)\(verbatim: table)\(.matchQuery)\(query)\(.matchClose)"
    }
}
