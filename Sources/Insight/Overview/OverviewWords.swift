import Kernel
import Language
import Statistics
import Surveys

/// What a colleague would say of the period, clause by clause, each with the place of its evidence.
struct OverviewWords {
    struct Clause: Equatable {
        let text: String
        let href: String
    }

    let overview: Overview
    let cases: CaseSummary?
    let zone: String
    let messages: Messages

    private var words: FigureWords { FigureWords(overview.survey.scale, messages) }

    private func say(_ key: String, _ values: [String: MessageValue] = [:]) -> String {
        messages("overview.\(key)", values)
    }

    /// Chinese sets no blank between sentences.
    static func gap(_ messages: Messages) -> String {
        [.zhHans, .zhHant].contains(messages.language) ? "" : " "
    }

    /// A dimension in the reader's words.
    static func column(_ name: String, _ messages: Messages) -> String {
        switch name {
        case "touchpoint", "channel", "agent", "language": messages("word.\(name)")
        default: messages.attribute(name)
        }
    }

    static func span(_ period: OverviewPeriod, _ messages: Messages) -> String {
        messages(
            "overview.in.\(period.span.rawValue)",
            [
                "from": .string(messages.date(period.from)), "to": .string(messages.date(period.lastDay)),
            ])
    }

    var sentence: [Clause] {
        var clauses = [Clause(text: score, href: "#score")]
        if let change { clauses.append(Clause(text: change, href: "#change")) }
        if let mix = overview.change?.mix { clauses.append(Clause(text: say(mix), href: "#bridge")) }
        if let turn = overview.turn {
            let sentences = [say(turn), turn.change.mix.map(say)].compactMap(\.self)
            clauses.append(Clause(text: sentences.joined(separator: Self.gap(messages)), href: "#trend"))
        }
        if let cases {
            let isLate = cases.overdue > 0
            clauses.append(
                Clause(
                    text: say(
                        isLate ? "cases.overdue" : "cases.open",
                        ["count": .int(isLate ? cases.overdue : cases.open)]),
                    href: isLate ? "/cases?overdue=true" : "/cases"))
        }
        return clauses
    }

    private var score: String {
        let figure = overview.figure
        var values: [String: MessageValue] = [
            "metric": .string(words.metric), "count": .int(figure.n),
            "period": .string(Self.span(overview.period, messages)),
        ]
        guard let value = words.shownValue(figure), let limits = figure.limits else {
            values["more"] = .int(FigureWords.fewest - figure.n)
            return say("score.few", values)
        }
        values["value"] = .string(words.value(value))
        values["low"] = .string(words.value(limits.low))
        values["high"] = .string(words.value(limits.high))
        return say(figure.n < FigureWords.fewForHeadline ? "score.wide" : "score", values)
    }

    var change: String? {
        guard words.shownValue(overview.figure) != nil else { return nil }
        guard let change = overview.change else { return say("change.few") }
        return say(
            change.isFlagged ? "change.proven" : "change.unproven",
            [
                "direction": .string(direction(change.difference)),
                "amount": .string(words.amount(change.difference)),
            ])
    }

    private func direction(_ difference: Double) -> String {
        abs(difference) < 0.05 ? "same" : difference < 0 ? "fell" : "rose"
    }

    private func say(_ turn: Overview.Turn) -> String {
        let interval = overview.period.interval
        return say(
            "turn",
            [
                "direction": .string(direction(turn.change.difference)),
                "period": .string(messages.period(turn.start, interval)),
                "interval": .string(interval.rawValue),
                "amount": .string(words.amount(turn.change.difference)),
                "p": .string(words.p(turn.change.p)),
            ])
    }

    private func say(_ mix: MixFinding) -> String {
        let isLarge = abs(mix.effect) >= 0.2 * abs(mix.adjusted)
        let kind = mix.explains ? "explains" : mix.p >= 0.05 ? "unsure" : isLarge ? "partly" : "real"
        return say(
            "mix.\(kind)",
            [
                "column": .string(Self.column(mix.column, messages)),
                "amount": .string(words.signedAmount(mix.adjusted)), "p": .string(words.p(mix.p)),
                "effect": .string(words.signedAmount(mix.effect)),
            ])
    }

    var visible: String? {
        guard let smallest = overview.smallestVisible, smallest > 0,
            overview.figure.n >= FigureWords.fewest
        else { return nil }
        return say("visible", ["amount": .string(words.amount(smallest))])
    }
}

/// How each number is computed: counts, formula, source, what is left out.
extension OverviewWords {
    private var source: [String: MessageValue] {
        [
            "survey": .string(overview.survey.name), "from": .string(messages.date(overview.period.from)),
            "to": .string(messages.date(overview.period.lastDay)), "zone": .string(zone),
            "count": .int(overview.figure.n),
        ]
    }

    var explainedScore: String {
        let (figure, histogram) = (overview.figure, overview.figure.histogram)
        var values = source
        if words.shownValue(figure) == nil { return say("explain.few", values) }
        if overview.survey.metric == .nps {
            for band in [Band.promoter, .passive, .detractor, .unassigned] {
                values[band.rawValue] = .int(histogram.count(band))
            }
            let weighted = figure.method == .weighted && overview.survey.scale == .npsSigned
            return say(weighted ? "explain.weighted" : "explain.nps", values)
        }
        values["top"] = .int(histogram.top)
        values["mean"] = .string(figure.mean.map { messages.number($0, places: 2) } ?? "\u{2013}")
        return say("explain.share", values)
    }

    var explainedChange: String {
        var values = source
        let before = overview.period.before
        values["before"] = .int(overview.before.n)
        values["from"] = .string(messages.date(before.from))
        values["to"] = .string(messages.date(before.to - 1))
        return say("explain.change", values)
    }
}
