import Accounts
import Database
import Kernel
import Surveys

extension Overview {
    /// Columns that are looked at: more would bury what stands out.
    static let mostColumns = 6

    static func look(
        at survey: Survey, _ period: OverviewPeriod, filters: [ScoreQuery.Filter], zone: Zone,
        in tx: any Connection
    ) throws -> Overview {
        func ask(
            _ by: String?, _ from: LocalDay, _ to: LocalDay, byDay: Bool = false
        ) throws -> ScoreTable {
            try ScoreQuery(
                account: survey.account, surveys: [survey.id], from: from, to: to, by: by, filters: filters,
                zone: zone, byDay: byDay
            ).table(scale: survey.scale, in: tx)
        }
        let days = try ask(nil, period.from, period.to, byDay: true)
        let before = try ask(nil, period.before.from, period.before.to).overall
        let names = try ScoreDays.settings(of: survey.account, in: tx)?.attributes ?? []
        let columns = try (["touchpoint", "agent"] + names).prefix(mostColumns).map { name in
            Column(
                name: name, now: try ask(name, period.from, period.to),
                before: try ask(name, period.before.from, period.before.to))
        }
        return Overview(survey: survey, period: period, days: days, before: before, columns: columns)
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
