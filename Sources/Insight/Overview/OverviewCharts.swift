import Charts
import Kernel
import Language
import Statistics
import Surveys

/// The evidence behind the sentences, each chart with its table.
struct OverviewCharts {
    let overview: Overview
    let messages: Messages

    private var words: FigureWords { FigureWords(overview.survey.scale, messages) }
    private var scale: Scale { overview.survey.scale }
    /// Groups that one plot shows; the table has all.
    private static let mostRows = 14

    private func report(_ key: String, _ values: [String: MessageValue] = [:]) -> String {
        messages("report.\(key)", values)
    }

    private func chartWords(
        _ id: String, _ title: String, _ description: String, note: String = ""
    ) -> ChartWords {
        ChartWords(
            id: id, title: title, description: description, note: note,
            tableLabel: messages("shell.table"))
    }

    /// How often each score was given, with the shares of the bands underneath.
    var distribution: Chart {
        let histogram = overview.figure.histogram
        let total = Double(max(1, histogram.n))
        let cells = zip(scale.scores, histogram.counts).map {
            (score: $0, count: $1, share: Double($1) / total)
        }
        let bars = cells.map { cell in
            DistributionChart.Bar(
                label: messages.number(cell.score), share: cell.share,
                shareWords: messages.percent(cell.share),
                tip: report(
                    "tip.score",
                    [
                        "score": .int(cell.score), "count": .int(cell.count),
                        "share": .string(messages.percent(cell.share)),
                    ]),
                band: ChartBand(word: scale.band(of: cell.score)?.rawValue ?? ""))
        }
        let bands = scale.bands.map { band in
            (
                band: ChartBand(word: band.rawValue), name: messages("band.many.\(band.rawValue)"),
                share: messages.percent(Double(histogram.count(band)) / total)
            )
        }
        let table = ChartTable(
            header: [report("column.score"), report("column.answers"), report("column.share")],
            rows: cells.map {
                [messages.number($0.score), messages.number($0.count), messages.percent($0.share, places: 1)]
            })
        return DistributionChart(
            words: chartWords("distribution", report("chart.distribution"), words.answers(histogram.n)),
            bars: bars, bands: scale == .npsSigned ? [] : bands, table: table
        ).chart
    }

    /// The shares of the bands in both periods, on one scale.
    var bands: Chart {
        let rows = [
            (messages("overview.this-period"), overview.figure),
            (messages("overview.period-before"), overview.before),
        ].filter { $0.1.n > 0 }
        let table = ChartTable(
            header: [report("column.period"), "n"] + scale.bands.map { messages("band.many.\($0.rawValue)") },
            rows: rows.map { label, figure in
                [label, messages.number(figure.n)]
                    + scale.bands.map { messages.percent(figure.histogram.share($0), places: 1) }
            })
        return BandBar(
            words: chartWords("bands", messages("overview.bands"), messages("overview.bands.description")),
            rows: rows.map { label, figure in
                BandBar.Row(
                    label: label, note: words.answers(figure.n),
                    segments: scale.bands.map { band in
                        let share = figure.histogram.share(band)
                        return BandBar.Segment(
                            band: ChartBand(word: band.rawValue), share: share,
                            words: messages("band.many.\(band.rawValue)") + " " + messages.percent(share),
                            shareWords: messages.percent(share))
                    })
            },
            key: scale.bands.map { (ChartBand(word: $0.rawValue), messages("band.many.\($0.rawValue)")) },
            table: table
        ).chart
    }

    /// `nil` for a single period: a point is no trend.
    var trend: Chart? {
        guard overview.series.count > 1, let first = overview.series.first, let last = overview.series.last
        else { return nil }
        let interval = overview.period.interval
        let proven = Set(overview.provenMoves.map(\.place))
        let points = overview.series.enumerated().map { place, point in
            let (start, figure) = point
            let isShown = words.shownValue(figure) != nil
            return TrendChart.Point(
                label: messages.date(start, interval == .month ? .shortMonth : .day),
                value: isShown ? figure.value : nil, low: isShown ? figure.limits?.low : nil,
                high: isShown ? figure.limits?.high : nil, valueWords: words.shown(figure),
                tip: tip(start, figure), count: "n \(messages.number(figure.n))",
                isFlagged: proven.contains(place))
        }
        let title = messages(
            "overview.trend.proven",
            [
                "interval": .string(interval.rawValue), "metric": .string(words.metric),
                "count": .int(proven.count),
            ])
        let description = report(
            "describe.trend",
            [
                "count": .int(points.count), "first": .string(messages.period(first.start, interval)),
                "last": .string(messages.period(last.start, interval)),
            ])
        let changes = ruleChanges
        let described = ([description] + changes.map(\.words)).joined(separator: " ")
        let table = ChartTable(
            header: [report("column.period"), "n", words.metric, report("column.interval")],
            rows: overview.series.map { start, figure in
                [
                    messages.period(start, interval), messages.number(figure.n), words.shown(figure),
                    words.shownValue(figure) == nil ? "" : figure.limits.map(words.between) ?? "",
                ]
            })
        return TrendChart(
            words: chartWords("trend", title, described, note: messages("overview.trend.note")),
            points: points, events: changes, table: table, number: { [words] in words.tick($0) }
        ).chart
    }

    /// Changed ask rules, each at the period in which it changed.
    private var ruleChanges: [TrendChart.Event] {
        overview.ruleChanges.compactMap { change in
            guard let point = overview.series.lastIndex(where: { $0.start <= change.day }) else { return nil }
            let said = messages(
                "overview.trend.rule",
                [
                    "rule": .string(change.rule), "version": .int(change.version),
                    "date": .string(messages.date(change.day)),
                ])
            return TrendChart.Event(point: point, words: said)
        }
    }

