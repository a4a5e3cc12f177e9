import Accounts
import Database
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@testable import Insight

struct ScoreDaysTests {
    @Test(arguments: Backend.available)
    func `verify finds no difference after answers were counted in several batches`(backend: Backend)
        async throws
    {
        let programme = try await Programme(backend, zone: "Europe/Warsaw")
        let survey = try await programme.survey()
        for seed in 1...3 as ClosedRange<UInt64> {
            let answers = GivenAnswer.some(60, from: "2026-10-20", days: 12, scale: survey.scale, seed: seed)
            try await programme.record(answers, for: survey)
            try await programme.count()
        }
        #expect(try await programme.differences() == [])
        let cells = try await programme.database.read { tx in
            try tx.run("SELECT SUM(responses) AS n FROM score_days WHERE account_id = 1 AND dimension = ''")
        }
        #expect(try cells[0].int("n") == 180)
    }

    @Test(arguments: Backend.available)
    func `verify names a cell that somebody has changed`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record([GivenAnswer(9, touchpoint: "repair"), GivenAnswer(3)], for: survey)
        try await programme.count()
        try await programme.run(
            """
            UPDATE score_days SET responses = 7 WHERE account_id = 1 AND dimension = '' AND raw = 9
            """)
        try await programme.run(
            "DELETE FROM score_days WHERE account_id = 1 AND dimension = 'touchpoint' AND raw = 9")
        #expect(
            try await programme.differences() == [
                "survey \(survey.id) day 2026-11-20 score 9: published 7, counted 1",
                "survey \(survey.id) touchpoint=repair day 2026-11-20 score 9: published 0, counted 1",
            ])
    }

    @Test(arguments: Backend.available)
    func `a changed time zone cuts all days anew`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        let lateEvening = Timestamp(rfc3339: "2026-11-20T23:30:00Z") ?? programme.clock.now
        try await programme.record([GivenAnswer(9, at: lateEvening)], for: survey)
        try await programme.count()
        #expect(try await days(programme) == ["2026-11-20"])

        try await programme.database.write { [world = programme.world] tx in
            let before = try Account.find(Account.ID(1), in: tx)
            var account = before
            account.timeZone = "Europe/Warsaw"
            try account.save(over: before, by: .system, world: world, in: tx)
        }
        try await programme.count()
        #expect(try await days(programme) == ["2026-11-21"])
        #expect(try await programme.differences() == [])
    }

    private func days(_ programme: Programme) async throws -> [String] {
        try await programme.database.read { tx in
            try tx.run("SELECT day FROM score_days WHERE account_id = 1 AND dimension = ''")
                .map { try $0.day("day").description }
        }
    }

    @Test(arguments: Backend.available)
    func `four attributes are counted at most, and those that came first stay`(backend: Backend)
        async throws
    {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        for names in [["zone", "plan"], ["area", "city", "brand", "age"]] {
            let attributes = Dictionary(uniqueKeysWithValues: names.map { ($0, "x") })
            try await programme.record(
                [GivenAnswer(9, customer: names[0], attributes: attributes)], for: survey)
            try await programme.count()
        }
        let kept = try await programme.database.read { tx in try ScoreDays.settings(of: 1, in: tx) }
        #expect(kept?.attributes == ["plan", "zone", "age", "area"])
        #expect(try await programme.differences() == [])
    }

    @Test(arguments: Backend.available)
    func `an attribute named like a fixed dimension is not counted twice`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record(
            [GivenAnswer(9, customer: "c", attributes: ["agent": "of the customer"])], for: survey)
        try await programme.count()
        let cells = try await programme.database.read { tx in
            try tx.run("SELECT value, responses FROM score_days WHERE account_id = 1 AND dimension = 'agent'")
                .map { "\(try $0.text("value")):\(try $0.int("responses"))" }
        }
        #expect(cells == [":1"])
    }

    @Test(arguments: Backend.available)
    func `answers recorded while others are counted are each counted once`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await withThrowingTaskGroup { group in
            for seed in 1...4 as ClosedRange<UInt64> {
                group.addTask {
                    for part in 0..<5 as Range<UInt64> {
                        let answers = GivenAnswer.some(
                            4, from: "2026-11-01", days: 9, scale: survey.scale, seed: seed * 100 + part)
                        try await programme.record(answers.map(\.withoutCustomer), for: survey)
                    }
                }
            }
            group.addTask { for _ in 0..<4 { try await programme.count() } }
            try await group.waitForAll()
        }
        try await programme.count()
        #expect(try await programme.differences() == [])
        let cells = try await programme.database.read { tx in
            try tx.run("SELECT SUM(responses) AS n FROM score_days WHERE account_id = 1 AND dimension = ''")
        }
        #expect(try cells[0].int("n") == 80)
    }

    @Test(arguments: Backend.available)
    func `answers that were removed as a sample leave the cells`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        let made = try await programme.record([GivenAnswer(9), GivenAnswer(2)], for: survey)
        try await programme.count()
        try await programme.run("DELETE FROM scores WHERE account_id = 1 AND response_id = \(made[0].id)")
        try await programme.database.write { [world = programme.world] tx in
            try Ledger.append(
                .sampleRemoved, about: 1, by: .system, id: world.newID(), account: 1, at: world.now(), in: tx)
        }
        try await programme.count()
        #expect(try await programme.differences() == [])
        let left = try await programme.database.read { tx in
            try tx.run("SELECT raw FROM score_days WHERE account_id = 1 AND dimension = ''")
                .map { try $0.int("raw") }
        }
        #expect(left == [2])
    }
}

extension GivenAnswer {
    var withoutCustomer: GivenAnswer {
        var answer = self
        answer.customer = nil
        return answer
    }
}
