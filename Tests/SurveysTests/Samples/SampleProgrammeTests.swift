import Kernel
import Language
import Statistics
import Surveys
import Testing

/// Last days in another month, at the ends of a month, and in a leap year.
private let lastDays = ["2026-11-20", "2026-11-30", "2026-12-01", "2027-03-15", "2028-02-29"].map {
    LocalDay($0)!
}

private struct Cut {
    let answers: [SampleAnswer]

    init(_ lastDay: LocalDay, _ survey: SampleSurvey) {
        answers = SampleProgramme(endingOn: lastDay).answers.filter { $0.survey == survey }
    }

    static func moments(_ answers: some Sequence<SampleAnswer>) -> Moments {
        answers.reduce(Moments()) { sum, answer in
            let value: Double
            switch answer.score.band.tone {
            case .low: value = answer.survey.scale.metric == .nps ? -1 : 0
            case .middle: value = 0
            case .high: value = 1
            }
            return sum + Moments(n: 1, sum: value, squares: value * value)
        }
    }

    func byMonth(_ place: SamplePlace? = nil) -> [Moments] {
        (1...SampleProgramme.months).map { month in
            Self.moments(answers.filter { $0.month == month && (place == nil || $0.place == place) })
        }
    }

    /// Each month against the one before, from month 2 on.
    func changes(_ place: SamplePlace? = nil) -> [(month: Int, test: Change.Test)] {
        let months = byMonth(place)
        return (1..<months.count).compactMap { index in
            Change.test(months[index], against: months[index - 1]).map { (index + 1, $0) }
        }
    }

    /// Values that differ from all others, after Benjamini and Hochberg.
    func standingOut<Key: Hashable & Comparable>(by key: (SampleAnswer) -> Key) -> [(Key, Double)] {
        let all = Self.moments(answers)
        let groups = Dictionary(grouping: answers, by: key).mapValues(Self.moments).sorted { $0.key < $1.key }
        let tests = groups.map { Change.test($0.value, against: all - $0.value)! }
        let q = FalseDiscovery.qValues(tests.map(\.p))
        return zip(groups, zip(tests, q)).filter { $1.1 < 0.05 }.map { ($0.key, $1.0.difference * 100) }
    }
}

@Test(arguments: lastDays)
func `a sample has 20,000 answers of twelve months that end yesterday`(lastDay: LocalDay) {
    let answers = SampleProgramme(endingOn: lastDay).answers
    #expect(answers.count == SampleProgramme.responses)
    #expect(Set(answers.map(\.month)) == Set(1...12))
    #expect(answers.map(\.day).max() == lastDay)
}

@Test func `a sample of one day is the same each time`() {
    let (first, second) = (SampleProgramme(endingOn: lastDays[0]), SampleProgramme(endingOn: lastDays[0]))
    #expect(first.answers.map(\.score) == second.answers.map(\.score))
    #expect(first.answers.map(\.traits) == second.answers.map(\.traits))
}

@Test(arguments: lastDays)
func `one touchpoint falls by 15 points in month 7, and no other month of any touchpoint stands out`(
    lastDay: LocalDay
) {
    let cut = Cut(lastDay, .touchpoint)
    let tests = SamplePlace.allCases.flatMap { place in
        cut.changes(place).map { (place: place, month: $0.month, test: $0.test) }
    }
    let q = FalseDiscovery.qValues(tests.map(\.test.p))
    let found = zip(tests, q).filter { $1 < 0.05 }.map(\.0)
    #expect(found.map(\.place) == [.installation])
    #expect(found.map(\.month) == [7])
    #expect(abs((found.first?.test.difference ?? 0) * 100 + 15) < 3)
    #expect(tests.filter { $0.test.p < 0.05 }.count == 1)
}

@Test(arguments: lastDays)
func `the fall of month 10 is proven, and no longer once the mix is taken out`(lastDay: LocalDay) throws {
    let cut = Cut(lastDay, .touchpoint)
    let changes = cut.changes()
    let shift = try #require(changes.first { $0.month == 10 })
    #expect(shift.test.p < 0.01)
    #expect(shift.test.difference < -0.1)
    func strata(_ month: Int) -> [Int: Moments] {
        Dictionary(grouping: cut.answers.filter { $0.month == month }) { $0.place!.rawValue }
            .mapValues(Cut.moments)
    }
    let adjusted = try #require(MixAdjustedChange(from: strata(9), to: strata(10)))
    #expect(adjusted.p > 0.3)
    #expect(adjusted.strata.first?.keys == [SamplePlace.hotline.rawValue])
    #expect(changes.filter { $0.test.p < 0.05 && ![7, 10].contains($0.month) }.isEmpty)
}

@Test(arguments: lastDays)
func `one team stands 20 points above the others, one 20 below, and only their agents with them`(
    lastDay: LocalDay
) throws {
    let cut = Cut(lastDay, .touchpoint)
    let teams = cut.standingOut { $0.traits.team }
    #expect(teams.map(\.0) == [SampleProgramme.bestTeam, SampleProgramme.worstTeam])
    let differences = teams.map(\.1)
    try #require(differences.count == 2)
    #expect(abs(differences[0] - 20) < 4)
    #expect(abs(differences[1] + 20) < 4)
    let agents = cut.standingOut { $0.traits.agent }.map { $0.0 / SampleProgramme.agentsPerTeam }
    #expect(Set(agents) == [SampleProgramme.bestTeam, SampleProgramme.worstTeam])
}

@Test(arguments: lastDays, SampleSurvey.allCases)
func `nothing else stands out`(lastDay: LocalDay, survey: SampleSurvey) {
    let cut = Cut(lastDay, survey)
    #expect(cut.standingOut { $0.traits.segment }.isEmpty)
    #expect(cut.standingOut { $0.traits.region }.isEmpty)
    #expect(cut.standingOut { $0.traits.product }.isEmpty)
    #expect(cut.standingOut { $0.traits.tier }.isEmpty)
    #expect(cut.standingOut { $0.traits.workType }.isEmpty)
    #expect(cut.standingOut { $0.traits.language.tag }.isEmpty)
    #expect(cut.standingOut { $0.channel }.isEmpty)
    guard survey != .touchpoint else { return }
    #expect(cut.changes().filter { $0.test.p < 0.05 }.isEmpty)
    #expect(cut.standingOut { $0.traits.team }.isEmpty)
    #expect(cut.standingOut { $0.traits.agent }.isEmpty)
}
