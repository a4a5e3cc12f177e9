import Customers
package import Database
package import Formats
import Kernel

/// All answers of one survey as rows of a table or as objects, read page by page within one snapshot, so that
/// a million take no more memory than a thousand.
package struct ResponseExport: Sendable {
    private static let page = 500
    /// A file of answers has no more columns of its own than this.
    private static let mostColumns = 1000

    private struct Item: Hashable, Sendable {
        let question: String
        let item: String
        var heading: String { item.isEmpty ? question : "\(question).\(item)" }
    }

    private let survey: Survey
    private let items: [Item]
    private let segments: [String]

    /// Finds out which further questions were answered and which attributes were known.
    package init(_ survey: Survey, in tx: any Connection) throws {
        self.survey = survey
        let ofSurvey: SQL = """
            SELECT r.id FROM responses r WHERE r.account_id = \(survey.account) AND r.survey_id = \(survey.id)
            """
        items = try tx.run(
            """
            SELECT DISTINCT question, item FROM answers
            WHERE account_id = \(survey.account) AND response_id IN (\(ofSurvey))
            ORDER BY question, item LIMIT \(Self.mostColumns)
            """
        ).map { Item(question: try $0.text("question"), item: try $0.text("item")) }
        segments = try tx.run(
            """
            SELECT DISTINCT name FROM response_segments
            WHERE account_id = \(survey.account) AND response_id IN (\(ofSurvey))
            ORDER BY name LIMIT \(Self.mostColumns)
            """
        ).map { try $0.text("name") }
    }

    package var headings: [String] {
        [
            "id", "score", "band", "time", "comment", "touchpoint", "channel", "agent", "language", "source",
            "survey_version", "recorded_at", "customer", "external_id", "name",
        ] + items.map { "answer:" + $0.heading } + segments.map { "attribute:" + $0 }
    }

    /// Newest first, in the order of `headings`.
    package func eachRow(in tx: any Connection, _ body: ([CSVCell]) throws -> Void) throws {
        try eachPage(in: tx) { responses in
            let ids = responses.map(\.id)
            let answers = try SurveyResponse.answers(of: ids, account: survey.account, in: tx)
            let known = try SurveyResponse.segments(of: ids, account: survey.account, in: tx)
            let people = try people(of: responses, in: tx)
            for response in responses {
                try body(
                    cells(of: response, response.customer.flatMap { people[$0] })
                        + cells(of: answers[response.id] ?? [])
                        + cells(of: known[response.id] ?? []))
            }
        }
    }

    /// Newest first, each as the API shows it.
    package func eachObject(in tx: any Connection, _ body: (JSONValue) throws -> Void) throws {
        try eachPage(in: tx) { responses in
            let views = try ResponseViews(responses, account: survey.account, in: tx)
            for response in responses { try body(views.json(response)) }
        }
    }

    private func eachPage(in tx: any Connection, _ body: ([SurveyResponse]) throws -> Void) throws {
        var filter = ResponseFilter()
        filter.survey = survey.id
        var place: ResponsePlace?
        while true {
            let page = try SurveyResponse.list(
                filter, account: survey.account, after: place, limit: Self.page, in: tx)
            guard let last = page.last else { return }
            try body(page)
            place = ResponsePlace(last)
        }
    }

    private func people(
        of responses: [SurveyResponse], in tx: any Connection
    ) throws -> [Customer.ID: (externalID: String?, name: String?)] {
        let ids = Array(Set(responses.compactMap(\.customer)))
        if ids.isEmpty { return [:] }
        return try tx.run(
            """
            SELECT id, external_id, name FROM customers
            WHERE account_id = \(survey.account) AND id IN \(list: ids) LIMIT \(Self.page)
            """
        ).reduce(into: [:]) { people, row in
            people[try row.id("id")] = (try row.optionalText("external_id"), try row.optionalText("name"))
        }
    }

    private func cells(
        of response: SurveyResponse, _ person: (externalID: String?, name: String?)?
    ) -> [CSVCell] {
        [
            .text(response.id.description), .integer(response.score.raw),
            .text(response.score.band.rawValue), .text(response.occurredAt.rfc3339), .said(response.comment),
            .said(response.touchpoint), .text(response.channel), .said(response.agent),
            .said(response.language), .text(response.source.rawValue), .integer(response.surveyVersion),
            .text(response.recordedAt.rfc3339), .said(response.customer?.description),
            .said(person?.externalID), .said(person?.name),
        ]
    }

    private func cells(of answers: [Answer]) -> [CSVCell] {
        items.map { item in
            guard let answer = answers.first(where: { $0.question == item.question && $0.item == item.item })
            else { return .blank }
            if let number = answer.number { return .number(number) }
            return .text(answer.choice ?? answer.words ?? "yes")
        }
    }

    private func cells(of known: [CustomerAttribute]) -> [CSVCell] {
        segments.map { name in .said(known.first { $0.name == name }?.value) }
    }
}

extension CSVCell {
    fileprivate static func said(_ text: String?) -> CSVCell { text.map { .text($0) } ?? .blank }
}
