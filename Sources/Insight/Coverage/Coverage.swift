import Kernel
import Ledger
import Statistics
import Surveys

/// How many of some, with the score interval of the share.
struct Share: Equatable, Sendable {
    let count: Int
    let of: Int

    /// 0...1; `nil` of none.
    var value: Double? { of > 0 ? Double(count) / Double(of) : nil }
    var limits: Limits? { Limits.share(count, of: of) }
    var moments: Moments { .share(count, of: of) }
}

/// Who of those who could be asked was, and what became of it.
struct CoverageCounts: Equatable, Sendable {
    /// Invitations by state.
    var invitations: [Invitation.State: Int] = [:]
    /// Who was passed over when the wave was planned, by reason.
    var skipped: [AskSkip: Int] = [:]
    /// Invitations that were taken back because somebody left their person out by hand.
    var takenBack = 0
    /// Invitations whose page a person opened, as far as can be told; who answered did.
    var opened = 0
    /// Invitations whose link a machine opened.
    var scanned = 0
    var answered = 0
    var provisional = 0

    private var planned: Int { invitations.values.reduce(0, +) }

    /// Everybody on the lists.
    var listed: Int { planned + skipped.values.reduce(0, +) }
    /// Those of them who can be reached, are willing, and are not of the staff: who was passed over by a rule
    /// of ours among them.
    var eligible: Int { planned + skipped.filter { $0.key.isOurs }.values.reduce(0, +) }
    /// For whom an invitation stands, sent or waiting; one that was withdrawn asked nobody.
    var invited: Int { planned - count(.withdrawn) }
    /// Taken by the relay for good. What bounced later is not among them once that is known.
    var delivered: Int { count(.sent) }
    var waiting: Int { count(.planned) + count(.sending) }

    func count(_ state: Invitation.State) -> Int { invitations[state] ?? 0 }

    /// Whom somebody left out by hand.
    var excluded: Int { takenBack + (skipped[.excluded] ?? 0) }
    /// The share of those whom nothing but somebody's hand could keep out that was asked.
    var unhanded: Share { Share(count: invited, of: invited + excluded) }

    /// The share of those who could be asked that was.
    var coverage: Share { Share(count: invited, of: eligible) }
    /// Opened and answered count invitations whose mail is uncertain, too: then it did arrive.
    var opening: Share { Share(count: opened, of: max(delivered, opened)) }
    var response: Share { Share(count: answered, of: max(delivered, answered)) }

    static func + (left: Self, right: Self) -> Self {
        CoverageCounts(
            invitations: left.invitations.merging(right.invitations, uniquingKeysWith: +),
            skipped: left.skipped.merging(right.skipped, uniquingKeysWith: +),
            takenBack: left.takenBack + right.takenBack, opened: left.opened + right.opened,
            scanned: left.scanned + right.scanned,
            answered: left.answered + right.answered, provisional: left.provisional + right.provisional)
    }
}

/// Whether some people are asked less often than the rest, or somewhere fewer than should be.
enum CoverageAlarm: Equatable, Sendable {
    /// Those whose last score was low are asked less often than the others.
    case unhappyLeftOut(p: Double)
    /// Fewer than nine in ten were asked there.
    case low(touchpoint: String?, Share)
    /// Of those whom a rule, or some agent's customers, could have reached more than one in ten were left out
    /// by hand.
    case leftOut(rule: AskRule.ID, name: String, Share)
    case leftOutBy(agent: String, Share)

    static let fewest = 30
    static let least = 0.9
    static let mostLikely = 0.01
}

/// One look of the letters against the other.
struct StyleComparison: Equatable, Sendable {
    struct Side: Equatable, Sendable {
        let figure: Figure
        let response: Share
    }

    let neutral: Side
    let coloured: Side

    /// Coloured less neutral, in points of the survey's score; `nil` while either has no answer.
    var scores: Difference? {
        guard let first = coloured.figure.estimate, let second = neutral.figure.estimate,
            let test = Change.test(coloured.figure.moments, against: neutral.figure.moments)
        else { return nil }
        return Difference(
            points: first.value - second.value, limits: Change.limits(first, minus: second), p: test.p)
    }

    /// Coloured less neutral, in percentage points.
    var responses: Difference? {
        guard let first = coloured.response.estimate, let second = neutral.response.estimate,
            let test = Change.test(coloured.response.moments, against: neutral.response.moments)
        else { return nil }
        return Difference(
            points: first.value - second.value, limits: Change.limits(first, minus: second), p: test.p)
    }

    struct Difference: Equatable, Sendable {
        let points: Double
        let limits: Limits
        let p: Double
    }
}

extension Share {
    /// In percent.
    var estimate: Estimate? {
        guard let value, let limits else { return nil }
        return Estimate(value: value * 100, limits: limits.points)
    }
}

/// Whom a survey asked in some days, and what became of it.
struct Coverage: Sendable {
    let survey: Survey
    let from: LocalDay
    /// The first day that no longer counts.
    let to: LocalDay
    /// Newest first.
    let waves: [(wave: Wave, counts: CoverageCounts)]
    var agents: [(name: String, counts: CoverageCounts)] = []
    var ruleNames: [AskRule.ID: String] = [:]
    var hands = Hands()
    let visits: LinkVisits
    let styles: StyleComparison?

