import Customers
package import Database
package import Formats
import Kernel

extension ResponseExport {
    private static let part = 1000
    /// A file of answers has no more columns of its own than this, of either sort.
    private static let mostColumns = 1000
    private static let mostVersions = 10_000

    /// Finds out which further questions there are, in all versions of the survey of the filter or of all
    /// surveys, and which attributes were known.
    package init(_ filter: ResponseFilter, account: Int64, in tx: any Connection) throws {
        let survey: SQL = filter.survey.map { "s.survey_id = \($0)" } ?? "1 = 1"
        let versions: SQL = filter.survey.map { "survey_id = \($0)" } ?? "1 = 1"
        // A look at what was answered would read every answer before the first is written.
        let definitions = try tx.run(
            """
            SELECT definition FROM survey_versions WHERE account_id = \(account) AND \(versions)
            ORDER BY survey_id DESC, version DESC LIMIT \(Self.mostVersions)
            """
        ).map { try SurveyDefinition.stored(as: $0.text("definition")) }
        let items = Set(definitions.flatMap(\.questions).flatMap(Item.all)).sorted().prefix(Self.mostColumns)
        let segments = try tx.run(
            """
            SELECT DISTINCT g.name FROM response_segments g JOIN scores s ON s.response_id = g.response_id
            WHERE g.account_id = \(account) AND s.account_id = \(account) AND \(survey)
            ORDER BY g.name LIMIT \(Self.mostColumns)
            """
        ).map { try $0.text("name") }
        self.init(filter, account: account, items: Array(items), segments: segments)
    }

    /// The next rows.
    package func rows(after place: ResponsePlace?, in tx: any Connection) throws -> ResponsePart {
        var part = ResponsePart(width: headings.count)
        var conditions = filter.conditions(account)
        if let place {
            conditions.append("(s.occurred_at, s.response_id) < (\(place.occurredAt), \(place.id))")
        }
        let kinds = Self.fixedColumns.map(\.kind)
        let time = Self.fixedHeadings.firstIndex(of: "occurred_at") ?? 0
        try tx.each(
            view: """
                SELECT s.response_id, s.survey_id, s.raw, s.scale, s.band, s.occurred_at, r.comment,
                  r.touchpoint, r.channel, r.agent, r.language, r.source, r.survey_version, r.recorded_at,
                  c.external_id, c.name, r.customer_id
                FROM \(SurveyResponse.tables)
                  LEFT JOIN customers c ON c.id = r.customer_id AND c.account_id = \(account)
                WHERE s.account_id = \(account) AND \(conditions.joined(" AND "))
                ORDER BY s.occurred_at DESC, s.response_id DESC LIMIT \(Self.part)
                """
        ) { part.add($0, kinds, time: time) }
        if !part.ids.isEmpty {
            let rows = Dictionary(uniqueKeysWithValues: zip(part.ids.lazy.map(\.number), 0...))
            if !items.isEmpty { try addAnswers(to: &part, rows, in: tx) }
            if !segments.isEmpty { try addSegments(to: &part, rows, in: tx) }
        }
        if part.count == Self.part { part.next = part.last }
        return part
    }

    /// What was said to further questions; a choice ticked without words is a yes.
    private func addAnswers(
        to part: inout ResponsePart, _ rows: [Int64: Int], in tx: any Connection
    ) throws {
        var columns = ColumnMemory()
        try tx.each(
            view: """
                SELECT response_id, question, item, number, choice, words FROM answers
                WHERE account_id = \(account) AND response_id IN \(list: part.ids)
                """
        ) { answer in
            guard let row = answer.int64(0).flatMap({ rows[$0] }), let question = answer.text(1),
                let item = answer.text(2),
                let column = columns.column(
                    [question, item], else: { items[Item(question: $0[0], item: $0[1])] })
            else { return }
            if let number = answer.double(3) {
                part.add(number, row: row, column: column)
            } else if let said = answer.text(4) ?? answer.text(5) {
                part.add(said, row: row, column: column)
            } else {
                "yes".utf8.withContiguousStorageIfAvailable { part.add($0, row: row, column: column) }
            }
        }
    }

    /// What was known of the customer.
    private func addSegments(
        to part: inout ResponsePart, _ rows: [Int64: Int], in tx: any Connection
    ) throws {
        var columns = ColumnMemory()
        try tx.each(
            view: """
                SELECT response_id, name, value FROM response_segments
                WHERE account_id = \(account) AND response_id IN \(list: part.ids)
                """
        ) { segment in
            guard let row = segment.int64(0).flatMap({ rows[$0] }), let name = segment.text(1),
                let value = segment.text(2),
                let column = columns.column([name], else: { segments[$0[0]] })
            else { return }
            part.add(value, row: row, column: column)
        }
    }

    /// The next answers, each as the API shows it, and where it goes on; `nil` after the last one.
    package func objects(
        after place: ResponsePlace?, in tx: any Connection
    ) throws -> (objects: [JSONValue], next: ResponsePlace?) {
        let found = try SurveyResponse.list(filter, account: account, after: place, limit: Self.part, in: tx)
        let views = try ResponseViews(found, account: account, in: tx)
        let next = found.count < Self.part ? nil : found.last.map(ResponsePlace.init)
        return (found.map(views.json), next)
    }
}
