package import Database
import Kernel
package import Language
package import Surveys

/// The score of each survey over all its answers, as a list shows it.
package enum SurveyScores {
    package static func figures(
        of surveys: [Survey], _ messages: Messages, in tx: any Connection
    ) throws -> [Survey.ID: SurveyFigure] {
        guard let account = surveys.first?.account else { return [:] }
        let rows = try tx.run(
            """
            SELECT survey_id, raw, SUM(responses) AS n FROM score_days
            WHERE account_id = \(account) AND dimension = '' AND survey_id IN \(list: surveys.map(\.id))
            GROUP BY survey_id, raw LIMIT 10000
            """)
        let provisional = try ProvisionalScore.counts(of: surveys.map(\.id), account: account, in: tx)
        let visits = try InvitationIntent.openings(of: surveys.map(\.id), account: account, in: tx)
        var histograms = Dictionary(
            surveys.map { ($0.id, ScoreHistogram($0.scale)) }, uniquingKeysWith: { first, _ in first })
        for row in rows {
            histograms[try row.id("survey_id")]?.add(try row.int("raw"), times: try row.int("n"))
        }
        return Dictionary(
            surveys.map { survey in
                let method = Figure.Method(rawValue: survey.method.rawValue) ?? .strict
                let figure = Figure(histograms[survey.id] ?? ScoreHistogram(survey.scale), method: method)
                return (
                    survey.id,
                    SurveyFigure(
                        figure, FigureWords(survey.scale, messages), provisional: provisional[survey.id] ?? 0,
                        intents: visits[survey.id]?.said(messages))
                )
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension SurveyFigure {
    fileprivate init(_ figure: Figure, _ words: FigureWords, provisional: Int, intents: String?) {
        let isShown = words.shownValue(figure) != nil
        self.init(
            n: figure.n, value: isShown ? words.shown(figure) : nil,
            interval: isShown ? figure.limits.map(words.between) : nil, provisional: provisional,
            intents: intents)
    }
}
