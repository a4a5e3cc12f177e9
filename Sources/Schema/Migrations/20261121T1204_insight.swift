import Database

/// Counts that follow the sealed events: one cell for each raw score, day and value of one dimension at a
/// time.
enum InsightTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE score_days (
          account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, dimension TEXT NOT NULL, value TEXT NOT NULL,
          day BIGINT NOT NULL, raw BIGINT NOT NULL, responses BIGINT NOT NULL,
          PRIMARY KEY (account_id, survey_id, dimension, value, day, raw)) \(.clustered)
        """,
        """
        CREATE TABLE score_day_settings (
          account_id \(.id), time_zone TEXT NOT NULL, dimensions TEXT NOT NULL)
        """,
    ]
}
