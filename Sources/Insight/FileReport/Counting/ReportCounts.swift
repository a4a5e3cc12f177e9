import Formats
import Kernel
import Surveys

/// Why a row with an answer does not count.
package enum Refusal: String, Sendable, CaseIterable {
    case outOfRange = "out_of_range"
    case notInteger = "not_integer"
    /// A later row with a response id that stood before.
    case duplicate
    case unreadableRow = "unreadable_row"
}

/// The second reading of a file: every count that the report is made of. Memory grows with the number of
/// periods and groups, not with that of rows (but for 16 bytes a response id).
struct ReportCounts {
    let plan: ReportPlan
    private(set) var rows = 0
    private(set) var answered = 0
    private(set) var filteredOut = 0
    private(set) var refused: [Refusal: Int] = [:]
    private(set) var undated = 0
    private(set) var overall: ScoreHistogram
    private(set) var periods: [ScoreHistogram]
    private(set) var groups: [GroupCounter]
    private var seen = SeenIDs()
    private let periodOfDay: [Int]
    private let scoreColumn: Int
    private let timeColumn: Int?
    private let idColumn: Int?

    init(_ plan: ReportPlan) {
        self.plan = plan
        let starts = plan.starts
        overall = ScoreHistogram(plan.scale)
        periods = Array(repeating: ScoreHistogram(plan.scale), count: starts.count)
        scoreColumn = plan.columns[.score]?.index ?? 0
        (timeColumn, idColumn) = (plan.columns[.time]?.index, plan.columns[.id]?.index)
        let roles = Set(plan.columns.choices.values.map(\.index))
        let columns = plan.by ?? plan.nameable.filter { !roles.contains($0) }
        groups = columns.map { column in
            GroupCounter(
                column: column, heading: plan.headings[column], isNamed: plan.by != nil, scale: plan.scale,
                periods: starts.count)
        }
        periodOfDay =
            plan.days.map { days in
                var period = 0
                return (days.lowerBound.number...days.upperBound.number).map { day in
                    while period + 1 < starts.count, starts[period + 1].number <= day { period += 1 }
                    return period
                }
            } ?? []
    }

    var valid: Int { overall.n }

    /// A row that could not be read is counted as an answer, for nobody knows that it is none.
    mutating func addUnreadable() {
        rows += 1
        answered += 1
        refused[.unreadableRow, default: 0] += 1
    }

    /// Returns the score of a valid answer.
    @discardableResult
    mutating func add(_ row: some RowCells) throws(DomainError) -> Int? {
        guard plan.filter.keeps(row) else {
            filteredOut += 1
            return nil
        }
        rows += 1
        let cell = row[scoreColumn]
        if cell.isBlank { return nil }
        answered += 1
        let isRepeated = isRepeated(row)
        guard let score = ScoreText.integer(cell) else { return refuse(.notInteger) }
        guard plan.scale.scores.contains(score) else { return refuse(.outOfRange) }
        if isRepeated { return refuse(.duplicate) }
        try count(score, row)
        return score
    }

    private mutating func refuse(_ reason: Refusal) -> Int? {
        refused[reason, default: 0] += 1
        return nil
    }

    private mutating func isRepeated(_ row: some RowCells) -> Bool {
        guard let idColumn else { return false }
        let id = row[idColumn].trimmed
        return !id.isEmpty && !seen.insert(id)
    }

    private mutating func count(_ score: Int, _ row: some RowCells) throws(DomainError) {
        overall.add(score)
        let period = period(of: row)
        if let period { periods[period].add(score) } else if timeColumn != nil { undated += 1 }
        let bin = score - plan.scale.scores.lowerBound
        let weight: Int32 =
            switch plan.scale.band(of: score) {
            case .promoter, .satisfied: 1
            case .detractor: -1
            default: 0
            }
        for index in groups.indices {
            groups[index].add(row[groups[index].column], bin: bin, weight: weight, period: period)
            if groups[index].isNamed, groups[index].isOverfull {
                throw .tooManyGroups(groups[index].heading, limit: GroupCounter.mostNamedValues)
            }
        }
    }

    private func period(of row: some RowCells) -> Int? {
        guard let timeColumn, let first = plan.days?.lowerBound.number,
            let day = DateCell(row[timeColumn])?.day(plan.order)?.number,
            periodOfDay.indices.contains(day - first)
        else { return nil }
        return periodOfDay[day - first]
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Nothing but blanks of any script.
    var isBlank: Bool {
        let rest = trimmed
        guard let first = rest.first else { return true }
        return first >= 0x80 && ScoreText.isBlank(String(decoding: rest, as: UTF8.self))
    }
}
