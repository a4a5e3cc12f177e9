import Database

/// What coverage is counted from: where a wave asked and whom it passed over, how a letter looked, and who
/// opened the links of a survey.
enum CoverageColumns {
    static func statements(in dialect: Dialect) -> [SQL] {
        guard dialect == .sqlite else { return columns }
        return columns + [
            """
            INSERT INTO sqlite_stat1 (tbl, idx, stat)
            VALUES ('invitation_intents', 'invitation_intents_by_survey', '1500000 1500000 100000 2 1')
            """,
            "ANALYZE sqlite_schema",
        ]
    }

    private static let columns: [SQL] = [
        "ALTER TABLE waves ADD COLUMN touchpoint TEXT",
        // Of those whose last score was low: how many could have been asked, and how many were.
        "ALTER TABLE waves ADD COLUMN unhappy_eligible BIGINT",
        "ALTER TABLE waves ADD COLUMN unhappy_invited BIGINT",
        "ALTER TABLE waves ADD COLUMN style TEXT CHECK (style IN ('neutral', 'coloured', 'both'))",
        "ALTER TABLE invitations ADD COLUMN style TEXT CHECK (style IN ('neutral', 'coloured'))",
        "ALTER TABLE invitation_intents ADD COLUMN survey_id BIGINT",
        """
        UPDATE invitation_intents SET survey_id = (
          SELECT i.survey_id FROM invitations i WHERE i.id = invitation_intents.invitation_id)
        """,
        """
        CREATE INDEX invitation_intents_by_survey
        ON invitation_intents (account_id, survey_id, happened_at, machine) WHERE kind = 'fetch'
        """,
    ]
}
