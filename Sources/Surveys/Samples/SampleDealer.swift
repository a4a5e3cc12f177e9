import Kernel
import Language

/// Deals the answers of one programme, each trait by quota within what it must not depend on.
struct SampleDealer {
    private enum Trait: Hashable {
        case place, team, agent, band, score, segment, region, product, tier, workType, language, channel

        /// What the planted effects rest on, which is dealt more closely.
        var isPlanted: Bool { [.place, .team, .agent, .band, .score].contains(self) }
    }
    private struct Deck: Hashable {
        let survey: SampleSurvey
        let trait: Trait
        let within: Int
    }

    private static let scores: [SampleSurvey: [Double]] = [
        .contact: [0.06, 0.07, 0.13, 0.34, 0.40],
        .effort: [0.04, 0.05, 0.08, 0.13, 0.22, 0.27, 0.21],
    ]
    /// Within detractors, passives and promoters.
    private static let withinBand: [(first: Int, shares: [Double])] = [
        (0, [0.08, 0.04, 0.06, 0.10, 0.12, 0.28, 0.32]), (7, [0.45, 0.55]), (9, [0.42, 0.58]),
    ]
    private static let channels = ["email", "sms", "qr", "widget"]
    private static let languages = ReaderLanguage.allCases

    private let programme: SampleProgramme
    private var chance = SampleChance(seed: 20_261_121)
    private var decks: [Deck: SampleQuota] = [:]

    init(programme: SampleProgramme) { self.programme = programme }

    mutating func answer(_ survey: SampleSurvey, on day: LocalDay, minute: Int) -> SampleAnswer {
        let month = programme.month(of: day)
        let place = place(of: survey, inMonth: month)
        var team = 0
        if survey == .touchpoint {
            team = deal(.team, survey, within: place?.rawValue ?? 0, Self.even(SampleProgramme.teams))
        }
        let score = score(of: survey, place, month, team)
        if survey != .touchpoint {
            team = deal(.team, survey, within: score.raw, Self.even(SampleProgramme.teams))
        }
        return SampleAnswer(
            survey: survey, day: day, minute: minute, month: month, score: score, place: place,
            channel: Self.channels[deal(.channel, survey, within: score.raw, [0.45, 0.25, 0.15, 0.15])],
            traits: traits(survey, score, team), customer: chance.unit() < 0.6 ? 0 : nil,
            comment: chance.unit() < Self.talkativeness(score.band) ? chance.next() : nil,
            reason: survey == .touchpoint && chance.unit() < 0.4
                ? chance.index(SampleWords.reasons.count) : nil)
    }

    private mutating func place(of survey: SampleSurvey, inMonth month: Int) -> SamplePlace? {
        switch survey {
        case .relation: nil
        case .contact: .hotline
        case .effort: .app
        case .touchpoint:
            SamplePlace(rawValue: deal(.place, survey, within: 0, SampleProgramme.shares(inMonth: month)))
        }
    }

    private mutating func score(
        of survey: SampleSurvey, _ place: SamplePlace?, _ month: Int, _ team: Int
    ) -> Score {
        let scale = survey.scale
        let raw: Int
        if let shares = Self.scores[survey] {
            raw = scale.scores.lowerBound + deal(.score, survey, within: 0, shares)
        } else {
            let target = place.map { SampleProgramme.target($0, inMonth: month, team: team) } ?? 0.18
            let within = (place?.rawValue ?? 0) * SampleProgramme.teams + team
            let band = deal(.band, survey, within: within, SampleProgramme.bands(for: target))
            raw =
                Self.withinBand[band].first
                + deal(.score, survey, within: band, Self.withinBand[band].shares)
        }
        guard let score = Score(raw, on: scale) else { preconditionFailure("the scale lacks \(raw)") }
        return score
    }

    private mutating func traits(_ survey: SampleSurvey, _ score: Score, _ team: Int) -> SampleTraits {
        let within = score.raw
        let agents = Self.even(SampleProgramme.agentsPerTeam)
        let agent = deal(.agent, survey, within: team * 16 + within, agents)
        return SampleTraits(
            segment: deal(.segment, survey, within: within, [0.7, 0.2, 0.1]),
            region: deal(.region, survey, within: within, [0.22, 0.18, 0.17, 0.16, 0.15, 0.12]),
            product: deal(.product, survey, within: within, [0.26, 0.26, 0.14, 0.13, 0.12, 0.09]),
            tier: deal(.tier, survey, within: within, [0.5, 0.33, 0.17]),
            language: Self.languages[deal(.language, survey, within: within, [0.35, 0.2, 0.2, 0.25])],
            workType: deal(.workType, survey, within: within, [0.25, 0.25, 0.3, 0.2]), team: team,
            agent: team * SampleProgramme.agentsPerTeam + agent)
    }

    private mutating func deal(
        _ trait: Trait, _ survey: SampleSurvey, within: Int, _ shares: [Double]
    ) -> Int {
        let deck = Deck(survey: survey, trait: trait, within: within)
        let looseness = trait.isPlanted ? 1.5 : survey == .touchpoint ? 40 : 4
        return decks[deck, default: SampleQuota()].deal(shares, looseness: looseness, &chance)
    }

    private static func even(_ count: Int) -> [Double] {
        [Double](repeating: 1 / Double(count), count: count)
    }

    private static func talkativeness(_ band: Band) -> Double {
        switch band.tone {
        case .low: 0.55
        case .middle: 0.25
        case .high: 0.3
        }
    }
}
