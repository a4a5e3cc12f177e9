import Accounts
import Database
import Kernel
import Surveys

extension Overview {
    /// Columns that are looked at: more would bury what stands out.
    static let mostColumns = 6
    /// Marks on the trend: more would cover it.
    static let mostRuleChanges = 12

    static func look(
        at survey: Survey, _ period: OverviewPeriod, filters: [ScoreQuery.Filter], zone: Zone,
        columns packed: ScoreColumns.Standing? = nil, in tx: any Connection
    ) throws -> Overview {
        let ask = Asking(survey: survey, filters: filters, zone: zone, packed: packed)
        let days = try ask.table(nil, period.from, period.to, byDay: true, in: tx)
        let before = try ask.table(nil, period.before.from, period.before.to, in: tx).overall
        let names =
            try ["touchpoint", "agent"] + (ScoreDays.settings(of: survey.account, in: tx)?.attributes ?? [])
        let asked = Array(names.prefix(mostColumns))
        let columns = try ask.columns(
            asked, now: (period.from, period.to), before: period.before, in: tx)
        var overview = Overview(
            survey: survey, period: period, days: days, before: before, columns: columns)
        overview.turn = try overview.turn(ask, asked, in: tx)
        overview.ruleChanges = try AskRuleVersion.made(
            about: survey.id, from: zone.start(of: period.from), to: zone.start(of: period.to),
            account: survey.account, limit: mostRuleChanges, in: tx
        ).map { (day: zone.day(of: $0.createdAt), rule: $0.name, version: $0.version) }
        return overview
    }

    /// The mix is asked for again, for these two points of the series alone.
    private func turn(_ ask: Asking, _ names: [String], in tx: any Connection) throws -> Turn? {
        guard let place = provenMoves.first?.place else { return nil }
        func days(_ start: LocalDay) -> (from: LocalDay, to: LocalDay) {
            (max(start, period.from), min(period.interval.next(after: start), period.to))
        }
        let (old, new) = (series[place - 1], series[place])
        let columns = try ask.columns(names, now: days(new.start), before: days(old.start), in: tx)
        return ChangeFinding(from: old.figure, to: new.figure, columns: columns).map {
            Turn(start: new.start, change: $0)
        }
    }

    /// What every question of one view has in common.
    private struct Asking {
        let survey: Survey
        let filters: [ScoreQuery.Filter]
        let zone: Zone
        let packed: ScoreColumns.Standing?

        func table(
            _ by: String?, _ from: LocalDay, _ to: LocalDay, byDay: Bool = false, in tx: any Connection
        ) throws -> ScoreTable {
            try ScoreQuery(
                account: survey.account, surveys: [survey.id], from: from, to: to, by: by, filters: filters,
                zone: zone, byDay: byDay
            ).table(scale: survey.scale, columns: packed, in: tx)
        }

        func columns(
            _ names: [String], now: (from: LocalDay, to: LocalDay), before: (from: LocalDay, to: LocalDay),
            in tx: any Connection
        ) throws -> [Column] {
            try names.map { name in
                Column(
                    name: name, now: try table(name, now.from, now.to, in: tx),
                    before: try table(name, before.from, before.to, in: tx))
            }
        }
    }

    /// The survey that a reader who named none most likely means: the one with the most answers.
    static func busiestSurvey(account: Int64, since day: LocalDay, in tx: any Connection) throws -> Survey.ID?
    {
        try tx.run(
            """
            SELECT survey_id, SUM(responses) AS n FROM score_days
            WHERE account_id = \(account) AND dimension = '' AND day >= \(day)
            GROUP BY survey_id ORDER BY n DESC, survey_id DESC LIMIT 1
            """
        ).first?.id("survey_id")
    }

    /// Whether the survey has any answer, whenever it was given.
    static func hasAnswers(_ survey: Survey, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT response_id FROM scores
            WHERE account_id = \(survey.account) AND survey_id = \(survey.id) LIMIT 1
            """
        ).isEmpty
    }
}
