import Database

/// What is asked and what was answered. Rows of answers are inserted, never updated; erasing a person
/// empties words.
enum SurveyTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE surveys (
          id \(.id), account_id BIGINT NOT NULL REFERENCES accounts (id), slug TEXT NOT NULL UNIQUE,
          name TEXT NOT NULL, metric TEXT NOT NULL CHECK (metric IN ('nps', 'csat', 'ces')),
          scale TEXT NOT NULL,
          method TEXT NOT NULL CHECK (method IN ('strict', 'weighted')),
          status TEXT NOT NULL CHECK (status IN ('open', 'closed')), version BIGINT NOT NULL,
          sample BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX surveys_by_account ON surveys (account_id, id)",
        """
        CREATE TABLE survey_versions (
          survey_id BIGINT NOT NULL REFERENCES surveys (id), version BIGINT NOT NULL,
          account_id BIGINT NOT NULL,
          definition TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (survey_id,
          version)) \(.clustered)
        """,
        """
        CREATE TABLE responses (
          id \(.id), account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, survey_version BIGINT NOT NULL,
          customer_id BIGINT, touchpoint TEXT, channel TEXT NOT NULL, agent TEXT, language TEXT, comment TEXT,
          source TEXT NOT NULL CHECK (source IN ('page', 'api', 'bulk', 'import', 'sample')),
          follow_up BOOLEAN NOT NULL, occurred_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL)
        """,
        """
        CREATE INDEX responses_by_customer ON responses (account_id, customer_id,
        id) WHERE customer_id IS NOT NULL
        """,
        """
        CREATE TABLE scores (
          response_id \(.id), account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, scale TEXT NOT NULL,
          raw BIGINT NOT NULL, band TEXT NOT NULL CHECK (band IN ('promoter', 'passive', 'detractor',
          'unassigned',
            'satisfied', 'neutral', 'dissatisfied')),
          occurred_at BIGINT NOT NULL)
        """,
        "CREATE INDEX scores_by_time ON scores (account_id, survey_id, occurred_at, response_id)",
        // The inbox: newest first over all surveys of an account.
        "CREATE INDEX scores_by_account ON scores (account_id, occurred_at, response_id)",
        """
        CREATE TABLE answers (
          response_id BIGINT NOT NULL, question TEXT NOT NULL, item TEXT NOT NULL, account_id BIGINT NOT NULL,
          number DOUBLE PRECISION, choice TEXT, words TEXT,
          PRIMARY KEY (response_id, question, item)) \(.clustered)
        """,
        // Keys that answer pages carry, so that a form sent twice is one answer. Old ones may be deleted.
        """
        CREATE TABLE answer_keys (
          survey_id BIGINT NOT NULL, client_key TEXT NOT NULL, account_id BIGINT NOT NULL,
          response_id BIGINT NOT NULL, made_at BIGINT NOT NULL,
          PRIMARY KEY (survey_id, client_key)) \(.clustered)
        """,
        """
        CREATE TABLE response_segments (
          response_id BIGINT NOT NULL, name TEXT NOT NULL, account_id BIGINT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY (response_id, name)) \(.clustered)
        """,
        """
        CREATE TABLE response_marks (
          response_id \(.id), account_id BIGINT NOT NULL, read_at BIGINT, read_by BIGINT, done_at BIGINT,
          done_by BIGINT)
        """,
        """
        CREATE TABLE imports (
          id \(.id), account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, fingerprint TEXT NOT NULL,
          file_name TEXT NOT NULL, rows_done BIGINT NOT NULL, recorded BIGINT NOT NULL,
          refused BIGINT NOT NULL,
          started_at BIGINT NOT NULL, finished_at BIGINT, UNIQUE (account_id, survey_id, fingerprint))
        """,
    ]
}
