import Accounts
import Charts
import Formats
import Kernel
import Language
import Statistics
import Surveys

/// The first page: sentences, then their evidence.
struct OverviewPage: Sendable {
    let overview: Overview
    let question: OverviewQuestion
    let surveys: [Survey]
    let comments: [SurveyResponse]
    let cases: CaseSummary?
    /// The last day with an answer, where the period has none.
    let newestDay: LocalDay?
    let beside: ScoreBeside?
    let live: Live?
    let account: Account
    let now: Timestamp
    let messages: Messages

    /// What tells of answers that are not counted here yet.
    struct Live: Sendable {
        /// Up to which event of the account all is counted.
        let after: Int
        let survey: Survey.ID
        /// The page anew.
        let href: String

        var model: [String: Any] {
            ["after": String(after), "survey": survey.description, "band": "", "href": href]
        }
    }

    private var notes: [String] {
        guard let beside else { return [] }
        var notes: [String] = []
        if let rate = beside.response.said(messages) {
            notes.append(messages("policy.response-rate", ["share": .string(rate)]))
        }
        if beside.provisional > 0 {
            notes.append(messages("coverage.waiting", ["count": .int(beside.provisional)]))
        }
        if let intents = beside.visits.said(messages) { notes.append(intents) }
        return notes
    }

    private var sentences: OverviewWords {
        OverviewWords(overview: overview, cases: cases, zone: account.timeZone, messages: messages)
    }
    private var words: FigureWords { FigureWords(overview.survey.scale, messages) }
    private var charts: OverviewCharts { OverviewCharts(overview: overview, messages: messages) }

    var model: [String: Any] {
        var model = OverviewControls(
            question: question, survey: overview.survey, surveys: surveys, period: overview.period,
            messages: messages
        ).model
        model["title"] = messages("overview.title")
        model["live"] = live.map { [$0.model] } ?? []
        guard overview.figure.n > 0 else {
            model["nothing"] = nothingHere
            return model
        }
        model["hasAnswers"] = true
        model["sentence"] = sentences.sentence.map { ["text": $0.text, "href": $0.href] }
        model["gap"] = OverviewWords.gap(messages)
        model["figure"] = figure
        model["notes"] = notes
        model["coverage"] = notes.isEmpty ? [] : ["/surveys/\(overview.survey.id)/coverage"]
        model["change"] = change
        if words.shownValue(overview.figure) != nil {
            model["shares"] = ["distribution": charts.distribution.html, "bands": charts.bands.html]
        }
        if let trend = charts.trend { model["trend"] = trend.html }
        if let bridge = charts.bridge { model["bridge"] = bridge.html }
        let found = groups
        model["loud"] = found.filter { $0.isLoud }.map(\.model)
        model["quiet"] = found.filter { !$0.isLoud }.map(\.model)
        model["hasGroups"] = !found.isEmpty
        model["comments"] = comments.map(comment)
        model["hasComments"] = !comments.isEmpty
        if let cases, !cases.next.isEmpty { model["cases"] = ["lines": cases.next.map(line)] }
        return model
    }

    private var figure: [String: Any] {
        let figure = overview.figure
        var model: [String: Any] = [
            "label": words.metric, "basis": words.answers(figure.n), "explain": sentences.explainedScore,
        ]
        if words.shownValue(figure) == nil {
            model["withheld"] = words.needed(figure.n)
        } else if let value = figure.value, let limits = figure.limits {
            let isWide = figure.n < FigureWords.fewForHeadline
            model["value"] = isWide ? words.between(limits) : words.value(value)
            model["interval"] =
                isWide
                ? messages("overview.middle", ["value": .string(words.value(value))])
                : messages("overview.likely", ["between": .string(words.between(limits))])
        }
        return model
    }

    private var change: [String: Any] {
        var model: [String: Any] = [
            "label": messages("overview.change"), "basis": sentences.visible ?? "",
            "explain": sentences.explainedChange,
        ]
        if let change = overview.change {
            model["value"] = messages.signed(change.difference)
            model["interval"] = messages(
                change.isFlagged ? "overview.change.is-proven" : "overview.change.is-unproven",
                [
                    "low": .string(messages.signed(change.limits.low)),
                    "high": .string(messages.signed(change.limits.high)), "p": .string(words.p(change.p)),
                ])
        } else {
            model["withheld"] = messages("overview.change.few")
        }
        return model
    }

