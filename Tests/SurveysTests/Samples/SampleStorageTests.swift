import Accounts
import Customers
import Database
import Kernel
import Language
import Ledger
import Surveys
import TestKit
import Testing

private struct Scene {
    static let answers = 400
    let database: TestDatabase
    let clock = TestClock()
    let account: Account
    let programme: SampleProgramme

    init(_ backend: Backend) async throws {
        database = try await backend.emptyDatabase()
        let (world, now) = (clock.world, clock.now)
        account = try await database.write { tx in
            try Account.make(
                name: "Kettle", timeZone: "Europe/Warsaw", language: .pl, by: .operator, world: world, in: tx)
        }
        programme = SampleProgramme(endingOn: account.zone.day(of: now) - 1, responses: Self.answers)
    }

    func fill() async throws -> Bool {
        try await programme.fill(account, database: database, world: clock.world)
    }

    func remove() async throws -> Bool {
        let (account, world) = (account.id.number, clock.world)
        return try await database.write { tx in try SampleProgramme.remove(account, world: world, in: tx) }
    }

    func count(_ query: SQL) async throws -> Int {
        try await database.read { tx in try tx.run(query).first?.int("n") ?? 0 }
    }

    func rows() async throws -> [Int] {
        let tables: [SQL] = [
            "surveys", "survey_versions", "responses", "scores", "answers", "response_segments", "customers",
            "contact_points", "customer_attributes", "attribute_names",
        ]
        var counts: [Int] = []
        for table in tables { counts.append(try await count("SELECT COUNT(*) AS n FROM \(table)")) }
        return counts
    }

    var surveys: [Survey] {
        get async throws {
            try await database.read { [account] tx in
                try Survey.list(account: account.id.number, limit: 10, in: tx)
            }
        }
    }
}

@Suite struct `A sample in an account` {
    @Test(arguments: Backend.available)
    func `holds every answer and says that it is one`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        #expect(try await scene.fill())
        #expect(
            try await scene.count("SELECT COUNT(*) AS n FROM responses WHERE source = 'sample'")
                == Scene.answers)
        #expect(
            try await scene.count(
                "SELECT COUNT(*) AS n FROM unsealed_events WHERE kind = 'response.recorded'")
                == Scene.answers)
        let surveys = try await scene.surveys
        #expect(surveys.map(\.metric) == [.ces, .csat, .nps, .nps])
        #expect(surveys.allSatisfy { $0.isSample && $0.status == .open })
        let account = scene.account.id.number
        #expect(try await scene.database.read { tx in try SampleProgramme.isShown(account: account, in: tx) })
    }

    @Test(arguments: Backend.available)
    func `is put in once, and taken out without a trace but events`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        #expect(try await scene.fill())
        let rows = try await scene.rows()
        #expect(try await !scene.fill())
        #expect(try await scene.rows() == rows)
        #expect(try await scene.remove())
        #expect(try await scene.rows().allSatisfy { $0 == 0 })
        #expect(try await !scene.remove())
        #expect(
            try await scene.count("SELECT COUNT(*) AS n FROM unsealed_events WHERE kind = 'sample.removed'")
                == 1)
    }

    @Test(arguments: Backend.available)
    func `leaves other surveys and their customers alone`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        _ = try await scene.fill()
        let (account, world, now) = (scene.account.id.number, scene.clock.world, scene.clock.now)
        try await scene.database.write { tx in
            let survey = try Survey.create(
                SurveyInput(name: "Own", scale: .nps0to10), account: account, by: .operator, world: world,
                at: now, in: tx)
            var draft = ResponseDraft(score: try #require(Score(9, on: .nps0to10)))
            draft.customer = CustomerInput()
            draft.customer?.externalID = "sample-10001"
            _ = try SurveyResponse.record(
                draft, for: survey,
                Recording(source: .api, actor: .operator, world: world, now: now), in: tx)
        }
        #expect(try await scene.remove())
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM responses") == 1)
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM customers") == 1)
        #expect(try await scene.surveys.map(\.name) == ["Own"])
    }

    @Test(arguments: Backend.available)
    func `that was broken off is begun again`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        _ = try await scene.fill()
        try await scene.database.write { tx in
            try tx.run("UPDATE surveys SET status = 'closed'")
            try tx.run("DELETE FROM scores WHERE raw > 5")
        }
        #expect(try await scene.fill())
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM scores") == Scene.answers)
    }
}
