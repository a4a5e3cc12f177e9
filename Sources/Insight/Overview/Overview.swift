package import Kernel
import Statistics
import Surveys

/// Cases that wait, as the overview tells of them; `FollowUp` knows, `App` hands it over.
package struct CaseSummary: Equatable, Sendable {
    package struct Waiting: Equatable, Sendable {
        package let id: String
        /// The customer's name, else `nil`.
        package let name: String?
        package let dueAt: Timestamp

        package init(id: String, name: String?, dueAt: Timestamp) {
            self.id = id
            self.name = name
            self.dueAt = dueAt
        }
    }

    /// Not yet verified or closed.
    package let open: Int
    package let overdue: Int
    /// The next ones by due time.
    package let next: [Waiting]

    package init(open: Int = 0, overdue: Int = 0, next: [Waiting] = []) {
        self.open = open
        self.overdue = overdue
        self.next = next
    }
}

/// What the first page says of one survey in one period, and the figures that carry it.
struct Overview: Sendable {
    let survey: Survey
    let period: OverviewPeriod
    let figure: Figure
    /// Of the period of the same length before.
    let before: Figure
    /// `nil` where one of the two has fewer than five answers.
    let change: ChangeFinding?
    /// The smallest true change between two periods with as many answers as this one that would show in four
    /// of five cases, in points.
    let smallestVisible: Double?
    let series: [(start: LocalDay, figure: Figure)]
    /// The move from one point of the series to the next that is least likely to be chance, where any is
    /// proven.
    var turn: Turn?
    let groups: [GroupFinding]
    /// When what is asked, of whom or how soon was made another: a move may come from that alone.
    var ruleChanges: [(day: LocalDay, rule: String, version: Int)] = []

    /// One column of groups in both periods.
    struct Column: Sendable {
        let name: String
        let now: ScoreTable
        let before: ScoreTable
    }

    /// A point of the series that differs from the one before it.
    struct Turn: Sendable {
        let start: LocalDay
        let change: ChangeFinding
    }

    init(
        survey: Survey, period: OverviewPeriod, days: ScoreTable, before: ScoreHistogram, columns: [Column]
    ) {
        let method = Figure.Method(rawValue: survey.method.rawValue) ?? .strict
        self.survey = survey
        self.period = period
        figure = Figure(days.overall, method: method)
        self.before = Figure(before, method: method)
        let moments = figure.moments
        smallestVisible = Change.smallestDetectable(spread: moments.spread, n: moments.n).map { $0 * 100 }
        change = ChangeFinding(from: self.before, to: figure, columns: columns)
        series = Self.withoutGaps(days.series(period.interval), period.interval, survey.scale).map {
            ($0.start, Figure($0.histogram, method: method))
        }
        groups = columns.compactMap { column in
            let entries = column.now.groups.map {
                (key: $0.value.isEmpty ? nil : $0.value, histogram: $0.histogram)
            }
            guard entries.count > 1 else { return nil }
            // Not of the days: counts and rows differ while answers come in.
            return GroupFinding(
                column: column.name, entries: entries, of: column.now.overall, method: method)
        }
    }
}

extension Overview {
    /// Points that a trend may have before its empty periods are left out.
    private static let mostPoints = 400

    /// A period without answers has its place on the time axis all the same.
    private static func withoutGaps(
        _ series: [(start: LocalDay, histogram: ScoreHistogram)], _ interval: Interval, _ scale: Scale
    ) -> [(start: LocalDay, histogram: ScoreHistogram)] {
        guard let first = series.first?.start, let last = series.last?.start else { return series }
        let known = Dictionary(uniqueKeysWithValues: series.map { ($0.start, $0.histogram) })
        let starts = sequence(first: first) { interval.next(after: $0) }
            .prefix(mostPoints + 1).prefix { $0 <= last }
        guard starts.count <= mostPoints else { return series }
        return starts.map { ($0, known[$0] ?? ScoreHistogram(scale)) }
    }
}

extension Overview {
    /// Every point that is proven to differ from the one before it, false discoveries held at 5 %, the least
    /// likely to be chance first. `place` is that of the later point.
    var provenMoves: [(place: Int, p: Double)] {
        let tests = series.indices.dropFirst().compactMap { place -> (place: Int, p: Double)? in
            let (before, now) = (series[place - 1].figure, series[place].figure)
            guard before.n >= GroupFinding.fewest, now.n >= GroupFinding.fewest else { return nil }
            return Change.test(now.moments, against: before.moments).map { (place, $0.p) }
        }
        let proven = zip(tests, FalseDiscovery.qValues(tests.map(\.p))).filter { $0.1 < 0.05 }.map(\.0)
        return proven.sorted { ($0.p, $0.place) < ($1.p, $1.place) }
    }
}

extension ChangeFinding {
    /// The mix is looked for where the change is flagged: in the column with the largest mix effect.
    init?(from before: Figure, to now: Figure, columns: [Overview.Column]) {
        guard before.n >= GroupFinding.fewest, now.n >= GroupFinding.fewest, let old = before.estimate,
            let new = now.estimate,
            let test = Change.test(now.moments, against: before.moments)
        else { return nil }
        let mixes = test.p >= 0.05 ? [] : columns.compactMap { MixFinding($0, before: before, now: now) }
        self.init(
            difference: test.difference * 100, limits: Change.limits(new, minus: old), p: test.p, q: test.p,
            mix: mixes.max { abs($0.effect) < abs($1.effect) })
    }
}

extension MixFinding {
    fileprivate init?(_ column: Overview.Column, before: Figure, now: Figure) {
        let (old, new) = (column.before.strata(before.method), column.now.strata(now.method))
        guard Set(old.keys).union(new.keys).count > 1, let change = MixAdjustedChange(from: old, to: new)
        else { return nil }
        self.init(column: column.name, change, before: Double(before.n), after: Double(now.n)) {
            $0.isEmpty ? nil : $0
        }
    }
}

extension ScoreTable {
    fileprivate func strata(_ method: Figure.Method) -> [String: Moments] {
        Dictionary(uniqueKeysWithValues: groups.map { ($0.value, $0.histogram.moments(method)) })
    }
}
