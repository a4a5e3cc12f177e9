import Customers
import Database
import Insight
import Kernel
import Ledger
import Surveys
import TestKit
import Web

/// An account with surveys, answers given at chosen moments, and the figures over them.
struct Programme: Sendable {
    let database: TestDatabase
    let clock = TestClock(at: Timestamp(milliseconds: 1_795_435_200_000))
    let site: TestSite
    var world: World { clock.world }

    init(_ backend: Backend, zone: String = "UTC") async throws {
        let database = try await backend.emptyDatabase()
        self.database = database
        let world = clock.world
        site = TestSite { table, _ in
            ScoreRoutes(database: database).add(to: &table)
            OverviewRoutes(database: database, world: world) { _, now, _ in
                CaseSummary(
                    open: 9, overdue: 7,
                    next: [.init(id: "cas_1", name: "Ada <b>", dueAt: now - .seconds(7200))])
            }.add(to: &table)
        }
        try await database.write { tx in
            for (id, zone) in [(1, zone), (2, "UTC")] as [(Int64, String)] {
                try tx.run(
                    """
                    INSERT INTO accounts (id, name, time_zone, language, created_at)
                    VALUES (\(id), \("Kettles \(id)"), \(zone), 'en', 0)
                    """)
            }
        }
    }

    func survey(
        _ name: String = "Delivery", _ scale: Scale = .nps0to10, _ method: Survey.Method = .strict
    ) async throws -> Survey {
        let input = SurveyInput(name: name, scale: scale, method: method)
        return try await database.write { [world, now = clock.now] tx in
            try Survey.create(input, account: 1, by: .system, world: world, at: now, in: tx)
        }
    }

    /// Records it as an import does, so that no answer is too old.
    @discardableResult
    func record(_ answers: [GivenAnswer], for survey: Survey) async throws -> [SurveyResponse] {
        let recording = Recording(source: .import, actor: .import, world: world, now: clock.now)
        let drafts = answers.compactMap { $0.draft(on: survey.scale) }
        return try await database.write { tx in
            try drafts.map { try SurveyResponse.record($0, for: survey, recording, in: tx) }
        }
    }

    /// Seals what happened and counts it.
    func count() async throws {
        try await Follower(
            database: database, now: { clock.now }, holder: "test", consumers: [ScoreDays.consumer]
        ).runUntilIdle()
    }

    func differences() async throws -> [String] {
        try await database.read { tx in try ScoreDays.differences(account: 1, in: tx) }
    }

    func run(_ sql: SQL) async throws { try await database.write { tx in _ = try tx.run(sql) } }
}

/// One answer as a test writes it.
struct GivenAnswer: Sendable {
    var score: Int
    var at: Timestamp
    var touchpoint: String?
    var agent: String?
    var language: String?
    var channel: String?
    var attributes: [String: String] = [:]
    /// The customer's own id; without one nobody is kept.
    var customer: String?
    var comment: String?

    init(
        _ score: Int, on day: String = "2026-11-20", touchpoint: String? = nil, agent: String? = nil,
        customer: String? = nil, attributes: [String: String] = [:]
    ) {
        self.init(
            score, at: Timestamp(rfc3339: day + "T12:00:00Z") ?? Timestamp(milliseconds: 0),
            touchpoint: touchpoint)
        self.agent = agent
        self.customer = customer
        self.attributes = attributes
    }

    init(_ score: Int, at: Timestamp, touchpoint: String? = nil) {
        self.score = score
        self.at = at
        self.touchpoint = touchpoint
    }

    func draft(on scale: Scale) -> ResponseDraft? {
        guard let score = Score(score, on: scale) else { return nil }
        var draft = ResponseDraft(score: score)
        draft.occurredAt = at
        draft.touchpoint = touchpoint
        draft.agent = agent
        draft.language = language
        draft.channel = channel
        draft.comment = comment
        var person = CustomerInput()
        person.externalID = customer
        person.attributes = attributes.map { ($0.key, $0.value) }
        draft.customer = person
        return draft
    }
}

extension GivenAnswer {
    /// Scores, moments and labels by chance; every label is sometimes missing.
    static func some(
        _ count: Int, from: String, days: Int, scale: Scale, seed: UInt64
    ) -> [GivenAnswer] {
        var chance = SeededRandom(seed: seed)
        let start = Timestamp(rfc3339: from + "T00:00:00Z") ?? Timestamp(milliseconds: 0)
        return (0..<count).map { number in
            var answer = GivenAnswer(
                Int.random(in: scale.scores, using: &chance),
                at: start + .seconds(Int.random(in: 0..<days * 86_400, using: &chance)),
                touchpoint: chance.pick([nil, "delivery", "repair"]))
            answer.agent = chance.pick([nil, "ada", "bo", "cy"])
            answer.language = chance.pick([nil, "pl", "en"])
            answer.channel = chance.pick([nil, "email"])
            answer.customer = "customer-\(number)"
            if let city = chance.pick([nil, "Łódź", "台北"]) { answer.attributes["city"] = city }
            if let plan = chance.pick([nil, "gold"]) { answer.attributes["plan"] = plan }
            return answer
        }
    }
}

extension SeededRandom {
    mutating func pick(_ choices: [String?]) -> String? {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }
}
