import Kernel
import Language
import Ledger
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
            "groups": groups, "hands": hands.map { [$0] } ?? [], "few": messages("policy.coverage.few"),
            "waves": coverage.waves.prefix(Self.shown).map { wave, counts in
                row(messages.relative(wave.sendAt, now: now), counts)
                    .merging(["at": wave.sendAt.rfc3339]) { first, _ in first }
            },
            "styles": styles.map { [$0] } ?? [],
        ]
    }

    private func said(_ share: Share) -> String { share.said(messages) ?? say("of-none") }

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
        var reasons = AskSkip.allCases.compactMap { reason -> (String, Int)? in
            found.skipped[reason].map { (messages("ask-rules.skip.\(reason.rawValue)"), $0) }
        }
        for state in [Invitation.State.withdrawn, .failed, .uncertain] where found.count(state) > 0 {
            reasons.append((messages("waves.\(state.rawValue)"), found.count(state)))
        }
        return reasons.map { ["reason": $0.0, "count": messages.number($0.1)] }
    }

    private var machines: String {
        coverage.visits.said(messages) ?? messages("coverage.machines", ["count": .int(0), "all": .int(0)])
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
            case .leftOut(_, let name, let share), .leftOutBy(let name, let share):
                messages(
                    "policy.coverage.alarm", ["what": .string(name), "share": .string(said(share))])
            }
        }
    }

    private func row(_ label: String, _ counts: CoverageCounts) -> [String: Any] {
        [
            "label": label, "href": false, "eligible": messages.number(counts.eligible),
            "invited": messages.number(counts.invited), "delivered": messages.number(counts.delivered),
            "opened": messages.number(counts.opened), "answered": messages.number(counts.answered),
            "provisional": messages.number(counts.provisional), "coverage": said(counts.coverage),
            "response": said(counts.response), "excluded": messages.number(counts.excluded),
            "tooFew": !counts.isRanked,
        ]
    }

    /// By touchpoint, rule and agent, each with what there is of it.
    private var groups: [[String: Any]] {
        let touchpoints = coverage.touchpoints.map { row($0.name ?? say("no-touchpoint"), $0.counts) }
        let rules = coverage.rules.map { rule, name, counts in
            row(name, counts).merging(["href": "/ask-rules/\(rule)"]) { $1 }
        }
        let agents = coverage.agents.map { row($0.name, $0.counts) }
        let all = [
            ("touchpoints", say("touchpoints"), messages("word.touchpoint"), touchpoints),
            ("rules", messages("policy.coverage.rules"), messages("policy.coverage.rule"), rules),
            ("agents", messages("policy.coverage.agents"), messages("word.agent"), agents),
        ]
        return all.filter { !$0.3.isEmpty }.map { id, heading, column, rows in
            ["id": id, "heading": heading, "column": column, "rows": rows]
        }
    }

    /// Whom people picked and left out; `nil` where all went by rule or program.
    private var hands: [String: Any]? {
        let hands = coverage.hands
        if hands.hands.isEmpty { return nil }
        let all = hands.all
        let share = Share(count: all.picked, of: max(overall.listed, all.picked))
        let rows = hands.ordered.map { actor, hand -> [String: Any] in
            [
                "label": name(of: actor), "lists": messages.number(hand.lists),
                "picked": messages.number(hand.picked), "excluded": messages.number(hand.excluded),
            ]
        }
        return [
            "picked": messages(
                "policy.hands.picked", ["lists": .int(all.lists), "share": .string(said(share))]),
            "excluded": messages("policy.hands.excluded", ["count": .int(all.excluded)]),
            "reasons": handReasons, "rows": rows,
        ]
    }

    private var handReasons: [[String: String]] {
        let hands = coverage.hands
        var reasons: [[String: String]] = []
        func add(_ reason: String, _ count: Int?) {
            guard let count else { return }
            reasons.append(["reason": reason, "count": messages.number(count)])
        }
        for reason in Wave.Reason.allCases {
            add(messages("policy.pick.\(reason.rawValue)"), hands.reasons[reason])
        }
        add(messages("policy.pick.none"), hands.reasons[Wave.Reason?.none])
        for reason in Exclusion.Reason.allCases {
            let words = MessageValue.string(messages("policy.exclusions.reason.\(reason.rawValue)"))
            add(messages("policy.hands.because", ["reason": words]), hands.excluded[reason])
        }
        return reasons
    }

    private func name(of actor: Actor) -> String {
        if let name = coverage.hands.names[actor] { return name }
        switch actor {
        case .operator: return messages("policy.hands.operator")
        case .token: return messages("policy.hands.token")
        default: return messages("policy.hands.gone")
        }
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

extension Share {
    /// `41.2% of 1,204 (most likely 38.0% to 44.5%)`; `nil` of none.
    func said(_ messages: Messages) -> String? {
        guard let estimate else { return nil }
        func percent(_ value: Double) -> MessageValue { .string(messages.percent(value / 100, places: 1)) }
        return messages(
            "coverage.share",
            [
                "share": percent(estimate.value), "low": percent(estimate.limits.low),
                "high": percent(estimate.limits.high), "n": .int(of),
            ])
    }
}

extension LinkVisits {
    /// How many opened a link and what share of them were machines; `nil` where nobody did.
    func said(_ messages: Messages) -> String? {
        guard all > 0 else { return nil }
        let share = messages.percent(Double(byMachines) / Double(all), places: 0)
        return messages("coverage.machines", ["count": .int(byMachines), "all": .int(all)]) + " "
            + messages("policy.machines.share", ["share": .string(share)])
    }
}