    private func tip(_ start: LocalDay, _ figure: Figure) -> String {
        var values: [String: MessageValue] = [
            "period": .string(messages.period(start, overview.period.interval)), "count": .int(figure.n),
        ]
        guard let value = words.shownValue(figure), let limits = figure.limits else {
            return report("tip.few", values)
        }
        values["value"] = .string(words.value(value))
        values["low"] = .string(words.value(limits.low))
        values["high"] = .string(words.value(limits.high))
        return report("tip.period", values)
    }

    /// From the period before to this one: what other shares did, and what is left with the same mix.
    var bridge: Chart? {
        guard let change = overview.change, let mix = change.mix, let after = overview.figure.value else {
            return nil
        }
        let large = mix.strata.prefix(3).filter { abs($0.mix) >= 0.05 }
        var steps = large.map { stratum in
            let value = messages.list(stratum.keys.prefix(2).map { name(of: $0) })
            return step(report("bridge.mix", ["value": .string(value)]), stratum.mix)
        }
        let rest = mix.effect - large.reduce(0) { $0 + $1.mix }
        if abs(rest) >= 0.05 { steps.append(step(report("bridge.other-mix"), rest)) }
        steps.append(step(report("bridge.rate"), mix.adjusted))
        let column = OverviewWords.column(mix.column, messages)
        return BridgeChart(
            words: chartWords(
                "bridge", messages("overview.bridge"), messages("overview.bridge"),
                note: report("chart.bridge.note", ["column": .string(column)])),
            start: .init(
                label: messages("overview.period-before"), value: after - change.difference,
                valueWords: words.value(after - change.difference)),
            steps: steps,
            end: .init(label: messages("overview.this-period"), value: after, valueWords: words.value(after)),
            table: bridgeTable(mix, column)
        ).chart
    }

    private func step(_ label: String, _ difference: Double) -> BridgeChart.Step {
        .init(label: label, difference: difference, differenceWords: messages.signed(difference))
    }

    private func bridgeTable(_ mix: MixFinding, _ column: String) -> ChartTable {
        ChartTable(
            header: [
                column, report("column.before"), report("column.after"), report("column.mix"),
                report("column.rate"),
            ],
            rows: mix.strata.map { stratum in
                [
                    messages.list(stratum.keys.map { name(of: $0) }),
                    messages.percent(stratum.shareBefore, places: 1),
                    messages.percent(stratum.shareAfter, places: 1), messages.signed(stratum.mix),
                    messages.signed(stratum.rate),
                ]
            })
    }

    private func name(of key: String?) -> String { key ?? report("group.blank") }
}

extension ScoreHistogram {
    /// 0 where nobody answered.
    fileprivate func share(_ band: Band) -> Double { n == 0 ? 0 : Double(count(band)) / Double(n) }
}

extension OverviewCharts {
    /// Ranked by best guess; what has fewer than five answers is in the table only, and nobody's rank.
    func groups(_ group: GroupFinding, place: Int) -> Chart {
        let ranked = group.ranked
        let shown = ranked.ends(Self.mostRows)
        let rows = shown.map { row in
            IntervalPlot.Row(
                label: name(of: row.key), count: "n \(messages.number(row.figure.n))",
                value: row.figure.value, low: row.figure.limits?.low, high: row.figure.limits?.high,
                figure: words.whole(row.figure), isFlagged: row.standsOut)
        }
        let column = OverviewWords.column(group.column, messages)
        var notes = [report("chart.groups.note", ["tested": .int(group.tested)])]
        if shown.count < ranked.count {
            notes.append(
                report("chart.groups.cut", ["shown": .int(shown.count), "count": .int(ranked.count)]))
        }
        let small = group.rows.count - ranked.count
        if small > 0 { notes.append(messages("overview.groups.small", ["count": .int(small)])) }
        let title = report(
            "chart.groups", ["column": .string(column), "count": .int(group.standingOut.count)])
        return IntervalPlot(
            words: chartWords(
                "group-\(place)", title, title, note: notes.joined(separator: OverviewWords.gap(messages))),
            rows: rows,
            reference: words.shownValue(overview.figure).map {
                ($0, report("chart.all", ["value": .string(words.value($0))]))
            },
            table: groupTable(group, column), number: { [words] in words.tick($0) }
        ).chart
    }

    private func groupTable(_ group: GroupFinding, _ column: String) -> ChartTable {
        let ordered = group.ranked + group.rows.filter { $0.figure.n < FigureWords.fewest }
        return ChartTable(
            header: [
                column, "n", words.metric, report("column.interval"), report("column.shrunk"), "q",
            ],
            rows: ordered.prefix(300).map { row in
                let isShown = words.shownValue(row.figure) != nil
                return [
                    name(of: row.key), messages.number(row.figure.n), words.shown(row.figure),
                    isShown ? row.figure.limits.map(words.between) ?? "" : "",
                    isShown ? row.shrunk.map(words.value) ?? "" : "",
                    row.q.map { messages.number($0, places: 3) } ?? report("not-tested"),
                ]
            })
    }
}

extension GroupFinding {
    /// Values with enough answers, the lowest best guess first.
    fileprivate var ranked: [Row] { rows.filter { $0.figure.n >= Self.fewest } }
}

extension [GroupFinding.Row] {
    /// The lowest, the highest and whatever stands out.
    fileprivate func ends(_ most: Int) -> Self {
        guard count > most else { return self }
        let kept = Set(indices.prefix(most / 2)).union(indices.suffix(most / 2))
            .union(indices.filter { self[$0].standsOut }.prefix(most))
        return kept.sorted().map { self[$0] }
    }
}
