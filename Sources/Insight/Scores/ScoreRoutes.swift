import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Surveys
package import Web

/// `GET /api/v1/scores`.
package struct ScoreRoutes: Sendable {
    private let reader: DatabaseReader
    private let columns: ScoreColumns?

    package init(database: any Database, columns: ScoreColumns? = nil) {
        reader = DatabaseReader(database)
        self.columns = columns
    }

    package func add(to table: inout RouteTable) {
        table.get("/api/v1/scores", .api(.readScores), use: scores)
    }

    @Sendable private func scores(_ call: Call) async throws -> Response {
        let input = try ScoreInput(call)
        let columns = columns?.now(of: input.account)
        let begun = ContinuousClock.now
        let counted = try await reader.read { tx in try Counted(input, columns, in: tx) }
        let took = ContinuousClock.now - begun
        var response = Response.bytes(counted.json(input), type: "application/json")
        response.headers[.serverTiming] = "store;dur=\((took / .microseconds(1)).rounded() / 1000)"
        return response
    }
}

/// What the store holds of a question.
private struct Counted: Sendable {
    let table: ScoreTable
    let method: Figure.Method
    let beside: ScoreBeside?

    init(_ input: ScoreInput, _ columns: ScoreColumns.Standing?, in tx: any Connection) throws {
        let surveys = try input.surveys.map { try Survey.find($0, account: input.account, in: tx) }
        guard let first = surveys.first, surveys.allSatisfy({ $0.scale == first.scale }) else {
            throw DomainError.invalid("/survey", "scales-differ")
        }
        let zone = try Account.find(Account.ID(input.account), in: tx).zone
        let query = ScoreQuery(
            account: input.account, surveys: input.surveys, from: input.from, to: input.to, by: input.by,
            filters: input.filters, zone: zone, byDay: input.interval != nil, interval: input.interval)
        table = try query.table(scale: first.scale, columns: columns, in: tx)
        method = surveys.allSatisfy { $0.method == .weighted } ? .weighted : .strict
        beside = try input.isWhole ? ScoreBeside(query, in: tx) : nil
    }

    func json(_ input: ScoreInput) -> [UInt8] {
        var json = JSONBytes()
        json.object { json in
            json.key("metric")
            json.value(.string(table.scale.metric.rawValue))
            json.key("scale")
            json.value(.string(table.scale.rawValue))
            json.key("overall")
            Figure(table.overall, method: method).write(into: &json, beside: beside?.json ?? [:])
            if input.by != nil {
                json.key("groups")
                json.array { json in
                    for group in table.groups { write(group, input.interval, into: &json) }
                }
            }
            if let interval = input.interval { write(table.series(interval), into: &json) }
        }
        return json.bytes
    }

    private func write(_ group: ScoreTable.Group, _ interval: Interval?, into json: inout JSONBytes) {
        json.object { json in
            json.key("key")
            json.value(group.value.isEmpty ? .null : .string(group.value))
            json.key("figure")
            Figure(group.histogram, method: method).write(into: &json)
            if let interval { write(group.series(interval), into: &json) }
        }
    }

    private func write(
        _ series: [(start: LocalDay, histogram: ScoreHistogram)], into json: inout JSONBytes
    ) {
        json.key("series")
        json.array { json in
            for point in series {
                json.object { json in
                    json.key("start")
                    json.value(.string(point.start.description))
                    json.key("figure")
                    Figure(point.histogram, method: method).write(into: &json)
                }
            }
        }
    }
}

extension HTTPField.Name {
    fileprivate static let serverTiming = Self("Server-Timing")!
}

/// The query of `GET /scores`, checked.
struct ScoreInput: Sendable {
    let account: Int64
    let surveys: [Survey.ID]
    let from: LocalDay?
    let to: LocalDay?
    let by: String?
    let interval: Interval?
    let filters: [ScoreQuery.Filter]

    init(_ call: Call) throws {
        account = try call.account()
        let fields = try call.query()
        var problems: [DomainError.Field] = []
        let known: Set = ["survey", "from", "to", "by", "interval"]
        for field in fields.fields where !known.contains(field.name) && field.whereName == nil {
            problems.append(.init("/" + field.name, "unknown-field"))
        }
        let surveys = fields.all("survey").compactMap { Survey.ID($0) }
        if fields["survey"] == nil { problems.append(.init("/survey", "missing")) }
        self.surveys = Set(surveys).sorted()
        func day(_ name: String) -> LocalDay? {
            guard let text = fields[name] else { return nil }
            if let day = LocalDay(text) { return day }
            problems.append(.init("/" + name, "not-a-date"))
            return nil
        }
        from = day("from")
        to = day("to")
        by = fields["by"]
        if by?.isEmpty == true { problems.append(.init("/by", "missing")) }
        interval = fields["interval"].flatMap { Interval(rawValue: $0) }
        if fields["interval"] != nil, interval == nil {
            problems.append(.init("/interval", "unknown-value", ["allowed": "day, week, month"]))
        }
        filters = ScoreQuery.Filter.all(in: fields)
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        // An id that cannot be one is as unknown as one of another account.
        if surveys.count < fields.all("survey").count { throw DomainError.notFound }
    }

    /// False where the answers are cut by what an invitation and an unsent score have not yet.
    var isWhole: Bool { filters.isEmpty }
}
