import Kernel
import Language
import Statistics
import Surveys

/// Who could be asked, who was, and what became of it.
struct CoveragePage {
    let coverage: Coverage
    let messages: Messages
    let now: Timestamp

    /// Waves that the page lists; programs are given all.
    private static let shown = 50
    private var overall: CoverageCounts { coverage.overall }
    private var words: FigureWords { FigureWords(coverage.survey.scale, messages) }

    private func say(_ key: String, _ values: [String: MessageValue] = [:]) -> String {
        messages("coverage.\(key)", values)
    }

    var model: [String: Any] {
        let survey = coverage.survey
        return [
            "title": say("title"), "survey": survey.name, "path": "/surveys/\(survey.id)",
            "from": coverage.from.description, "to": (coverage.to - 1).description,
            "hasWaves": !coverage.waves.isEmpty, "steps": steps, "alarms": alarms.map { ["text": $0] },
            "reasons": reasons, "hasReasons": !reasons.isEmpty, "machines": machines, "unhappy": unhappy,
            "touchpoints": coverage.touchpoints.map { name, counts in
                row(name ?? say("no-touchpoint"), counts)
            },
            "waves": coverage.waves.prefix(Self.shown).map { wave, counts in
                row(messages.relative(wave.sendAt, now: now), counts)
                    .merging(["at": wave.sendAt.rfc3339]) { first, _ in first }
            },
            "styles": styles.map { [$0] } ?? [],
        ]
    }

    /// `41.2% (38.0% to 44.5%) of 1,204`
    private func said(_ share: Share) -> String {
        guard let estimate = share.estimate else { return say("of-none") }
        return say(
            "share",
            [
                "share": .string(percent(estimate.value)), "low": .string(percent(estimate.limits.low)),
                "high": .string(percent(estimate.limits.high)), "n": .int(share.of),
            ])
    }

    private func percent(_ value: Double) -> String { messages.percent(value / 100, places: 1) }

    private var steps: [[String: Any]] {
        let found = overall
        let steps: [(key: String, count: Int, share: Share?)] = [
            ("listed", found.listed, nil), ("eligible", found.eligible, nil),
            ("invited", found.invited, found.coverage), ("delivered", found.delivered, nil),
            ("opened", found.opened, found.opening), ("answered", found.answered, found.response),
            ("provisional", found.provisional, nil),
        ]
        return steps.map { key, count, share in
            [
                "label": say(key), "help": say("\(key).help"), "count": messages.number(count),
                "share": share.map(said) ?? "",
            ]
        }
    }

    private var reasons: [[String: Any]] {
        let found = overall
        var reasons = ContactPolicy.Refusal.allCases.compactMap { reason -> (String, Int)? in
            found.skipped[reason].map { (messages("waves.skipped.\(reason.rawValue)"), $0) }
        }
        for state in [Invitation.State.withdrawn, .failed, .uncertain] where found.count(state) > 0 {
            reasons.append((messages("waves.\(state.rawValue)"), found.count(state)))
        }
        return reasons.map { ["reason": $0.0, "count": messages.number($0.1)] }
    }

    private var machines: String {
        let (all, machines) = (coverage.visits.all, coverage.visits.byMachines)
        return messages("coverage.machines", ["count": .int(machines), "all": .int(all)])
    }

    private var unhappy: String {
        let (low, rest) = coverage.unhappy
        guard low.of > 0, rest.of > 0 else { return say("unhappy.none") }
        return say("unhappy", ["low": .string(said(low)), "rest": .string(said(rest))])
    }

    private var alarms: [String] {
        coverage.alarms.map { alarm in
            switch alarm {
            case .unhappyLeftOut(let p): say("alarm.unhappy", ["p": .string(words.p(p))])
            case .low(let name, let share):
                say(
                    "alarm.low",
                    ["touchpoint": .string(name ?? say("no-touchpoint")), "share": .string(said(share))])
            }
        }
    }

    private func row(_ label: String, _ counts: CoverageCounts) -> [String: Any] {
        [
            "label": label, "eligible": messages.number(counts.eligible),
            "invited": messages.number(counts.invited), "delivered": messages.number(counts.delivered),
            "opened": messages.number(counts.opened), "answered": messages.number(counts.answered),
            "provisional": messages.number(counts.provisional), "coverage": said(counts.coverage),
            "response": said(counts.response),
        ]
    }
}

extension CoveragePage {
    /// Whether the look of the letters moves anything; nothing where no wave compared two.
    private var styles: [String: Any]? {
        guard let styles = coverage.styles else { return nil }
        let sides = [("neutral", styles.neutral), ("coloured", styles.coloured)].map { name, side in
            [
                "label": messages("surveys.style.\(name)"), "figure": words.whole(side.figure),
                "answers": words.answers(side.figure.n), "response": said(side.response),
            ]
        }
        return [
            "sides": sides,
            "score": verdict(
                styles.scores, "styles.score",
                isEnough: min(styles.neutral.figure.n, styles.coloured.figure.n) >= FigureWords.fewest),
            "response": verdict(styles.responses, "styles.response", isEnough: true),
        ]
    }

    private func verdict(
        _ found: StyleComparison.Difference?, _ key: String, isEnough: Bool
    ) -> String {
        guard let found, isEnough else { return say("styles.few") }
        return say(
            found.p < 0.05 ? "\(key).proven" : "\(key).unproven",
            [
                "points": .string(messages.signed(found.points)),
                "low": .string(messages.signed(found.limits.low)),
                "high": .string(messages.signed(found.limits.high)), "p": .string(words.p(found.p)),
            ])
    }
}