    /// A column in which something stands out is shown, another one folded.
    private var groups: [(isLoud: Bool, model: [String: Any])] {
        overview.groups.filter { $0.tested > 0 }.enumerated().map { place, group in
            let chart = charts.groups(group, place: place)
            let model: [String: Any] = [
                "chart": chart.html, "title": chart.words.title,
                "only": messages(
                    "overview.groups.only",
                    ["column": .string(OverviewWords.column(group.column, messages))]),
                "links": group.rows.prefix(40).map { row in
                    [
                        "href": question.with(group.column, row.key ?? "").address,
                        "label": row.key ?? messages("report.group.blank"),
                    ]
                },
            ]
            return (!group.standingOut.isEmpty, model)
        }
    }

    private func comment(_ response: SurveyResponse) -> [String: Any] {
        let offset = account.zone.offsetSeconds(at: response.occurredAt)
        var facts = [messages.dateTime(response.occurredAt, offsetSeconds: offset)]
        if let touchpoint = response.touchpoint { facts.append(touchpoint) }
        return [
            "href": "/responses/\(response.id)", "kind": response.score.band.rawValue,
            "band": messages("band.\(response.score.band.rawValue)"),
            "score": messages.number(response.score.raw), "text": response.comment ?? "",
            "facts": facts.joined(separator: " · "),
        ]
    }

    private func line(_ waiting: CaseSummary.Waiting) -> [String: Any] {
        [
            "href": "/cases/\(waiting.id)", "name": waiting.name ?? messages("overview.case.nobody"),
            "due": messages.relative(waiting.dueAt, now: now), "isLate": waiting.dueAt < now,
        ]
    }

    private var nothingHere: [String: Any] {
        let period: MessageValue = .string(OverviewWords.span(overview.period, messages))
        if question.filters.isEmpty, let newestDay {
            return OverviewPage.state(
                messages, "none-in-period", href: question.yearThrough(newestDay).address,
                values: ["period": period, "day": .string(messages.date(newestDay))])
        }
        return OverviewPage.state(
            messages, "none-in-filters", href: OverviewQuestion.plain(of: question).address,
            values: ["period": period])
    }

    /// What this page will show, why it is empty, and the one next step.
    static func state(
        _ messages: Messages, _ key: String, href: String, values: [String: MessageValue] = [:]
    ) -> [String: Any] {
        [
            "icon": "understand", "heading": messages("overview.\(key).heading", values),
            "text": messages("overview.\(key).text", values),
            "action": ["href": href, "label": messages("overview.\(key).action", values)],
        ]
    }
}

extension OverviewQuestion {
    /// Twelve months that end with this day.
    fileprivate func yearThrough(_ day: LocalDay) -> OverviewQuestion {
        var wider = over(.custom)
        (wider.first, wider.last) = (day - 364, day)
        return wider
    }

    /// The same survey and period without a filter.
    fileprivate static func plain(of question: OverviewQuestion) -> OverviewQuestion {
        var plain = question
        plain.filters = []
        return plain
    }
}

/// What the reader chooses with: survey, period, chips of filters.
struct OverviewControls {
    let question: OverviewQuestion
    let survey: Survey
    let surveys: [Survey]
    let period: OverviewPeriod
    let messages: Messages

    var model: [String: Any] {
        [
            "survey": survey.name,
            "surveys": surveys.map { other -> [String: Any] in
                ["value": other.id.description, "label": other.name, "selected": other.id == survey.id]
            },
            "hasChoice": surveys.count > 1,
            "spans": OverviewPeriod.Span.allCases.filter { $0 != .custom }.map { span -> [String: Any] in
                [
                    "href": question.over(span).address, "label": messages("overview.span.\(span.rawValue)"),
                    "current": period.span == span,
                ]
            },
            "from": period.from.description, "to": period.lastDay.description,
            "days": messages(
                "overview.days",
                [
                    "from": .string(messages.date(period.from)),
                    "to": .string(messages.date(period.lastDay)),
                ]),
            "isCustom": period.span == .custom,
            "kept": kept(without: ["period", "from", "to"]),
            "keptSpan": kept(without: ["survey", "where"]),
            "chips": chips, "hasChips": !question.filters.isEmpty,
        ]
    }

    private func kept(without left: Set<String>) -> [[String: String]] {
        question.fields.fields.filter { field in
            !left.contains(field.name) && !(left.contains("where") && field.name.hasPrefix("where["))
        }.map { ["name": $0.name, "value": $0.value] }
    }

    private var chips: [[String: String]] {
        question.filters.flatMap { filter in
            filter.values.map { value in
                [
                    "label": OverviewWords.column(filter.name, messages) + ": "
                        + (value.isEmpty ? messages("report.group.blank") : value),
                    "href": question.without(filter.name, value).address,
                ]
            }
        }
    }
}
