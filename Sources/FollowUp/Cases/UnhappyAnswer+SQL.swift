import Customers
import Database
import Kernel
import Surveys

/// An answer of the lowest band that asks for a case, or a reply that does.
struct UnhappyAnswer: Sendable {
    let response: SurveyResponse.ID?
    var reply: Reply.ID?
    let survey: Survey.ID
    let customer: Customer.ID?

    static func among(_ ids: [Int64], account: Int64, in tx: any Connection) throws -> [UnhappyAnswer] {
        guard !ids.isEmpty else { return [] }
        let lowest = Band.allCases.filter(\.isLowest).map(\.rawValue)
        return try tx.run(
            """
            SELECT r.id, r.survey_id, r.customer_id FROM responses r JOIN scores s ON s.response_id = r.id
            WHERE r.account_id = \(account) AND r.id IN \(list: ids) AND r.follow_up
              AND s.band IN \(list: lowest)
            ORDER BY r.id LIMIT \(ids.count)
            """
        ).map { row in
            UnhappyAnswer(
                response: try row.id("id"), survey: try row.id("survey_id"),
                customer: try row.optionalID("customer_id"))
        }
    }
}
