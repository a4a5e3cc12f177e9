package import Kernel
import Language

/// A telecom and white-goods company's year of feedback, made up from a fixed seed: the same for the same
/// last day.
///
/// Three things are planted in the touchpoint survey: one touchpoint falls by 15 points in month 7; in month
/// 10 many more answers come from the hotline, which scores lower, so that the total falls while no
/// touchpoint does; one team stands 20 points above the others and one 20 below. All else is dealt out
/// evenly, so that no other test finds anything.
package struct SampleProgramme: Sendable {
    package static let responses = 20_000
    package static let months = 12
    package static let teams = 12
    package static let agentsPerTeam = 3
    package static let fallingPlace = SamplePlace.installation
    package static let monthOfFall = 7
    package static let monthOfShift = 10
    package static let bestTeam = 4
    package static let worstTeam = 9
    /// Unhappy answers of so many last days open cases, one in three of them.
    static let daysOfCases = 14

    package let firstDay: LocalDay
    package let lastDay: LocalDay
    private let responses: Int

    /// Twelve calendar months, the last of them cut at `lastDay`.
    package init(endingOn lastDay: LocalDay, responses: Int = Self.responses) {
        var first = Interval.month.start(of: lastDay)
        for _ in 1..<Self.months { first = Interval.month.start(of: first - 1) }
        firstDay = first
        self.lastDay = lastDay
        self.responses = responses
    }

    /// Every answer, in the order of time.
    package var answers: [SampleAnswer] {
        var dealer = SampleDealer(programme: self)
        var answers: [SampleAnswer] = []
        for survey in SampleSurvey.allCases {
            let count = Int((Double(responses) * survey.share).rounded())
            for (day, minute) in moments(count, of: survey) {
                answers.append(dealer.answer(survey, on: day, minute: minute))
            }
        }
        answers.sort { ($0.day, $0.minute, $0.survey.rawValue) < ($1.day, $1.minute, $1.survey.rawValue) }
        var people = SamplePeople()
        for index in answers.indices { people.name(&answers[index]) }
        openCases(&answers)
        return answers
    }

    func month(of day: LocalDay) -> Int {
        let (first, this) = (firstDay.civil, day.civil)
        return (this.year - first.year) * 12 + this.month - first.month + 1
    }

    /// Spread evenly over the days, with fewer at weekends.
    private func moments(_ count: Int, of survey: SampleSurvey) -> [(LocalDay, Int)] {
        var chance = SampleChance(seed: UInt64(survey.rawValue) + 77)
        let days = (firstDay.number...lastDay.number).map { LocalDay(number: $0) }
        let weights = days.map { $0.weekday == 7 ? 0.45 : $0.weekday == 6 ? 0.7 : 1 }
        let all = weights.reduce(0, +)
        var (day, passed) = (0, weights[0])
        return (0..<count).map { index in
            let due = (Double(index) + 0.5) / Double(count) * all
            while passed < due, day + 1 < days.count {
                day += 1
                passed += weights[day]
            }
            return (days[day], 480 + chance.index(780))
        }
    }

    private func openCases(_ answers: inout [SampleAnswer]) {
        var unhappy = 0
        for index in answers.indices where answers[index].day > lastDay - Self.daysOfCases {
            guard answers[index].score.band.isLowest, answers[index].customer != nil else { continue }
            answers[index].opensCase = unhappy % 3 == 0
            unhappy += 1
        }
    }
}

extension SampleProgramme {
    /// Of all answers to the touchpoint survey.
    static func shares(inMonth month: Int) -> [Double] {
        let before = [0.45, 0.17, 0.14, 0.14, 0.10]
        if month < monthOfShift { return before }
        let hotline = 0.45
        return before.enumerated().map { place, share in
            place == SamplePlace.hotline.rawValue ? hotline : share * (1 - hotline) / (1 - before[1])
        }
    }

    /// The net score that is dealt, -1 to 1.
    static func target(_ place: SamplePlace, inMonth month: Int, team: Int) -> Double {
        let level =
            switch place {
            case .installation: month < monthOfFall ? 0.30 : 0.15
            case .hotline: -0.25
            case .shop: 0.34
            case .delivery: 0.30
            case .app: 0.26
            }
        return level + (team == bestTeam ? 0.2 : team == worstTeam ? -0.2 : 0)
    }

    /// Shares of detractors, passives and promoters that give a net score.
    static func bands(for score: Double) -> [Double] {
        let passives = min(0.5, (1 - abs(score)) * 0.75)
        return [(1 - passives - score) / 2, passives, (1 - passives + score) / 2]
    }
}

/// Gives the people who said who they are a number: the same person answers again after a month at the
/// earliest.
private struct SamplePeople {
    private var known: [SampleTraits: [(customer: Int, last: LocalDay)]] = [:]
    private var count = 0

    mutating func name(_ answer: inout SampleAnswer) {
        guard answer.customer != nil else { return }
        var kind = answer.traits
        (kind.workType, kind.team, kind.agent) = (0, 0, 0)
        let free = known[kind, default: []].firstIndex { answer.day.number - $0.last.number > 30 }
        if let free, let person = known[kind]?[free].customer {
            known[kind]?[free].last = answer.day
            answer.customer = person
        } else {
            known[kind, default: []].append((count, answer.day))
            answer.customer = count
            count += 1
        }
    }
}
