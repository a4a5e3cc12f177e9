import HTTPTypes
import Formats
import Accounts
import Database
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@testable import FollowUp

@Suite struct `The rule for cases` {
    @Test(arguments: Backend.available)
    func `opens exactly one case for an unhappy answer, however often it looks`(backend: Backend) async throws
    {
        let house = try await House(on: backend)
        for customer in 1...3 {
            _ = try await house.answer(3, #", "customer": {"external_id": "c\#(customer)"}"#)
        }
        for _ in 1...100 {
            try await house.follow()
            try await house.database.write { tx in
                try tx.run("UPDATE consumers SET position = 0 WHERE account_id = 1 AND name = 'case-rules'")
            }
        }
        #expect(try await house.rows("recovery_cases") == 3)
        let opened = try await house.events()
        #expect(opened == ["case.opened", "case.opened", "case.opened"])
    }

    @Test(arguments: Backend.available)
    func `opens cases for the lowest band alone`(backend: Backend) async throws {
        let house = try await House(on: backend)
        for score in 0...10 { try await house.answer(score, "") }
        try await house.follow()
        #expect(try await house.rows("recovery_cases") == 7)
    }

    @Test(arguments: Backend.available)
    func `leaves old answers alone`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.answer(2, #", "occurred_at": "2026-11-16T11:59:59Z""#)
        try await house.follow()
        #expect(try await house.rows("recovery_cases") == 0)
        try await house.answer(2, #", "occurred_at": "2026-11-16T12:00:00Z""#)
        try await house.follow()
        #expect(try await house.rows("recovery_cases") == 1)
    }

    @Test(arguments: Backend.available)
    func `leaves answers alone that nobody asked to follow up`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.answer(2)
        try await house.database.write { tx in
            try tx.run("UPDATE responses SET source = 'import', follow_up = \(false) WHERE account_id = 1")
        }
        try await house.follow()
        #expect(try await house.rows("recovery_cases") == 0)
    }

    @Test(arguments: Backend.available)
    func `counts business hours in the account's own zone`(backend: Backend) async throws {
        let house = try await House(on: backend, zone: "Asia/Taipei")
        // Monday 20:00 there: Tuesday and Wednesday are two business days.
        let recovery = try await house.opened()
        #expect(recovery["due_at"]?.string == "2026-11-25T09:00:00Z")
    }

    @Test(arguments: Backend.available)
    func `counts from when the answer came, however late it looks`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.answer(2)
        house.clock.advance(by: .seconds(2 * 86_400))
        try await house.follow()
        let recovery = try await house.site.api(.get, "/cases").json["data"]?.array?.first
        #expect(recovery?["due_at"]?.string == "2026-11-25T12:00:00Z")
        #expect(recovery?["opened_at"]?.string == "2026-11-23T12:00:00Z")
    }
}

@Suite struct `The owner of a case` {
    /// After so many unhappy answers, of which so many came at once.
    private func owners(_ house: House, _ count: Int, atOnce: Int = 1) async throws -> [Int64] {
        for _ in 1...count / atOnce {
            for _ in 1...atOnce { try await house.answer(1, "") }
            house.clock.advance(by: .seconds(1))
            try await house.follow()
        }
        return try await house.database.read { tx in
            try tx.run("SELECT owner_id FROM recovery_cases WHERE account_id = 1 ORDER BY id")
                .map { try $0.optionalInt64("owner_id") ?? 0 }
        }
    }

    @Test(arguments: Backend.available)
    func `is an agent who is active, each in turn`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.member(2, "agent", activeAt: house.clock.now)
        try await house.member(3, "agent", activeAt: house.clock.now - .seconds(600))
        try await house.member(4, "agent", activeAt: house.clock.now - .seconds(3600))
        try await house.member(5, "manager", activeAt: house.clock.now)
        try await house.member(6, "agent", activeAt: house.clock.now, account: 2)
        #expect(try await owners(house, 5) == [2, 3, 2, 3, 2])
    }

    @Test(arguments: Backend.available)
    func `goes round among those of one pass, and on from there in the next`(backend: Backend) async throws {
        let house = try await House(on: backend)
        for member in [2, 3, 4] as [Int64] {
            try await house.member(member, "agent", activeAt: house.clock.now)
        }
        #expect(try await owners(house, 12, atOnce: 4) == [2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 4])
    }

    @Test(arguments: Backend.available)
    func `is any agent when none is active`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.member(2, "agent", activeAt: house.clock.now - .seconds(3600))
        try await house.member(3, "agent")
        #expect(try await owners(house, 4) == [2, 3, 2, 3])
    }

    @Test(arguments: Backend.available)
    func `is the account's owner where there is no agent`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.member(5, "manager", activeAt: house.clock.now)
        #expect(try await owners(house, 2) == [1, 1])
    }

    @Test(arguments: Backend.available)
    func `is nobody yet, and the case in a queue, where nobody is left`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.database.write { tx in
            try tx.run("UPDATE memberships SET left_at = 1 WHERE account_id = 1")
        }
        let recovery = try await house.opened()
        #expect(recovery["owner"]?.isNull == true)
        #expect(recovery["queue"]?.string == "recovery")
    }
}

