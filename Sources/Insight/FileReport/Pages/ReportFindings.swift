import Kernel
import Language
import Statistics
import Surveys

/// What the counts prove and what they do not, in plain sentences, the most important first.
extension ReportWords {
    /// Proven changes that are told; the others stand in the table.
    static let mostChanges = 3

    var findings: [String] { paragraphs.flatMap(\.self) }

    /// The sentences that belong together; the first one is the headline alone.
    var paragraphs: [[String]] {
        [[headline], doubts, bands, meaning, [answeredSentence] + refusedSentence, changesSentence]
            + toldChanges.map { [change($0)] } + [smallest] + groupSentences.map { [$0] } + [termSentences]
    }

    var headline: String {
        guard let value = report.overall.value, let limits = report.overall.limits else {
            return self("headline.none")
        }
        let isFew = report.valid < Self.fewForHeadline
        return self(
            isFew ? "headline.few" : "headline",
            [
                "metric": .string(metric), "value": .string(self.value(value)),
                "low": .string(self.value(limits.low)), "high": .string(self.value(limits.high)),
                "count": .int(report.valid),
            ])
    }

    /// `Detractors 1,574 (50%) · Passives 938 (30%) · Promoters 630 (20%)`
    private var bands: [String] {
        let histogram = report.overall.histogram
        guard histogram.n > 0 else { return [] }
        let shares = report.scale.bands.map { band in
            let count = histogram.count(band)
            let share = messages.percent(Double(count) / Double(histogram.n))
            return "\(self.band(band)) \(messages.number(count)) (\(share))"
        }
        return [shares.joined(separator: " · ")]
    }

    /// What the share is of, and the mean beside it.
    private var meaning: [String] {
        guard report.scale.metric != .nps else { return [] }
        let top = report.scale.scores.filter { report.scale.band(of: $0) == .satisfied }
        guard let from = top.first, let to = top.last else { return [] }
        let share = self("top", ["metric": metricWord, "from": .int(from), "to": .int(to)])
        guard let mean = report.overall.mean, let limits = report.overall.meanLimits else { return [share] }
        return [
            share,
            self(
                "mean",
                [
                    "mean": .decimal(mean, places: 2), "low": .decimal(limits.low, places: 2),
                    "high": .decimal(limits.high, places: 2),
                ]),
        ]
    }

    private var answeredSentence: String {
        let share = report.rows == 0 ? 0 : Double(report.answered) / Double(report.rows)
        return self(
            "answered",
            [
                "rows": .int(report.rows), "answered": .int(report.answered),
                // "100%" only where nothing is missing.
                "share": .string(messages.percent(share, places: share > 0.99 && share < 1 ? 1 : 0)),
            ])
    }

    private var refusedSentence: [String] {
        let reasons = Refusal.allCases.compactMap { reason in
            report.refused[reason].map { self("refused.\(reason.rawValue)", ["count": .int($0)]) }
        }
        return reasons.isEmpty ? [] : [self("refused", ["reasons": .string(messages.list(reasons))])]
    }
}

extension ReportWords {
    var provenChanges: [PeriodFinding] {
        report.changes.filter { $0.change?.isProven == true }
            .sorted { abs($0.change?.difference ?? 0) > abs($1.change?.difference ?? 0) }
    }

    /// The largest proven changes, in the order of time.
    var toldChanges: [PeriodFinding] {
        provenChanges.prefix(Self.mostChanges).sorted { $0.start < $1.start }
    }

    private var changesSentence: [String] {
        let tested = report.changes.count, proven = provenChanges.count
        guard tested > 0 else { return [] }
        var sentences = [
            self(
                "changes",
                [
                    "interval": .string(report.interval.rawValue), "tested": .int(tested),
                    "proven": .int(proven),
                ])
        ]
        let flagged = report.changes.filter { $0.change?.isFlagged == true }.count - proven
        if flagged > 0 {
            sentences.append(
                self("changes.chance", ["count": .int(flagged), "chance": .decimal(Double(tested) * 0.05)]))
        }
        if proven > Self.mostChanges {
            sentences.append(self("changes.more", ["count": .int(proven - Self.mostChanges)]))
        }
        return sentences
    }

