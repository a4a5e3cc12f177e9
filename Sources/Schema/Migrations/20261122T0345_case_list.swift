import Database

/// Programs list cases by id, newest first: without this SQLite walked the cases of every account.
enum CaseListIndex {
    static func statements(in dialect: Dialect) -> [SQL] {
        let index: SQL = "CREATE INDEX recovery_cases_by_account ON recovery_cases (account_id, id)"
        guard dialect == .sqlite else { return [index] }
        return [
            index,
            """
            INSERT INTO sqlite_stat1 (tbl, idx, stat)
            VALUES ('recovery_cases', 'recovery_cases_by_account', '200000 200000 1')
            """,
            "ANALYZE sqlite_schema",
        ]
    }
}
