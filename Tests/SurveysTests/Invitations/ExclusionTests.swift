import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing

@testable import Surveys

@Suite struct `Leaving somebody out by hand` {
    private func exclude(
        _ office: PostOffice, _ path: String, _ who: String, _ reason: String = "complaint",
        note: String? = nil, account: Int64 = 1, key: String? = nil
    ) async throws -> TestAnswer {
        var body: JSONObject = ["customer": ["email": .string(who)], "reason": .string(reason)]
        if let note { body.set("note", .string(note)) }
        return try await office.site.api(
            .post, path + "/exclusions", JSONValue.object(body).text, account: account, key: key)
    }

    @Test(arguments: Backend.available)
    func `takes back what a wave plans, for a reason, and is an event`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let wave = try await office.ask(["a@x.example", "b@x.example"]).json["wave"]?.string ?? ""
        let path = "/waves/\(wave)"
        for (body, wrong) in [
            (#"{"customer": {"email": "a@x.example"}}"#, "/reason missing"),
            (#"{"customer": {"email": "a@x.example"}, "reason": "mood"}"#, "/reason unknown-value"),
            (#"{"customer": {"email": "a@x.example"}, "reason": "other"}"#, "/note missing"),
            (#"{"customer": {}, "reason": "legal"}"#, "/customer/external_id missing"),
            (#"{"customer": {"email": "z@x.example"}, "reason": "legal"}"#, "/customer not-found"),
        ] {
            let refused = try await office.site.api(.post, path + "/exclusions", body)
            #expect(refused.status == 422 && refused.wrong == [wrong], "\(refused.text)")
        }
        // Asking whether a stranger may be left out makes no customer.
        #expect(try await office.number("SELECT COUNT(*) AS n FROM customers") == 2)
        #expect(try await exclude(office, path, "a@x.example", account: 2).status == 404)
        let made = try await exclude(office, path, "a@x.example", "other", note: "moved", key: "k")
        #expect(made.status == 201 && made.json["reason"] == "other" && made.json["wave"]?.string == wave)
        let again = try await exclude(office, path, "a@x.example", "other", note: "moved", key: "k")
        #expect(again.json == made.json)
        #expect(try await exclude(office, path, "a@x.example").status == 409)
        let carrier = RecordingCarrier()
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.addresses == ["b@x.example"])
        #expect(try await exclude(office, path, "b@x.example").status == 409)
        #expect(try await office.reasons().contains("excluded"))
        let events = try await office.events()
        #expect(events["exclusion.created"] == 1 && events["invitation.withdrawn"] == 1)
        let list = try await office.site.api(.get, path + "/exclusions").json["data"]?.array
        #expect(list?.count == 1 && list?.first?["note"] == "moved" && list?.first?["by"] == "token")
        let lift = try await office.site.api(.delete, "/exclusions/\(made.json["id"]?.string ?? "")")
        #expect(lift.status == 409)
    }

    @Test(arguments: Backend.available)
    func `keeps a rule from asking until it is lifted, and counts for the agent`(backend: Backend)
        async throws
    {
        let office = try await PostOffice(on: backend)
        let rule = try await office.rule(["delay": "P1D", "touchpoint": "till"])
        let path = "/ask-rules/\(rule)"
        try await office.change("UPDATE accounts SET quiet_days = 0 WHERE id = 1")
        for person in ["a", "b"] { try await office.happen(person, ["properties": ["agent": "Jo"]]) }
        try await office.follow()
        #expect(try await office.states() == ["planned": 2])
        let made = try await exclude(office, path, "a@x.example")
        #expect(made.status == 201 && made.json["rule"]?.string == rule)
        #expect(try await exclude(office, path, "a@x.example").json["id"] == made.json["id"])
        #expect(try await office.states() == ["planned": 1, "withdrawn": 1])
        office.clock.advance(by: .seconds(86_400))
        try await office.happen("a", ["properties": ["agent": "Jo"]])
        try await office.follow()
        #expect(try await office.preview(rule)["skipped"] == ["excluded": 1])
        let passed = try await office.database.read { tx in
            try tx.run("SELECT agent, reason, people FROM wave_skips WHERE account_id = 1").map {
                "\(try $0.text("agent")) \(try $0.text("reason")) \(try $0.int("people"))"
            }
        }
        #expect(passed == ["Jo excluded 1"])
        let lift = try await office.site.api(.delete, "/exclusions/\(made.json["id"]?.string ?? "")")
        #expect(lift.status == 204)
        try await office.happen("a", ["properties": ["agent": "Jo"]])
        try await office.follow()
        #expect(try await office.preview(rule)["asked"] == 1)
        let told = try await office.number(
            "SELECT COUNT(*) AS n FROM events WHERE kind IN ('exclusion.created', 'exclusion.lifted')")
        #expect(told == 2)
        let asked = try await office.database.read { tx in
            try tx.run("SELECT agent, touchpoint FROM invitations WHERE account_id = 1").map {
                try $0.optionalText("agent") ?? ""
            }
        }
        #expect(asked == ["Jo", "Jo", "Jo"])
    }

    @Test(arguments: Backend.available)
    func `is a page for each wave and rule, and forgets who is erased`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let wave = try await office.ask(["a@x.example"]).json["wave"]?.string ?? ""
        let rule = try await office.rule(["name": "After <b>"])
        let path = "/ask-rules/\(rule)/exclusions"
        for page in ["/waves/\(wave)/exclusions", path] {
            let shown = try await office.site.page(page)
            #expect(shown.status == 200 && shown.text.contains("Nobody was left out."), "\(shown.text)")
            #expect(try await office.site.page(page, account: 2).status == 404)
        }
        for (form, words) in [
            ([("who", ""), ("reason", "legal")], "Please fill this in."),
            ([("who", "nobody@x.example"), ("reason", "legal")], "We cannot find this."),
            ([("who", "a@x.example"), ("reason", "")], "Please fill this in."),
            ([("who", "a@x.example"), ("reason", "other")], "Please fill this in."),
        ] {
            let refused = try await office.site.page(path, form: form)
            #expect(refused.status == 422 && refused.text.contains(words), "\(form)")
        }
        let form = [("who", "a@x.example"), ("reason", "other"), ("note", "Aunt <i>")]
        #expect(try await office.site.page(path, form: form).status == 303)
        let shown = try await office.site.page(path).text
        #expect(shown.contains("Aunt &lt;i&gt;") && shown.contains("Another reason"))
        let id = try await office.site.api(.get, path).json["data"]?.array?.first?["id"]?.string ?? ""
        #expect(try await office.site.page("/exclusions/\(id)/lifting", form: []).location == path)
        #expect(try await office.site.page(path).text.contains("Lifted"))
        // The rule's exclusion says nothing of the wave.
        let legal = [("who", "a@x.example"), ("reason", "legal")]
        #expect(try await office.site.page("/waves/\(wave)/exclusions", form: legal).status == 303)
        let again = try await office.site.page("/waves/\(wave)/exclusions", form: legal)
        #expect(again.status == 409 && again.text.contains("Nothing is planned for this person"))
        try await office.database.write { tx in
            let person = try tx.run("SELECT id FROM customers WHERE account_id = 1")[0]
            try Exclusion.forget(customer: person.id("id"), account: 1, in: tx)
        }
        let rows = try await office.number(
            "SELECT COUNT(*) AS n FROM exclusions WHERE customer_id IS NULL AND note IS NULL")
        #expect(rows == 2)
    }
}
