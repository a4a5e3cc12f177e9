import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import TestKit
import Testing
import Web

@testable import Surveys

@Suite struct `An ask rule` {
    @Test(arguments: Backend.available)
    func `refuse an event whose customer would know too much`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        func told(_ first: Int) async throws -> TestAnswer {
            let known = JSONObject(
                (first..<first + CustomerAttribute.mostPerCustomer - 5).map { ("a\($0)", .string("x")) })
            return try await office.happen(
                "a", ["customer": ["external_id": "a", "attributes": .object(known)]])
        }
        #expect(try await told(0).status == 202)
        let refused = try await told(100)
        #expect(refused.status == 422 && refused.text.contains("/customer/attributes"), "\(refused.text)")
        #expect(try await office.number("SELECT COUNT(*) AS n FROM customer_events") == 1)
    }

    @Test(arguments: Backend.available)
    func `are judged over more closed cases than are read at once`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule(event: "case.closed")
        try await office.happen("a")
        let customer = Int64(try await office.number("SELECT MIN(id) AS n FROM customers"))
        let world = office.clock.world
        try await office.database.write { tx in
            for number in 1...600 as ClosedRange<Int64> {
                try Ledger.append(
                    EventKind("case.closed"), about: number, customer: customer, by: .operator,
                    payload: [:], id: world.newID(), account: 1, at: world.now(), in: tx)
            }
        }
        try await office.follow()
        let month = try await office.preview(rule, "simulation")
        let skipped = month["skipped"]?.object?.members.compactMap(\.value.exactInteger) ?? []
        #expect((month["asked"]?.exactInteger ?? 0) + skipped.reduce(0, +) == 600, "\(month)")
    }

    @Test(arguments: Backend.available)
    func `are judged over more events than are read at once`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule()
        let world = office.clock.world
        try await office.database.write { tx in
            for number in 0..<1100 {
                let body: JSONObject = [
                    "event": "order", "customer": ["email": .string("p\(number)@x.example")],
                ]
                let input = try CustomerEventInput(JSONInput(.object(body), path: ""), at: world.now())
                _ = try CustomerEvent.record(
                    input, account: 1, by: .operator, world: world, at: world.now(), in: tx)
            }
        }
        try await office.follow()
        let month = try await office.preview(rule, "simulation")
        #expect(month["asked"] == 1100, "\(month)")
    }

    @Test(arguments: Backend.available)
    func `asks about an event once, after its delay`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule(["delay": "PT2H", "touchpoint": "shop"])
        let heard = try await office.happen("a", ["properties": ["total": 12]], key: "k")
        #expect(heard.status == 202)
        #expect(heard.json["id"]?.string?.hasPrefix("cev_") == true)
        #expect(try await office.happen("a", ["properties": ["total": 12]], key: "k").bytes == heard.bytes)
        try await office.follow()
        try await office.follow()
        #expect(try await office.times() == ["2026-11-23T14:00:00Z"])
        #expect(try await office.preview(rule)["asked"] == 1)
        let carrier = RecordingCarrier()
        #expect(try await office.sender(carrier).runUntilIdle() == 0)
        office.clock.advance(by: .seconds(2 * 3600))
        #expect(try await office.sender(carrier).runUntilIdle() == 1)
        #expect(carrier.addresses == ["a@x.example"])
        // The ledger holds ids and the name; what was bought stays where it can be erased.
        let told = try await office.database.read { tx in
            try tx.run("SELECT payload FROM events ORDER BY position").map { try $0.text("payload") }
        }
        #expect(told.contains { $0.contains("order") } && !told.contains { $0.contains("total") })
    }

    @Test(arguments: Backend.available)
    func `decides about each event once, whatever is done again`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        try await office.change("UPDATE accounts SET quiet_days = 0")
        _ = try await office.rule()
        for person in 0..<5 { try await office.happen("p\(person)") }
        try await office.follow()
        #expect(try await office.states() == ["planned": 5])
        // A consumer that begins again sees everything again.
        try await office.change("DELETE FROM consumers WHERE account_id = 1")
        try await office.follow()
        #expect(try await office.states() == ["planned": 5])
        #expect(try await office.number("SELECT SUM(decisions) AS n FROM ask_rule_days") == 5)
        // A second order on the same day belongs to the same wave.
        try await office.happen("p0")
        try await office.follow()
        #expect(try await office.states() == ["planned": 5])
        #expect(
            try await office.number("SELECT COUNT(*) AS n FROM ask_decisions WHERE outcome = 'duplicate'")
                == 1)
    }

    @Test(arguments: Backend.available)
    func `looks at each tag of an event`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.rule(["where": ["tags": ["vip", "new"]]])
        for (name, tags) in [("a", ["slow", "vip"]), ("b", ["slow"]), ("c", [])] as [(String, [String])] {
            try await office.happen(name, ["properties": ["tags": .array(tags.map { .string($0) })]])
        }
        try await office.follow()
        #expect(try await office.states() == ["planned": 1])
        #expect(
            try await office.number("SELECT COUNT(*) AS n FROM ask_decisions WHERE outcome = 'condition'")
                == 2)
    }

    @Test(arguments: Backend.available)
    func `counts everybody whom it does not ask, with the reason`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule([
            "where": ["plan": ["gold", "silver"], "total": ["min": 100]], "quota": ["day": 2],
        ])
        func person(_ name: String, _ plan: String, _ total: Int64) async throws {
            try await office.happen(
                name,
                [
                    "customer": [
                        "external_id": .string(name), "email": .string("\(name)@x.example"),
                        "attributes": ["plan": .string(plan)],
                    ], "properties": ["total": .integer(total)],
                ])
        }
        try await person("a", "gold", 100)
        try await person("b", "tin", 900)
        try await person("c", "silver", 99)
        try await person("d", "silver", 500)
        try await person("a", "gold", 300)
        try await person("e", "gold", 300)
        try await office.happen("f", ["customer": ["external_id": "f"], "properties": ["total": 500]])
        let expected: JSONValue = ["condition": 3, "quota": 1, "quiet_period": 1]
        // The same before it has looked as after.
        #expect(try await office.preview(rule)["skipped"] == expected)
        try await office.follow()
        #expect(try await office.states() == ["planned": 2])
        let preview = try await office.preview(rule)
        #expect(preview["asked"] == 2 && preview["skipped"] == expected)
        let month = try await office.preview(rule, "simulation")
        #expect(month["asked"] == 2 && month["skipped"] == expected, "\(month.text)")
        #expect(try await office.states() == ["planned": 2])
    }

    @Test(arguments: Backend.available)
    func `asks at the third order, and not at the second`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule(["where": ["event_count": 3]])
        for _ in 0..<4 { try await office.happen("a") }
        try await office.happen("a", event: "visit")
        try await office.follow()
        let preview = try await office.preview(rule)
        #expect(preview["asked"] == 1 && preview["skipped"] == ["condition": 3])
    }

    @Test(arguments: Backend.available)
    func `deals the same share of the same events again`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule(["sample": 0.5])
        for person in 0..<60 { try await office.happen("p\(person)") }
        let forecast = try await office.preview(rule)
        try await office.follow()
        let decided = try await office.preview(rule)
        #expect(decided == forecast)
        let asked = try #require(decided["asked"]?.exactInteger)
        #expect((15...45).contains(asked))
        #expect(decided["skipped"]?["sample"]?.exactInteger == 60 - asked)
    }

    @Test(arguments: Backend.available)
    func `asks about what the product tells of a case`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule(["where": ["event_count": 1]], event: "case.closed")
        try await office.happen("a", event: "visit")
        let world = office.clock.world
        let customer = Int64(try await office.number("SELECT MIN(id) AS n FROM customers"))
        try await office.database.write { tx in
            for _ in 0..<2 {
                try Ledger.append(
                    EventKind("case.closed"), about: 7, customer: customer, by: .system, id: world.newID(),
                    account: 1, at: world.now(), in: tx)
            }
        }
        try await office.follow()
        let preview = try await office.preview(rule)
        #expect(preview["asked"] == 1 && preview["skipped"] == ["condition": 1], "\(preview.text)")
        #expect(try await office.states() == ["planned": 1])
    }

    @Test(arguments: Backend.available)
    func `keeps its versions, and asks nothing about the time it stood still`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule(["delay": "PT1H"])
        func patch(_ body: String) async throws -> TestAnswer {
            try await office.site.api(.patch, "/ask-rules/\(rule)", body)
        }
        #expect(try await patch(#"{"delay": "P1D", "sample": 0.5}"#).json["version"] == 2)
        #expect(try await patch(#"{"name": "Later"}"#).json["version"] == 2)
        #expect(try await patch(#"{"sample": null, "hours": {"from": "9:00", "to": "20:00"}}"#).status == 200)
        let versions = try await office.preview(rule, "versions")["data"]?.array ?? []
        #expect(versions.map { $0["delay"] } == ["P1D", "P1D", "PT1H"])
        #expect(versions.map { $0["sample"]?.double } == [1, 0.5, 1])
        #expect(try await patch(#"{"state": "paused"}"#).json["state"] == "paused")
        try await office.happen("a")
        try await office.follow()
        office.clock.advance(by: .seconds(60))
        try await office.happen("b")
        office.clock.advance(by: .seconds(60))
        #expect(try await patch(#"{"state": "active"}"#).json["version"] == 3)
        try await office.follow()
        #expect(try await office.states() == [:])
        try await office.happen("c")
        try await office.follow()
        #expect(try await office.states() == ["planned": 1])
        let list = try await office.site.api(.get, "/ask-rules").json["data"]?.array ?? []
        #expect(list.map { $0["name"] } == ["Later"])
        let kinds = try await office.database.read { tx in
            try tx.run("SELECT kind FROM events WHERE kind LIKE 'ask_rule%' ORDER BY position")
                .map { try $0.text("kind") }
        }
        #expect(
            kinds == [
                "ask_rule.created", "ask_rule.changed", "ask_rule.changed", "ask_rule.changed",
                "ask_rule.paused", "ask_rule.resumed",
            ])
    }

    @Test func `is told of the product's own events by nobody else`() async throws {
        let office = try await PostOffice(on: .sqlite)
        let own = AskRule.ledgerEvents.map(\.rawValue) + [AskRule.schedule]
        #expect(Set(own).isSubset(of: CustomerEvent.reservedNames))
        for name in own {
            let refused = try await office.happen("a", event: name)
            #expect(refused.status == 422 && refused.wrong == ["/event reserved"], "\(refused.text)")
        }
        #expect(try await office.number("SELECT COUNT(*) AS n FROM customers") == 0)
    }

    @Test(arguments: Backend.available)
    func `asks nobody after its end, about a closed survey or about long ago`(backend: Backend)
        async throws
    {
        let office = try await PostOffice(on: backend)
        let ended = try await office.rule(["until": "2026-11-23T13:00:00Z", "delay": "PT1H"])
        let rule = try await office.rule(["delay": "PT1H"])
        try await office.happen("a")
        try await office.happen("b", ["occurred_at": "2026-10-01T12:00:00Z"])
        try await office.follow()
        #expect(try await office.preview(ended)["skipped"] == ["until": 1, "late": 1])
        let preview = try await office.preview(rule)
        #expect(preview["asked"] == 1 && preview["skipped"] == ["late": 1])
        _ = try await office.site.api(.patch, "/surveys/\(office.survey)", #"{"status": "closed"}"#)
        try await office.happen("c")
        try await office.follow()
        #expect(try await office.preview(rule)["skipped"] == ["survey_closed": 1, "late": 1])
    }

    @Test(arguments: Backend.available)
    func `forgets with the person what happened to them`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.rule(["delay": "PT1H"])
        try await office.happen("a", ["properties": ["note": "for my aunt"]])
        try await office.follow()
        let customer = Int64(try await office.number("SELECT MIN(id) AS n FROM customers"))
        let id = Customer.ID(customer)
        #expect(try await office.site.api(.delete, "/customers/\(id)").status == 204)
        #expect(try await office.number("SELECT COUNT(*) AS n FROM customer_events") == 0)
        #expect(try await office.states() == ["withdrawn": 1])
    }

    @Test func `says of each field what is wrong`() async throws {
        let office = try await PostOffice(on: .sqlite)
        let wrong = try await office.site.api(
            .post, "/ask-rules",
            #"""
            {"name": "", "survey": "sur", "event": "schedule", "channel": "pigeon", "delay": "soon",
             "hours": {"from": "20:00", "to": "9:00"}, "sample": 2, "reminders": ["PT1H"], "until": "x",
             "where": {"a": null, "b": {"min": "x"}}, "shoe": 1}
            """#)
        #expect(wrong.status == 422)
        #expect(
            wrong.wrong.sorted() == [
                "/channel unknown-value", "/delay not-a-duration", "/hours/to not-hours-of-day",
                "/name missing", "/period missing", "/reminders/0 not-a-duration", "/sample out-of-range",
                "/shoe unknown-field", "/survey not-an-id", "/until not-a-time", "/where/a wrong-type",
                "/where/b/min not-a-number",
            ])
        let event = try await office.site.api(
            .post, "/customer-events",
            #"""
            {"event": "", "customer": {"name": "A"}, "occurred_at": "2027-01-01T00:00:00Z",
             "properties": 1}
            """#)
        #expect(
            event.wrong == [
                "/event missing", "/customer/external_id missing", "/occurred_at in-the-future",
                "/properties wrong-type",
            ])
        #expect(try await office.site.api(.get, "/ask-rules/rul_0000000000000").status == 404)
    }
}
