import Kernel
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
    var skipped: [ContactPolicy.Refusal: Int] = [:]
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

    /// The share of those who could be asked that was.
    var coverage: Share { Share(count: invited, of: eligible) }
    /// Opened and answered count invitations whose mail is uncertain, too: then it did arrive.
    var opening: Share { Share(count: opened, of: max(delivered, opened)) }
    var response: Share { Share(count: answered, of: max(delivered, answered)) }

    static func + (left: Self, right: Self) -> Self {
        CoverageCounts(
            invitations: left.invitations.merging(right.invitations, uniquingKeysWith: +),
            skipped: left.skipped.merging(right.skipped, uniquingKeysWith: +),
            opened: left.opened + right.opened, scanned: left.scanned + right.scanned,
            answered: left.answered + right.answered, provisional: left.provisional + right.provisional)
    }
}

/// Whether some people are asked less often than the rest, or somewhere fewer than should be.
enum CoverageAlarm: Equatable, Sendable {
    /// Those whose last score was low are asked less often than the others.
    case unhappyLeftOut(p: Double)
    /// Fewer than nine in ten were asked there.
    case low(touchpoint: String?, Share)

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
    let visits: LinkVisits
    let styles: StyleComparison?

    var overall: CoverageCounts { waves.reduce(CoverageCounts()) { $0 + $1.counts } }

    /// By touchpoint, the one without a name last.
    var touchpoints: [(name: String?, counts: CoverageCounts)] {
        Dictionary(grouping: waves) { $0.wave.touchpoint ?? "" }
            .map { (name: $0.key, counts: $0.value.reduce(CoverageCounts()) { $0 + $1.counts }) }
            .sorted { left, right in
                left.name.isEmpty != right.name.isEmpty ? right.name.isEmpty : left.name < right.name
            }
            .map { (name: $0.name.isEmpty ? nil : $0.name, counts: $0.counts) }
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
        for (name, counts) in touchpoints {
            guard counts.eligible >= CoverageAlarm.fewest, let share = counts.coverage.value,
                share < CoverageAlarm.least
            else { continue }
            alarms.append(.low(touchpoint: name, counts.coverage))
        }
        return alarms
    }
}
