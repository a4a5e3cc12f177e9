import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import TestKit
import Testing

@testable import Surveys

@Suite struct `A rule by the calendar` {
    private func people(_ office: PostOffice, _ count: Range<Int>) async throws {
        for person in count { try await office.happen("p\(person)", event: "visit") }
    }

    private func work(_ office: PostOffice) async throws {
        let worker = Worker(
            database: office.database, world: office.clock.world,
            handlers: [
                AskRuleJobs.turner(
                    database: office.database, world: office.clock.world, secret: PostOffice.secret)
            ], schedules: [AskRuleJobs.schedule])
        while try await worker.runUntilIdle() > 0 {}
    }

    @Test(arguments: Backend.available)
    func `asks everybody once in three quarters, and nobody twice in one`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        try await office.change("UPDATE accounts SET quiet_days = 0")
        try await people(office, 0..<30)
        let rule = try await office.rule(
            ["period": "quarter", "sample": 0.3333, "hours": ["from": "09:00", "to": "20:00"]],
            event: "schedule")
        let forecast = try await office.preview(rule)
        var asked: [Int] = []
        for _ in 0..<3 {
            try await work(office)
            office.clock.advance(by: .seconds(900))
            try await work(office)
            asked.append(try await office.number("SELECT COUNT(*) AS n FROM invitations"))
            office.clock.advance(by: .seconds(92 * 86_400))
        }
        #expect(forecast["asked"]?.exactInteger == asked[0])
        #expect(asked[0] < asked[1] && asked[1] < asked[2] && asked[2] == 30)
        #expect(try await office.number("SELECT COUNT(DISTINCT customer_id) AS n FROM invitations") == 30)
        // Who comes later in a quarter has a turn in it, too.
        office.clock.advance(by: .seconds(-91 * 86_400))
        try await people(office, 30..<90)
        try await work(office)
        let later = try await office.number("SELECT COUNT(*) AS n FROM invitations") - 30
        #expect((5...40).contains(later))
        #expect(try await office.preview(rule, "simulation")["complete"] == true)
    }
}
