import Database

/// The counts of whole weeks and months beside those of days: a year by week is 52 rows a value, not 4,000.
///
/// One row holds a count for each raw score from -10 (`n0`) to 10 (`n20`).
enum ScoreSpanTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE score_spans (
          account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, dimension TEXT NOT NULL,
          grain TEXT NOT NULL CHECK (grain IN ('week', 'month')), value TEXT NOT NULL,
          start_day BIGINT NOT NULL,
          n0 BIGINT NOT NULL, n1 BIGINT NOT NULL, n2 BIGINT NOT NULL, n3 BIGINT NOT NULL, n4 BIGINT NOT NULL,
          n5 BIGINT NOT NULL, n6 BIGINT NOT NULL, n7 BIGINT NOT NULL, n8 BIGINT NOT NULL, n9 BIGINT NOT NULL,
          n10 BIGINT NOT NULL, n11 BIGINT NOT NULL, n12 BIGINT NOT NULL, n13 BIGINT NOT NULL,
          n14 BIGINT NOT NULL, n15 BIGINT NOT NULL, n16 BIGINT NOT NULL, n17 BIGINT NOT NULL,
          n18 BIGINT NOT NULL, n19 BIGINT NOT NULL, n20 BIGINT NOT NULL,
          PRIMARY KEY (account_id, survey_id, dimension, grain, value, start_day)) \(.clustered)
        """,
        // Cells without their spans are cut anew at the next answer.
        "DELETE FROM score_day_settings",
    ]
}
