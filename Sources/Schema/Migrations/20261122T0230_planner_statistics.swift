import Database

/// What SQLite's planner takes for granted: the shape of one large account.
///
/// Without statistics it takes every index to be equally sharp, and then walks a whole account to find one
/// row of it. Counted ones would make plans that change with the data; these are the same everywhere.
/// PostgreSQL counts by itself.
enum PlannerStatistics {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return [] }
        // The first makes the table, the last lets this connection read it anew.
        return ["ANALYZE sqlite_schema"] + shapes.map(insert) + ["ANALYZE sqlite_schema"]
    }

    private static func insert(_ shape: (table: String, index: String?, rows: String)) -> SQL {
        """
        INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (\(shape.table), \(shape.index), \(shape.rows))
        """
    }

    /// Rows of the table, then how many share the index's first column, its first two, and so on.
    private static let shapes: [(table: String, index: String?, rows: String)] = [
        ("responses", nil, "1000000"),
        ("responses", "responses_by_customer", "600000 600000 3 1"),
        ("scores", "scores_by_time", "1000000 1000000 100000 2 1"),
        ("scores", "scores_by_account", "1000000 1000000 2 1"),
        ("answers", "answers", "2000000 3 1 1"),
        ("answer_keys", "answer_keys", "1000000 100000 1"),
        ("response_segments", "response_segments", "2000000 3 1"),
        ("response_marks", nil, "500000"),
        ("score_days", "score_days", "200000 200000 20000 4000 1000 10 1"),
        ("customers", "customers_by_account", "500000 500000 1"),
        ("customers", "customers_by_external_id", "400000 400000 1"),
        ("contact_points", "contact_points_by_customer", "500000 2"),
        ("contact_points", "contact_points_by_value", "500000 500000 250000 1"),
        ("customer_attributes", "customer_attributes", "1000000 3 1"),
        ("events", "events", "2000000 2000000 1"),
        ("events", "events_by_customer", "1000000 1000000 4 1"),
        ("events", "events_by_subject", "2000000 2000000 2 1"),
        ("unsealed_events", "unsealed_events", "1000 1000 1"),
        ("ledger_links", "ledger_links", "20000 20000 1"),
        ("idempotency_keys", "idempotency_keys", "1000000 1000000 10000 1"),
        ("recovery_cases", "sqlite_autoindex_recovery_cases_1", "200000 1 1"),
        ("recovery_cases", "recovery_cases_by_customer", "100000 100000 2"),
        ("recovery_cases", "recovery_cases_by_due", "200000 200000 50000 2"),
        ("recovery_cases", "recovery_cases_by_verdict_token", "50000 1"),
        ("case_contacts", "case_contacts_by_case", "200000 2 1"),
        ("case_verdicts", "case_verdicts_by_case", "200000 2 1"),
        ("jobs", "jobs_by_key", "10000 5000 2000 1"),
        ("jobs", "jobs_by_turn", "10000 3000 2"),
    ]
}
