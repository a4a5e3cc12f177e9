package import Accounts
package import Kernel
package import Surveys

/// Which answers, and how they are cut: what `GET /scores` and every page ask.
package struct ScoreQuery: Equatable, Sendable {
    package struct Filter: Equatable, Sendable {
        package let name: String
        /// Any of these; `""` is an answer without a value.
        package let values: [String]

        package init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    package let account: Int64
    package let surveys: [Survey.ID]
    package var from: LocalDay?
    /// The first day that no longer counts.
    package var to: LocalDay?
    package var by: String?
    package var filters: [Filter]
    package let zone: Zone
    /// False where no series is wanted: then all counts stand on one day and the answer is small.
    package var byDay: Bool
    /// What the series will be cut into: the first day of a week or month may then stand for all of it.
    package var interval: Interval?

    package init(
        account: Int64, surveys: [Survey.ID], from: LocalDay? = nil, to: LocalDay? = nil, by: String? = nil,
        filters: [Filter] = [], zone: Zone, byDay: Bool = true, interval: Interval? = nil
    ) {
        self.account = account
        self.surveys = surveys
        self.from = from
        self.to = to
        self.by = by
        self.filters = filters
        self.zone = zone
        self.byDay = byDay
        self.interval = interval
    }

    /// The one dimension whose cells answer this, `""` for the total; `nil` when only the rows can.
    func coveringDimension(_ settings: ScoreDays.Settings?) -> String? {
        guard let settings, settings.zone == zone else { return nil }
        let names = Set(filters.map(\.name)).union(by.map { [$0] } ?? [])
        guard let name = names.first else { return "" }
        return names.count == 1 && settings.dimensions.contains(name) ? name : nil
    }
}

/// Answers counted by day and value of the grouping dimension.
package struct ScoreTable: Sendable {
    package struct Cell: Hashable, Sendable {
        package let value: String
        package let day: LocalDay
    }
    package let scale: Scale
    package private(set) var cells: [Cell: ScoreHistogram] = [:]

    init(scale: Scale) { self.scale = scale }

    mutating func add(_ value: String, _ day: LocalDay, raw: Int, times: Int) {
        cells[Cell(value: value, day: day), default: ScoreHistogram(scale)].add(raw, times: times)
    }

    /// One count for each score of the scale, the lowest first.
    mutating func add(_ value: String, _ day: LocalDay, _ counts: some Sequence<Int>) {
        let (cell, histogram) = (Cell(value: value, day: day), ScoreHistogram(scale, counts: counts))
        cells[cell] = cells[cell].map { $0 + histogram } ?? histogram
    }

    mutating func add(_ other: ScoreTable) { cells.merge(other.cells, uniquingKeysWith: +) }

    package var overall: ScoreHistogram { cells.values.reduce(ScoreHistogram(scale), +) }

    /// By value of the dimension, in the order of the values; `""` (no value) last.
    package var groups: [(value: String, histogram: ScoreHistogram)] {
        merged { $0.value }.sorted { left, right in
            left.key.isEmpty != right.key.isEmpty ? right.key.isEmpty : left.key < right.key
        }.map { ($0.key, $0.value) }
    }

    /// By period, the earliest first; periods without answers are left out.
    package func series(
        _ interval: Interval, of value: String? = nil
    ) -> [(start: LocalDay, histogram: ScoreHistogram)] {
        merged(where: { value == nil || $0.value == value }) { interval.start(of: $0.day) }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func merged<Key: Hashable>(
        where matches: (Cell) -> Bool = { _ in true }, _ key: (Cell) -> Key
    ) -> [Key: ScoreHistogram] {
        cells.reduce(into: [:]) { merged, cell in
            guard matches(cell.key) else { return }
            let place = key(cell.key)
            merged[place] = merged[place].map { $0 + cell.value } ?? cell.value
        }
    }
}
