import Database
import Formats
import HTTPTypes
import Kernel
import Surveys
import TestKit
import Testing

@Suite struct `A score that was looked at and not sent` {
    private func waiting(_ house: House, _ survey: String) async throws -> Int {
        try await house.database.read { tx in
            try ProvisionalScore.count(of: [Survey.ID(survey)].compactMap(\.self), account: 1, in: tx)
        }
    }

    @Test(arguments: Backend.available)
    func `waits a day, the last one chosen stands, and then it is an answer`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited(language: "pl", touchpoint: "delivery")
        #expect(try await link.confirm(9) == 204)
        house.clock.advance(by: .seconds(5))
        #expect(try await link.confirm(3) == 204)
        let given = house.clock.now
        #expect(try await waiting(house, link.survey.id) == 1)
        #expect(try await house.rows("responses") == 0)
        house.clock.advance(by: .seconds(86_399))
        try await house.work()
        #expect(try await house.rows("responses") == 0)
        house.clock.advance(by: .seconds(301))
        try await house.work()
        try await house.work()
        #expect(try await waiting(house, link.survey.id) == 0)
        let answers = try await house.answers()
        #expect(answers.count == 1)
        #expect(answers.first?["score"] == 3)
        #expect(answers.first?["customer"]?.string == link.customer)
        #expect(answers.first?["touchpoint"] == "delivery")
        #expect(answers.first?["language"] == "pl")
        #expect(answers.first?["occurred_at"]?.string == given.rfc3339)
        #expect(try await link.confirm(10) == 204)
        #expect(try await link.send(10) == 303)
        #expect(try await house.answers().first?["score"] == 3)
        #expect(try await waiting(house, link.survey.id) == 0)
    }

    @Test(arguments: Backend.available)
    func `gives way to the one that is sent`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        try await link.confirm(9)
        #expect(try await link.send(2) == 303)
        #expect(try await waiting(house, link.survey.id) == 0)
        try await link.confirm(9)
        #expect(try await waiting(house, link.survey.id) == 0)
        house.clock.advance(by: .seconds(2 * 86_400))
        try await house.work()
        #expect(try await house.answers().map { $0["score"] } == [2])
    }

    @Test(arguments: Backend.available)
    func `is one answer even while it is sent at the very end of its day`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey()
        var links: [Invited] = []
        for index in 0..<12 { links.append(try await house.invited("p\(index)", to: survey)) }
        for link in links { try await link.confirm(9) }
        house.clock.advance(by: .seconds(86_400))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await house.work() }
            for link in links { group.addTask { try await link.send(1) } }
            try await group.waitForAll()
        }
        #expect(try await house.rows("responses") == 12)
        #expect(try await house.rows("provisional_scores") == 0)
    }

    @Test(arguments: Backend.available)
    func `waits on while its survey is closed`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        try await link.confirm(9)
        _ = try await house.site.api(.patch, "/surveys/\(link.survey.id)", #"{"status": "closed"}"#)
        house.clock.advance(by: .seconds(2 * 86_400))
        try await house.work()
        #expect(try await house.rows("responses") == 0)
        _ = try await house.site.api(.patch, "/surveys/\(link.survey.id)", #"{"status": "open"}"#)
        house.clock.advance(by: .seconds(600))
        try await house.work()
        #expect(try await house.rows("responses") == 1)
    }

    @Test(arguments: Backend.available)
    func `that belongs to an answered invitation is dropped`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        try await link.send(9)
        let (number, survey) = (link.id.number, Survey.ID(link.survey.id)?.number)
        try await house.database.write { tx in
            try tx.run(
                """
                INSERT INTO provisional_scores (invitation_id, account_id, survey_id, raw, given_at, due_at)
                VALUES (\(number), 1, \(survey), 3, 0, 0)
                """)
        }
        try await house.work()
        #expect(try await house.rows("provisional_scores") == 0)
        #expect(try await house.answers().map { $0["score"] } == [9])
    }

    @Test func `is none off the scale`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        for score in ["11", "-1", "x", ""] {
            let sent = try await house.site.post(link.path + "/confirm", form: [("score", score)])
            #expect(sent.status == 422)
        }
        #expect(try await waiting(house, link.survey.id) == 0)
    }
}
