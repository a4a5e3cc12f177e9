package import Customers
package import Database
import Kernel

extension SurveyResponse {
    static let columns: SQL = """
        r.id, r.account_id, r.survey_id, r.survey_version, r.customer_id, r.touchpoint, r.channel, r.agent,
        r.language, r.comment, r.source, r.follow_up, r.occurred_at, r.recorded_at, s.raw, s.scale
        """
    static let tables: SQL = "scores s JOIN responses r ON r.id = s.response_id"

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        survey = try row.id("survey_id")
        surveyVersion = try row.int("survey_version")
        guard let score = Score(try row.int("raw"), on: try row.value("scale")) else {
            throw RowError.wrongType("raw", try row.value("raw"))
        }
        self.score = score
        comment = try row.optionalText("comment")
        customer = try row.optionalID("customer_id")
        touchpoint = try row.optionalText("touchpoint")
        channel = try row.text("channel")
        agent = try row.optionalText("agent")
        language = try row.optionalText("language")
        source = try row.value("source")
        followUp = try row.bool("follow_up")
        occurredAt = try row.timestamp("occurred_at")
        recordedAt = try row.timestamp("recorded_at")
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> SurveyResponse {
        let rows = try tx.run(
            """
            SELECT \(columns) FROM \(tables)
            WHERE s.account_id = \(account) AND r.account_id = \(account) AND s.response_id = \(id)
            """)
        guard let row = rows.first else { throw DomainError.notFound }
        return try SurveyResponse(row)
    }

    /// Those of `ids` that the account has, in no order. At most 1,000 are asked for.
    package static func find(_ ids: [ID], account: Int64, in tx: any Connection) throws -> [SurveyResponse] {
        if ids.isEmpty { return [] }
        return try tx.run(
            """
            SELECT \(columns) FROM \(tables)
            WHERE s.account_id = \(account) AND r.account_id = \(account) AND s.response_id IN \(list: ids)
            LIMIT 1000
            """
        ).map(SurveyResponse.init)
    }

    /// The last response of each of some customers, in no order. At most 1,000.
    package static func last(
        of customers: [Customer.ID], account: Int64, in tx: any Connection
    ) throws -> [SurveyResponse] {
        if customers.isEmpty { return [] }
        let rows = try tx.run(
            """
            SELECT id FROM (
              SELECT id, ROW_NUMBER() OVER
                (PARTITION BY customer_id ORDER BY occurred_at DESC, id DESC) AS place
              FROM responses WHERE account_id = \(account) AND customer_id IN \(list: customers)) AS ranked
            WHERE place = 1 LIMIT 1000
            """)
        return try find(try rows.map { try $0.id("id") }, account: account, in: tx)
    }

    /// Those of at most 1,000 customers whose last recorded score was low: what is known here of a bad
    /// outcome.
    package static func unhappy(
        among customers: [Customer.ID], account: Int64, in tx: any Connection
    ) throws -> Set<Customer.ID> {
        if customers.isEmpty { return [] }
        let rows = try tx.run(
            """
            SELECT l.customer_id FROM (
              SELECT customer_id, MAX(id) AS id FROM responses
              WHERE account_id = \(account) AND customer_id IN \(list: customers)
              GROUP BY customer_id) l
            JOIN scores s ON s.response_id = l.id
            WHERE s.account_id = \(account) AND s.band IN \(list: [Band.detractor, .dissatisfied]) LIMIT 1000
            """)
        return Set(try rows.map { try $0.id("customer_id") })
    }

    /// What was said to further questions, of each of some responses.
    package static func answers(
        of ids: [ID], account: Int64, in tx: any Connection
    ) throws -> [ID: [Answer]] {
        if ids.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT response_id, question, item, number, choice, words FROM answers
            WHERE account_id = \(account) AND response_id IN \(list: ids)
            ORDER BY response_id, question, item LIMIT 100000
            """)
        return try rows.reduce(into: [:]) { all, row in
            try all[row.id("response_id"), default: []].append(Answer(row))
        }
    }

    /// What was true of the customer when it was given.
    package static func segments(
        of ids: [ID], account: Int64, in tx: any Connection
    ) throws -> [ID: [CustomerAttribute]] {
        if ids.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT response_id, name, value FROM response_segments
            WHERE account_id = \(account) AND response_id IN \(list: ids)
            ORDER BY response_id, name LIMIT 100000
            """)
        return try rows.reduce(into: [:]) { all, row in
            try all[row.id("response_id"), default: []].append(
                CustomerAttribute(name: row.text("name"), value: row.text("value")))
        }
    }

    /// Takes attributes off one answer, and its language where that is among the names.
    package static func takeOff(
        _ names: [String], of id: ID, account: Int64, in tx: any Connection
    ) throws {
        if names.isEmpty { return }
        try tx.run(
            """
            DELETE FROM response_segments
            WHERE account_id = \(account) AND response_id = \(id) AND name IN \(list: names)
            """)
        guard names.contains("language") else { return }
        try tx.run("UPDATE responses SET language = NULL WHERE account_id = \(account) AND id = \(id)")
    }

    /// Empties the words that a person wrote and takes the name off the score.
    package static func forget(customer: Customer.ID, account: Int64, in tx: any Connection) throws {
        let theirs: SQL =
            "SELECT id FROM responses WHERE account_id = \(account) AND customer_id = \(customer)"
        try tx.run(
            "UPDATE answers SET words = NULL WHERE account_id = \(account) AND response_id IN (\(theirs))")
        try tx.run("DELETE FROM response_search WHERE account_id = \(account) AND rowid IN (\(theirs))")
        try tx.run(
            """
            UPDATE responses SET comment = NULL, customer_id = NULL
            WHERE account_id = \(account) AND customer_id = \(customer)
            """)
    }
}

extension Answer {
    fileprivate init(_ row: Row) throws {
        self.init(
            question: try row.text("question"), item: try row.text("item"),
            number: try row.optionalDouble("number"),
            choice: try row.optionalText("choice"), words: try row.optionalText("words"))
    }
}
