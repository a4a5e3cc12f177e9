import Customers
package import Database
package import Formats
import Kernel

extension ResponseExport {
    private static let part = 1000
    /// A file of answers has no more columns of its own than this.
    private static let mostColumns = 1000

    /// Finds out which further questions were answered and which attributes were known, in the survey of the
    /// filter or in all of them.
    package init(_ filter: ResponseFilter, account: Int64, in tx: any Connection) throws {
        let survey: SQL = filter.survey.map { "s.survey_id = \($0)" } ?? "1 = 1"
        let items = try tx.run(
            """
            SELECT DISTINCT a.question, a.item FROM answers a JOIN scores s ON s.response_id = a.response_id
            WHERE a.account_id = \(account) AND s.account_id = \(account) AND \(survey)
            ORDER BY a.question, a.item LIMIT \(Self.mostColumns)
            """
        ).map { Item(question: try $0.text("question"), item: try $0.text("item")) }
        let segments = try tx.run(
            """
            SELECT DISTINCT g.name FROM response_segments g JOIN scores s ON s.response_id = g.response_id
            WHERE g.account_id = \(account) AND s.account_id = \(account) AND \(survey)
            ORDER BY g.name LIMIT \(Self.mostColumns)
            """
        ).map { try $0.text("name") }
        self.init(filter, account: account, items: items, segments: segments)
    }

    /// Hands over the next rows, in the order of `headings`. Where it goes on; `nil` after the last one.
    package func rows(
        after place: ResponsePlace?, in tx: any Connection, _ body: ([CSVCell]) throws -> Void
    ) throws -> ResponsePlace? {
        var conditions = filter.conditions(account)
        if let place {
            conditions.append("(s.occurred_at, s.response_id) < (\(place.occurredAt), \(place.id))")
        }
        let rows = try tx.run(
            """
            SELECT s.response_id, s.survey_id, s.raw, s.scale, s.band, s.occurred_at, r.comment, r.touchpoint,
              r.channel, r.agent, r.language, r.source, r.survey_version, r.recorded_at, c.external_id,
              c.name, r.customer_id
            FROM \(SurveyResponse.tables)
              LEFT JOIN customers c ON c.id = r.customer_id AND c.account_id = \(account)
            WHERE s.account_id = \(account) AND \(conditions.joined(" AND "))
            ORDER BY s.occurred_at DESC, s.response_id DESC LIMIT \(Self.part)
            """)
        let ids = try rows.map { SurveyResponse.ID(try $0.int64("response_id")) }
        let answers = items.isEmpty ? [:] : try SurveyResponse.answers(of: ids, account: account, in: tx)
        let known = segments.isEmpty ? [:] : try SurveyResponse.segments(of: ids, account: account, in: tx)
        for (id, row) in zip(ids, rows) {
            var cells = Self.cells(row)
            cells.append(contentsOf: repeatElement(.blank, count: headings.count - cells.count))
            add(answers[id] ?? [], known[id] ?? [], to: &cells)
            try body(cells)
        }
        guard rows.count == Self.part, let last = rows.last, let id = ids.last else { return nil }
        return ResponsePlace(occurredAt: try last.timestamp("occurred_at"), id: id)
    }

    /// Hands over the next answers, each as the API shows it. Where it goes on; `nil` after the last one.
    package func objects(
        after place: ResponsePlace?, in tx: any Connection, _ body: (JSONValue) throws -> Void
    ) throws -> ResponsePlace? {
        let found = try SurveyResponse.list(filter, account: account, after: place, limit: Self.part, in: tx)
        let views = try ResponseViews(found, account: account, in: tx)
        for response in found { try body(views.json(response)) }
        return found.count < Self.part ? nil : found.last.map(ResponsePlace.init)
    }

    /// The columns stand in the order of `fixedHeadings`, for to look each up by name costs more than to read
    /// the row.
    private static func cells(_ row: Row) -> [CSVCell] {
        row.values.enumerated().map { column, value in
            switch (column, value) {
            case (0, .integer(let id)): .text(SurveyResponse.ID(id).description)
            case (1, .integer(let id)): .text(Survey.ID(id).description)
            case (16, .integer(let id)): .text(Customer.ID(id).description)
            case (5, .integer(let time)), (13, .integer(let time)):
                .text(Timestamp(milliseconds: time).rfc3339)
            case (_, .integer(let number)): .integer(Int(number))
            case (_, .text(let text)): .text(text)
            default: .blank
            }
        }
    }
}
