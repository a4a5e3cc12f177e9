import Accounts
package import Database
import Hummingbird
package import Kernel
import Language
import Surveys
package import Web

/// `GET /`: the overview.
package struct OverviewRoutes: Sendable {
    /// The cases that wait in an account; `FollowUp` knows.
    package typealias OpenCases =
        @Sendable (_ account: Int64, _ now: Timestamp, _ tx: any Connection) throws -> CaseSummary

    private let reader: DatabaseReader
    private let world: World
    private let columns: ScoreColumns?
    private let openCases: OpenCases

    private static let mostSurveys = 100
    private static let newestComments = 6

    package init(
        database: any Database, world: World, columns: ScoreColumns? = nil, openCases: @escaping OpenCases
    ) {
        reader = DatabaseReader(database)
        self.world = world
        self.columns = columns
        self.openCases = openCases
    }

    package func add(to table: inout RouteTable) {
        table.get("/", .page(.readScores), use: show)
    }

    /// What there is to show: a page, or why there is none and the one next step.
    private enum Found: Sendable {
        case page(OverviewPage)
        case nothing(key: String, href: String, live: OverviewPage.Live? = nil)
    }

    @Sendable private func show(_ call: Call) async throws -> Response {
        let (principal, messages) = (try call.principal(), call.messages)
        let question = OverviewQuestion(try call.query())
        let columns = columns?.now(of: principal.accountID)
        let found = try await reader.read { tx in
            try find(question, for: principal, messages, columns, in: tx)
        }
        switch found {
        case .page(let page): return try call.page("overview", page.model)
        case .nothing(let key, let href, let live):
            return try call.page(
                "overview",
                [
                    "title": messages("overview.title"), "isEmpty": true,
                    "nothing": OverviewPage.state(messages, key, href: href),
                    "live": live.map { [$0.model] } ?? [],
                ])
        }
    }

    private func find(
        _ question: OverviewQuestion, for principal: Principal, _ messages: Messages,
        _ columns: ScoreColumns.Standing?, in tx: any Connection
    ) throws -> Found {
        let (account, now) = (try Account.find(Account.ID(principal.accountID), in: tx), world.now())
        let surveys = try Survey.list(account: account.id.number, limit: Self.mostSurveys, in: tx)
        guard let first = surveys.first else { return .nothing(key: "no-survey", href: "/surveys/new") }
        let survey = try chosen(question, among: surveys, account, at: now, in: tx) ?? first
        let today = account.zone.day(of: now)
        let live = try live(question, survey, today: today, for: principal, in: tx)
        guard try Overview.hasAnswers(survey, in: tx) else {
            return .nothing(key: "no-answer", href: "/surveys/\(survey.id)", live: live)
        }
        let period = question.period(today: today)
        let overview = try Overview.look(
            at: survey, period, filters: question.filters, zone: account.zone, columns: columns, in: tx)
        return .page(
            OverviewPage(
                overview: overview, question: question, surveys: surveys,
                comments: principal.may(.readResponses)
                    ? try comments(overview, question, account, in: tx) : [],
                cases: principal.may(.readCases) ? try openCases(account.id.number, now, tx) : nil,
                newestDay: overview.figure.n == 0 ? try newestDay(of: survey, account, in: tx) : nil,
                beside: try beside(overview, question, account, in: tx), live: live,
                account: account, now: now, messages: messages))
    }

    /// Only where a new answer would change what is shown, and where the reader may hear of one.
    private func live(
        _ question: OverviewQuestion, _ survey: Survey, today: LocalDay, for principal: Principal,
        in tx: any Connection
    ) throws -> OverviewPage.Live? {
        let period = question.period(today: today)
        guard principal.may(.readResponses), question.filters.isEmpty, period.from <= today,
            today < period.to
        else { return nil }
        return OverviewPage.Live(
            after: try ScoreDays.position(account: principal.accountID, in: tx), survey: survey.id,
            href: question.address)
    }

    /// What stands beside the answers and counts nowhere; `nil` where a filter asks for what it has not.
    private func beside(
        _ overview: Overview, _ question: OverviewQuestion, _ account: Account, in tx: any Connection
    ) throws -> ScoreBeside? {
        guard question.filters.isEmpty else { return nil }
        let (zone, period) = (account.zone, overview.period)
        return try ScoreBeside(
            of: [overview.survey.id], account: account.id.number, from: zone.start(of: period.from),
            to: zone.start(of: period.to), in: tx)
    }

    private func chosen(
        _ question: OverviewQuestion, among surveys: [Survey], _ account: Account, at now: Timestamp,
        in tx: any Connection
    ) throws -> Survey? {
        if let asked = question.survey {
            return try surveys.first { $0.id == asked }
                ?? Survey.find(asked, account: account.id.number, in: tx)
        }
        let year = account.zone.day(of: now) - 365
        let busiest = try Overview.busiestSurvey(account: account.id.number, since: year, in: tx)
        return surveys.first { $0.id == busiest }
    }

    private func newestDay(of survey: Survey, _ account: Account, in tx: any Connection) throws -> LocalDay? {
        var filter = ResponseFilter()
        filter.survey = survey.id
        let newest = try SurveyResponse.list(filter, account: account.id.number, limit: 1, in: tx).first
        return newest.map { account.zone.day(of: $0.occurredAt) }
    }

    /// None where a filter is one that the list of answers does not know.
    private func comments(
        _ overview: Overview, _ question: OverviewQuestion, _ account: Account, in tx: any Connection
    ) throws -> [SurveyResponse] {
        guard var filter = ResponseFilter(question.filters) else { return [] }
        filter.survey = overview.survey.id
        filter.hasComment = true
        filter.from = account.zone.start(of: overview.period.from)
        filter.to = account.zone.start(of: overview.period.to)
        return try SurveyResponse.list(
            filter, account: account.id.number, limit: Self.newestComments, in: tx)
    }
}

extension ResponseFilter {
    fileprivate init?(_ filters: [ScoreQuery.Filter]) {
        self.init()
        for filter in filters {
            guard filter.values.count == 1, let value = filter.values.first, !value.isEmpty else {
                return nil
            }
            switch filter.name {
            case "touchpoint": touchpoint = value
            case "channel": channel = value
            case "agent": agent = value
            case "language": language = value
            default: return nil
            }
        }
    }
}
