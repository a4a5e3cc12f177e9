import Charts
package import Kernel
package import Language
import Surveys
import Web

extension FileReport {
    /// The report as one page that stands alone: style and charts inside, nothing from elsewhere.
    package func html(_ messages: Messages, made: LocalDay) -> String {
        let words = ReportWords(report: self, messages: messages)
        return PageRenderer().text("file-report", words.page(made), language: messages.language)
    }
}

extension ReportWords {
    fileprivate func page(_ made: LocalDay) -> [String: Any] {
        let paragraphs = paragraphs.dropFirst().filter { !$0.isEmpty }.map {
            $0.joined(separator: sentenceGap)
        }
        return [
            "dir": messages.language.direction, "chartStyle": ChartStyle.sheet,
            "title": self("title", ["file": .string(report.name)]),
            "about": self(
                "of",
                [
                    "file": .string(report.name), "count": .int(report.valid),
                    "scale": .string(report.scale.rawValue),
                ]),
            "made": self("made", ["date": .string(messages.date(made, .long))]),
            "headline": headline, "paragraphs": Array(paragraphs), "score": scoreChart?.html ?? "",
            "trend": ([trendChart] + toldChanges.map(bridgeChart)).compactMap { $0?.html },
            "hasTrend": trendChart != nil, "hasDistribution": report.valid > 0,
            "distribution": distributionChart.html,
            "groups": plots { !$0.standingOut.isEmpty && !isAside($0) }, "quiet": quiet,
            "hasGroups": !report.groups.isEmpty, "terms": terms, "hasTerms": !terms.isEmpty, "notes": notes,
        ]
    }

    private func plots(_ isWanted: (GroupFinding) -> Bool) -> [String] {
        report.groups.enumerated().filter { isWanted($0.element) }
            .map { groupChart($0.element, place: $0.offset).html }
    }

    /// Columns in which nothing stands out, and further ratings, folded away.
    private var quiet: [[String: Any]] {
        let still = plots { $0.standingOut.isEmpty && !isAside($0) }
        let ratings = plots { isAside($0) }
        let folds = [
            (self("groups.quiet", ["count": .int(still.count)]), still),
            (self("groups.ratings", ["count": .int(ratings.count)]), ratings),
        ]
        return folds.filter { !$0.1.isEmpty }.map { ["label": $0.0, "charts": $0.1] }
    }

    private var terms: [[String: Any]] {
        guard let terms = report.terms else { return [] }
        return terms.shown.map { finding in
            [
                "term": finding.term,
                "counts": self(
                    "term.counts",
                    [
                        "metric": metricWord, "low": .int(finding.low), "lowTotal": .int(terms.low),
                        "high": .int(finding.high), "highTotal": .int(terms.high),
                    ]),
                "quotes": finding.quotes.map { self("quote", ["text": .string($0)]) },
            ]
        }
    }
}