    var overall: CoverageCounts { waves.reduce(CoverageCounts()) { $0 + $1.counts } }

    typealias Group = (name: String?, counts: CoverageCounts)

    var touchpoints: [Group] {
        Self.ranked(
            Dictionary(grouping: waves) { $0.wave.touchpoint ?? "" }.map { name, waves in
                (name.isEmpty ? nil : name, waves.reduce(CoverageCounts()) { $0 + $1.counts })
            })
    }

    /// Lists that nobody's rule made are none of these.
    var rules: [(rule: AskRule.ID, name: String, counts: CoverageCounts)] {
        let groups = Dictionary(grouping: waves) { $0.wave.rule }.compactMap { rule, waves in
            rule.map { ($0, waves.reduce(CoverageCounts()) { $0 + $1.counts }) }
        }
        let counts = Dictionary(groups, uniquingKeysWith: +)
        // A rule is known by its id, for two may have one name.
        let order = Self.ranked(counts.map { ($0.key.description, $0.value) })
        return order.compactMap { group in
            group.name.flatMap { AskRule.ID($0) }.map { id in (id, ruleNames[id] ?? "", group.counts) }
        }
    }

    /// The least covered first. Those of whom too few could be asked have no rank: they follow by their
    /// names, the one without a name last.
    static func ranked(_ groups: [Group]) -> [Group] {
        func rank(_ group: Group) -> Double? { group.counts.isRanked ? group.counts.coverage.value : nil }
        return groups.sorted { left, right in
            switch (rank(left), rank(right)) {
            case (let first?, let second?) where first != second: first < second
            case (.some, nil): true
            case (nil, .some): false
            default: (left.name ?? "\u{10FFFF}") < (right.name ?? "\u{10FFFF}")
            }
        }
    }

    /// Of the people who could be asked those whose last score was low, and the others, as it was when the
    /// waves were planned; waves from before that was counted are left out.
    var unhappy: (low: Share, rest: Share) {
        var (low, rest) = (Wave.Reached(), Wave.Reached())
        for (wave, counts) in waves {
            guard let reached = wave.unhappy else { continue }
            low.eligible += reached.eligible
            low.invited += reached.invited
            rest.eligible += counts.eligible - reached.eligible
            rest.invited += counts.invitations.values.reduce(0, +) - reached.invited
        }
        return (Share(count: low.invited, of: low.eligible), Share(count: rest.invited, of: rest.eligible))
    }

    var alarms: [CoverageAlarm] {
        var alarms: [CoverageAlarm] = []
        let (low, rest) = unhappy
        if low.of >= CoverageAlarm.fewest, rest.of >= CoverageAlarm.fewest,
            let test = Change.test(low.moments, against: rest.moments), test.difference < 0,
            test.p < CoverageAlarm.mostLikely
        {
            alarms.append(.unhappyLeftOut(p: test.p))
        }
        func isLow(_ share: Share) -> Bool {
            share.of >= CoverageAlarm.fewest && (share.value ?? 1) < CoverageAlarm.least
        }
        let lists = waves.filter { $0.wave.rule == nil }
        let places = Dictionary(grouping: lists) { $0.wave.touchpoint ?? "" }
        for (name, waves) in places.sorted(by: { $0.key < $1.key }) {
            let share = waves.reduce(CoverageCounts()) { $0 + $1.counts }.coverage
            if isLow(share) { alarms.append(.low(touchpoint: name.isEmpty ? nil : name, share)) }
        }
        // A rule may ask seldom by what it says; what counts here is who was kept out of it.
        for (rule, name, counts) in rules where isLow(counts.unhanded) {
            alarms.append(.leftOut(rule: rule, name: name, counts.unhanded))
        }
        for (agent, counts) in agents where isLow(counts.unhanded) {
            alarms.append(.leftOutBy(agent: agent, counts.unhanded))
        }
        return alarms
    }
}

extension CoverageCounts {
    /// Fewer say nothing of who does better.
    var isRanked: Bool { eligible >= FigureWords.fewest }
}

/// Whom people picked and whom they left out, by hand.
struct Hands: Equatable, Sendable {
    /// One member of the team, or whoever runs commands on the server.
    struct Hand: Equatable, Sendable {
        var lists = 0
        var picked = 0
        var excluded = 0
    }

    /// Lists by the reason that was given for them; `nil` for none.
    var reasons: [Wave.Reason?: Int] = [:]
    var excluded: [Exclusion.Reason: Int] = [:]
    var hands: [Actor: Hand] = [:]
    /// Of members that are still in the account.
    var names: [Actor: String] = [:]

    var all: Hand {
        hands.values.reduce(Hand()) { sum, hand in
            Hand(
                lists: sum.lists + hand.lists, picked: sum.picked + hand.picked,
                excluded: sum.excluded + hand.excluded)
        }
    }

    /// Whoever did most of it first.
    var ordered: [(actor: Actor, hand: Hand)] {
        hands.map { (actor: $0.key, hand: $0.value) }.sorted { left, right in
            let (first, second) = (
                left.hand.picked + left.hand.excluded, right.hand.picked + right.hand.excluded
            )
            return first != second ? first > second : left.actor.description < right.actor.description
        }
    }
}
