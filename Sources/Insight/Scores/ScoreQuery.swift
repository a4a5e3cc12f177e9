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