@Suite struct `An overdue case` {
    private func sweep(_ house: House) async throws {
        let worker = Worker(
            database: house.database, world: house.clock.world,
            handlers: [RecoveryCaseJobs.escalator(database: house.database, world: house.clock.world)],
            schedules: [RecoveryCaseJobs.schedule])
        try await worker.runUntilIdle()
    }

    @Test(arguments: Backend.available)
    func `is told to the managers once and a business day later to the owner once`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let id = try await house.opened()["id"]?.string ?? ""
        // Due on Wednesday at noon; looked at every hour until Friday noon.
        var (told, last): ([String], Int) = ([], 0)
        for _ in 1...96 {
            house.clock.advance(by: .seconds(3600))
            try await sweep(house)
            let level = try await house.site.api(.get, "/cases/\(id)").json["escalation"]?.exactInteger ?? -1
            if level != last { told.append("\(level) at \(house.clock.now.rfc3339)") }
            last = level
        }
        #expect(told == ["1 at 2026-11-25T13:00:00Z", "2 at 2026-11-26T12:00:00Z"])
        let events = try await house.events()
        #expect(events == ["case.opened", "case.escalated", "case.escalated"])
    }

    @Test(arguments: Backend.available)
    func `that is resolved is told to nobody`(backend: Backend) async throws {
        let house = try await House(on: backend)
        _ = try await house.recovery(at: .resolved)
        house.clock.advance(by: .seconds(20 * 86_400))
        try await sweep(house)
        #expect(try await house.events() == ["case.opened", "case.contacted", "case.resolved"])
    }
}

@Suite struct `A case without a customer` {
    @Test(arguments: Backend.available)
    func `says that there is nobody to call, until the customer tells a name`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let response = try #require(SurveyResponse.ID(try await house.answer(2, "")))
        try await house.follow()
        let before = try await house.site.api(.get, "/cases").json["data"]?.array?.first
        #expect(before?["nobody_to_call"]?.bool == true)
        #expect(before?["customer"]?.isNull == true)
        let (event, now) = (house.clock.world.newID(), house.clock.now)
        try await house.database.write { tx in
            try tx.run(
                """
                INSERT INTO customers (id, account_id, name, created_at, updated_at)
                VALUES (77, 1, 'Li Wei', 0, 0)
                """)
            try tx.run("UPDATE responses SET customer_id = 77 WHERE account_id = 1")
            try Ledger.append(
                .responseCompleted, about: response.number, customer: 77, by: .customer, id: event,
                account: 1,
                at: now, in: tx)
        }
        try await house.follow()
        let after = try await house.site.api(.get, "/cases").json["data"]?.array?.first
        #expect(after?["nobody_to_call"]?.bool == false)
        #expect(try await house.rows("recovery_cases") == 1)
    }

    @Test(arguments: Backend.available)
    func `forgets a person with all that was written about them`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.opened()["id"]?.string ?? ""
        _ = try await house.site.api(
            .post, "/cases/\(id)/contacts",
            #"{"channel": "phone", "outcome": "reached", "note": "Anna was in tears"}"#)
        let recovery = try await house.site.api(.get, "/cases/\(id)")
        #expect(recovery.text.contains("tears"))
        let found = try await house.database.read { tx in
            try RecoveryCase.find(RecoveryCase.ID(id)!, account: 1, in: tx)
        }
        try await house.database.write { tx in
            try RecoveryCase.forget(customer: found.customer!, account: 1, in: tx)
        }
        let after = try await house.site.api(.get, "/cases/\(id)")
        #expect(after.status == 200)
        #expect(!after.text.contains("tears"))
        #expect(after.json["customer"]?.isNull == true)
    }
}
