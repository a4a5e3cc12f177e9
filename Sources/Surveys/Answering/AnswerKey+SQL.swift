import Database
import Kernel

/// The key that an answer page carries: a form sent twice is one answer.
struct AnswerKey: Sendable {
    let survey: Survey
    let text: String

    /// The answer that was sent under it.
    func response(in tx: any Connection) throws -> SurveyResponse? {
        let rows = try tx.run(
            """
            SELECT response_id FROM answer_keys
            WHERE account_id = \(survey.account) AND survey_id = \(survey.id) AND client_key = \(text)
            """)
        guard let row = rows.first else { return nil }
        return try SurveyResponse.find(row.id("response_id"), account: survey.account, in: tx)
    }

    /// Ties it to an answer of this transaction. Whoever was quicker makes this transaction run again.
    func keep(_ response: SurveyResponse, at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO answer_keys (survey_id, client_key, account_id, response_id, made_at)
            VALUES (\(survey.id), \(text), \(survey.account), \(response.id), \(now))
            """)
    }
}
