import Database

/// Promises to unhappy customers, what was done to keep them, and the customer's own word on it.
enum FollowUpTables {
    static let statements: [SQL] = [
        """
        CREATE TABLE recovery_cases (
          id \(.id), account_id BIGINT NOT NULL, response_id BIGINT NOT NULL, rule TEXT NOT NULL,
          survey_id BIGINT NOT NULL, customer_id BIGINT,
          stage TEXT NOT NULL CHECK (stage IN ('open', 'contacted', 'resolved', 'verified', 'closed')),
          owner_id BIGINT, queue TEXT, due_at BIGINT NOT NULL, opened_at BIGINT NOT NULL,
          round BIGINT NOT NULL,
          escalation BIGINT NOT NULL, cause TEXT, remedy TEXT, resolution_note TEXT, resolved_at BIGINT,
          closure_reason TEXT, closure_note TEXT, ended_at BIGINT, verdict_token_hash TEXT,
          UNIQUE (response_id, rule), CHECK (owner_id IS NOT NULL OR queue IS NOT NULL))
        """,
        "CREATE INDEX recovery_cases_by_due ON recovery_cases (account_id, stage, due_at)",
        """
        CREATE INDEX recovery_cases_by_customer ON recovery_cases (account_id, customer_id)
        WHERE customer_id IS NOT NULL
        """,
        """
        CREATE UNIQUE INDEX recovery_cases_by_verdict_token ON recovery_cases (verdict_token_hash)
        WHERE verdict_token_hash IS NOT NULL
        """,
        """
        CREATE TABLE case_contacts (
          id \(.id), account_id BIGINT NOT NULL, case_id BIGINT NOT NULL REFERENCES recovery_cases (id),
          channel TEXT NOT NULL CHECK (channel IN ('phone', 'email', 'sms', 'chat', 'in_person')),
          outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'left_message', 'wrong_contact')),
          note TEXT, actor TEXT NOT NULL, made_at BIGINT NOT NULL)
        """,
        "CREATE INDEX case_contacts_by_case ON case_contacts (case_id, id)",
        """
        CREATE TABLE case_verdicts (
          id \(.id), account_id BIGINT NOT NULL, case_id BIGINT NOT NULL REFERENCES recovery_cases (id),
          verdict TEXT NOT NULL CHECK (verdict IN ('satisfied', 'still_unhappy')), note TEXT,
          word TEXT NOT NULL CHECK (word IN ('customer', 'reported')), actor TEXT NOT NULL,
          heard_at BIGINT NOT NULL)
        """,
        "CREATE INDEX case_verdicts_by_case ON case_verdicts (case_id, id)",
        """
        CREATE TABLE case_words (
          account_id BIGINT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('cause', 'remedy', 'closure')),
          words TEXT NOT NULL, PRIMARY KEY (account_id, kind, words)) \(.clustered)
        """,
    ]
}
