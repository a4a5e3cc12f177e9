import Charts
import Kernel
import Language
import Statistics
import Surveys

/// The charts of the page, each with its table.
extension ReportWords {
    /// Groups that one plot shows; the table has all.
    private static let mostRows = 16

    private func words(_ id: String, _ title: String, _ description: String, note: String = "") -> ChartWords
    {
        ChartWords(
            id: id, title: title, description: description,
            note: note,
            tableLabel: self("table"))
    }

    private var axis: @Sendable (Double) -> String { { self.tick($0) } }

    var scoreChart: Chart? {
        guard report.valid >= Self.fewForHeadline, let value = report.overall.value,
            let limits = report.overall.limits
        else { return nil }
        return ScoreScale(
            words: words("score", self("chart.score", ["metric": .string(metric)]), headline),
            value: value, low: limits.low, high: limits.high,
            range: report.scale.metric == .nps ? -100...100 : 0...100, valueWords: self.value(value),
            intervalWords: self.limits(limits),
            table: ChartTable(
                header: [metric, "n", self("column.interval")],
                rows: [[self.value(value), messages.number(report.valid), self.limits(limits)]]),
            number: axis
        ).chart
    }

    var distributionChart: Chart {
        let histogram = report.overall.histogram
        let total = Double(max(1, histogram.n))
        let bars = zip(report.scale.scores, histogram.counts).map { score, count in
            let share = Double(count) / total
            return DistributionChart.Bar(
                label: messages.number(score), share: share, shareWords: messages.percent(share),
                tip: self(
                    "tip.score",
                    [
                        "score": .int(score), "count": .int(count), "share": .string(messages.percent(share)),
                    ]),
                band: ChartBand(word: report.scale.band(of: score)?.rawValue ?? ""))
        }
        let bands = report.scale.bands.map { band in
            (
                band: ChartBand(word: band.rawValue), name: self.band(band),
                share: messages.percent(Double(histogram.count(band)) / total)
            )
        }
        return DistributionChart(
            words: words("distribution", self("chart.distribution"), answers(report.valid)), bars: bars,
            bands: report.scale == .npsSigned ? [] : bands, table: distributionTable.chart
        ).chart
    }

    var trendChart: Chart? {
        guard report.series.count > 1, let first = report.series.first, let last = report.series.last else {
            return nil
        }
        let points = report.series.map { period in
            let isShown = period.figure.n >= Self.fewest
            return TrendChart.Point(
                label: axisPeriod(period.start), value: isShown ? period.figure.value : nil,
                low: isShown ? period.figure.limits?.low : nil,
                high: isShown ? period.figure.limits?.high : nil,
                valueWords: shown(period.figure), tip: tip(period),
                count: "n \(messages.number(period.figure.n))", isFlagged: period.change?.isProven ?? false)
        }
        let description = self(
            "describe.trend",
            [
                "count": .int(points.count), "first": .string(messages.period(first.start, report.interval)),
                "last": .string(messages.period(last.start, report.interval)),
            ])
        let title = self(
            "chart.trend", ["interval": .string(report.interval.rawValue), "metric": .string(metric)])
        return TrendChart(
            words: words("trend", title, description, note: self("chart.trend.note")), points: points,
            table: seriesTable.chart, number: axis
        ).chart
    }

    private func tip(_ period: PeriodFinding) -> String {
        var values: [String: MessageValue] = [
            "period": .string(messages.period(period.start, report.interval)), "count": .int(period.figure.n),
        ]
        guard period.figure.n >= Self.fewest, let value = period.figure.value,
            let limits = period.figure.limits
        else { return self("tip.few", values) }
        values["value"] = .string(self.value(value))
        values["low"] = .string(self.value(limits.low))
        values["high"] = .string(self.value(limits.high))
        return self("tip.period", values)
    }

    /// From the period before to this one: what other shares did, and what is left with the same mix.
    func bridgeChart(_ period: PeriodFinding) -> Chart? {
        guard let change = period.change, let mix = change.mix, let after = period.figure.value else {
            return nil
        }
        let name = self.period(period.start)
        let large = mix.strata.prefix(3).filter { abs($0.mix) >= 0.05 }
        var steps = large.map { stratum in
            let value = list(stratum.keys.map(key), most: 2)
            return step(self("bridge.mix", ["value": .string(value)]), stratum.mix)
        }
        let rest = mix.effect - large.reduce(0) { $0 + $1.mix }
        if abs(rest) >= 0.05 { steps.append(step(self("bridge.other-mix"), rest)) }
        steps.append(step(self("bridge.rate"), mix.adjusted))
        let title = self(
            mix.explains ? "chart.bridge.mix" : "chart.bridge",
            ["period": .string(name), "column": .string(mix.column)])
        return BridgeChart(
            words: words(
                "bridge-\(period.start)", title.prefix(1).uppercased() + title.dropFirst(), self.mix(mix),
                note: self("chart.bridge.note", ["column": .string(mix.column)])),
            start: total(before(period), after - change.difference), steps: steps,
            end: total(messages.period(period.start, report.interval), after), table: bridgeTable(mix)
        ).chart
    }

    private func before(_ period: PeriodFinding) -> String {
        let place = report.series.firstIndex { $0.start == period.start } ?? 0
        return place == 0 ? "" : messages.period(report.series[place - 1].start, report.interval)
    }

    private func total(_ label: String, _ value: Double) -> BridgeChart.Total {
        BridgeChart.Total(label: label, value: value, valueWords: self.value(value))
    }

    private func step(_ label: String, _ difference: Double) -> BridgeChart.Step {
        BridgeChart.Step(label: label, difference: difference, differenceWords: signed(difference))
    }

    private func bridgeTable(_ mix: MixFinding) -> ChartTable {
        ChartTable(
            header: [
                mix.column, self("column.before"), self("column.after"), self("column.mix"),
                self("column.rate"),
            ],
            rows: mix.strata.map { stratum in
                [
                    list(stratum.keys.map(key), most: 3), messages.percent(stratum.shareBefore, places: 1),
                    messages.percent(stratum.shareAfter, places: 1), signed(stratum.mix),
                    signed(stratum.rate),
                ]
            })
    }

    func groupChart(_ group: GroupFinding, place: Int) -> Chart {
        let shown = group.ends(Self.mostRows)
        let rows = shown.map { row in
            let isShown = row.figure.n >= Self.fewest
            return IntervalPlot.Row(
                label: key(row.key), count: "n \(messages.number(row.figure.n))",
                value: isShown ? row.figure.value : nil, low: isShown ? row.figure.limits?.low : nil,
                high: isShown ? row.figure.limits?.high : nil,
                figure: isShown ? "\(self.shown(row.figure)) \(limits(row.figure.limits))" : self("few"),
                isFlagged: row.standsOut)
        }
        var note = self("chart.groups.note", ["tested": .int(group.tested)])
        if shown.count < group.rows.count {
            note +=
                sentenceGap
                + self("chart.groups.cut", ["shown": .int(shown.count), "count": .int(group.rows.count)])
        }
        let title = self(
            "chart.groups", ["column": .string(group.column), "count": .int(group.standingOut.count)])
        return IntervalPlot(
            words: words("group-\(place)", title, groupTitle(group), note: note), rows: rows,
            reference: report.overall.value.map { ($0, self("chart.all", ["value": .string(value($0))])) },
            table: groupTable(group).chart, number: axis
        ).chart
    }
}

extension ReportTable {
    fileprivate var chart: ChartTable { ChartTable(header: header, rows: rows) }
}
