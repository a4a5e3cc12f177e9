import Accounts
package import Database
import Formats
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
        let answer = try await reader.read { tx in
            let surveys = try input.surveys.map { try Survey.find($0, account: input.account, in: tx) }
            guard let first = surveys.first, surveys.allSatisfy({ $0.scale == first.scale }) else {
                throw DomainError.invalid("/survey", "scales-differ")
            }
            let zone = try Account.find(Account.ID(input.account), in: tx).zone
            let query = ScoreQuery(
                account: input.account, surveys: input.surveys, from: input.from, to: input.to, by: input.by,
                filters: input.filters, zone: zone, byDay: input.interval != nil, interval: input.interval)
            let table = try query.table(scale: first.scale, columns: columns, in: tx)
            let isWeighted = surveys.allSatisfy { $0.method == .weighted }
            let beside = try input.isWhole ? ScoreBeside(query, in: tx) : nil
            return Self.json(table, input, method: isWeighted ? .weighted : .strict, beside)
        }
        return .json(.object(answer))
    }

    private static func json(
        _ table: ScoreTable, _ input: ScoreInput, method: Figure.Method, _ beside: ScoreBeside?
    ) -> JSONObject {
        func figure(_ histogram: ScoreHistogram) -> JSONValue {
            .object(Figure(histogram, method: method).json)
        }
        func series(_ interval: Interval, of value: String? = nil) -> JSONValue {
            .array(
                table.series(interval, of: value).map { point in
                    ["start": .string(point.start.description), "figure": figure(point.histogram)]
                })
        }
        var overall = Figure(table.overall, method: method).json
        if let beside { for member in beside.json.members { overall.set(member.key, member.value) } }
        var answer: JSONObject = [
            "metric": .string(table.scale.metric.rawValue), "scale": .string(table.scale.rawValue),
            "overall": .object(overall),
        ]
        if input.by != nil {
            answer.set(
                "groups",
                .array(
                    table.groups.map { group in
                        var object: JSONObject = [
                            "key": group.value.isEmpty ? .null : .string(group.value),
                            "figure": figure(group.histogram),
                        ]
                        if let interval = input.interval {
                            object.set("series", series(interval, of: group.value))
                        }
                        return .object(object)
                    }))
        }
        if let interval = input.interval { answer.set("series", series(interval)) }
        return answer
    }
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
