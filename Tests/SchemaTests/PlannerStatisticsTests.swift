import Database
import TestKit
import Testing

/// What SQLite's planner is told of the tables that grow.
@Suite struct `The planner's statistics` {
    @Test func `name indexes that exist, and leave out none of a table that they name`() async throws {
        let database = try await Backend.sqlite.emptyDatabase()
        try await database.read { tx in
            // Their first index is a unique column beside the key.
            let keyed = ["recovery_cases", "invitations"]
            let told = try tx.run("SELECT tbl, COALESCE(idx, '') AS idx FROM sqlite_stat1 LIMIT 1000")
            for table in Set(try told.map { try $0.text("tbl") }) {
                let indexes = try tx.run(SQL(stringLiteral: "PRAGMA index_list(\(table))"))
                // Rows of a table with a compound key stand in the key's own tree, named like the table.
                let there = try indexes.map { row in
                    let name = try row.text("name")
                    return name == "sqlite_autoindex_\(table)_1" && !keyed.contains(table) ? table : name
                }
                let named = try told.filter { try $0.text("tbl") == table }.map { try $0.text("idx") }
                #expect(Set(there).subtracting(named).isEmpty, "\(table): say how sharp each index is")
                #expect(Set(named).subtracting(there).subtracting([""]).isEmpty, "\(table): no such index")
            }
        }
    }

    @Test(arguments: [
        ("recovery_cases", "SELECT id FROM recovery_cases WHERE account_id = 1 AND response_id = 2"),
        (
            "s",
            """
            SELECT s.raw FROM scores s JOIN responses r ON r.id = s.response_id
            WHERE s.account_id = 1 AND s.response_id IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
            """
        ),
    ])
    func `let no lookup by key walk an account`(table: String, query: String) async throws {
        let database = try await Backend.sqlite.emptyDatabase()
        let plan = try await database.read { tx in
            try tx.run(SQL(stringLiteral: "EXPLAIN QUERY PLAN \(query)")).map { try $0.text("detail") }
        }
        #expect(
            plan.contains { $0.hasPrefix("SEARCH \(table) ") && !$0.contains("(account_id=?") }, "\(plan)")
    }
}