    private var smallest: [String] {
        guard let (points, answers) = report.smallestChange else { return [] }
        return [
            self(
                "smallest",
                [
                    "count": .int(answers), "interval": .string(report.interval.rawValue),
                    "amount": .string(amount(points)),
                ])
        ]
    }

    /// A proven change, and in the same breath whether it is only mix.
    func change(_ period: PeriodFinding) -> String {
        guard let change = period.change, let after = period.figure.value else { return "" }
        let hasFallen = change.difference < 0
        let size = [abs(change.limits.low), abs(change.limits.high)].sorted()
        let sentence = self(
            "change",
            [
                "direction": hasFallen ? "fell" : "rose", "period": .string(self.period(period.start)),
                "metric": .string(metric), "amount": .string(amount(change.difference)),
                "before": .string(value(after - change.difference)), "after": .string(value(after)),
                "low": .string(messages.number(size[0], places: 1)), "high": .string(amount(size[1])),
                "p": .string(p(change.p)),
            ])
        return [sentence, change.mix.map(mix)].compactMap(\.self).joined(separator: sentenceGap)
    }

    /// Between two sentences; Chinese needs none.
    var sentenceGap: String { messages.language == .zhHans || messages.language == .zhHant ? "" : " " }

    func mix(_ mix: MixFinding) -> String {
        let most = mix.strata.first
        let values: [String: MessageValue] = [
            "column": .string(mix.column), "amount": .string(signedAmount(mix.adjusted)),
            "p": .string(p(mix.p)),
            "effect": .string(signedAmount(mix.effect)),
            "value": .string(list((most?.keys ?? []).map(key), most: 3)),
            "before": .string(messages.percent(most?.shareBefore ?? 0)),
            "after": .string(messages.percent(most?.shareAfter ?? 0)),
        ]
        if mix.explains { return self("change.explained", values) }
        if mix.p >= 0.05 { return self("change.unsure", values) }
        let isLarge = abs(mix.effect) >= 0.2 * abs(mix.adjusted)
        return self(isLarge ? "change.partly" : "change.real", values)
    }
}

extension ReportWords {
    /// Values that stand out and are named in a sentence.
    private static let mostNamed = 3

    /// Another rating of the same visit is no finding, unless somebody asked for it.
    func isAside(_ group: GroupFinding) -> Bool { group.isRating && !report.reading.areGroupsNamed }

    private var groupSentences: [String] {
        let told = report.groups.filter { $0.tested > 0 && !$0.repeatsScore && !isAside($0) }
        let loud = told.filter { !$0.standingOut.isEmpty }.map { group in
            let out = group.standingOut.sorted { ($0.q ?? 1) < ($1.q ?? 1) }
            return ([groupTitle(group)] + out.prefix(Self.mostNamed).map(standout)).joined(
                separator: sentenceGap)
        }
        return loud + quiet(told.filter { $0.standingOut.isEmpty })
    }

    private func quiet(_ groups: [GroupFinding]) -> [String] {
        if groups.isEmpty { return [] }
        // One column alone is said as the others are: "technician: 170 tested, none stands out."
        if groups.count == 1 {
            let same = groups[0].between == 0 ? [self("group.same")] : []
            return [([groupTitle(groups[0])] + same).joined(separator: sentenceGap)]
        }
        let columns = groups.map {
            self("group.tested", ["column": .string($0.column), "count": .int($0.tested)])
        }
        return [self("group.quiet", ["columns": .string(list(columns))])]
    }

    private func standout(_ row: GroupFinding.Row) -> String {
        self(
            "group.out",
            [
                "key": .string(key(row.key)), "value": .string(value(row.figure.value ?? 0)),
                "rest": .string(value(report.overall.value ?? 0)), "count": .int(row.figure.n),
                "q": .string(q(row.q ?? 1)),
            ])
    }

    private var termSentences: [String] {
        guard let terms = report.terms, terms.read > 0 else { return [] }
        if terms.findings.isEmpty { return [self("terms.none", ["count": .int(terms.read)])] }
        let words = list(terms.shown.map(\.term))
        return [self("terms", ["metric": metricWord, "terms": .string(words)])]
    }
}
