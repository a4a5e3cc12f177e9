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

@Suite struct `A wave` {
    @Test(arguments: Backend.available)
    func `names the entry that a known customer has no room for`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        func entry(_ names: Range<Int>) -> JSONValue {
            let attributes = JSONObject(names.map { ("a\($0)", .string("x")) })
            return ["email": "a@x.example", "attributes": .object(attributes)]
        }
        let most = CustomerAttribute.mostPerCustomer
        #expect(try await office.ask([entry(0..<most)]).status == 202)
        let answer = try await office.ask([["email": "b@x.example"], entry(most..<most + 1)])
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.array?.first?["pointer"] == "/to/1/attributes")
    }

    @Test(arguments: Backend.available)
    func `asks everybody in a list, and unknown addresses become customers`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let answer = try await office.ask(
            [
                ["email": "Anna@X.example", "name": "Anna", "language": "pl"],
                ["external_id": "7", "email": "b@x.example"], ["email": "anna@x.example"],
                ["external_id": "nowhere"], ["phone": "+48 600 700 800"],
            ], ["touchpoint": "delivery"])
        #expect(answer.status == 202, "\(answer.text)")
        #expect(answer.json["planned"] == 2)
        #expect(answer.json["skipped"] == ["no_address": 2, "duplicate": 1])
        #expect(answer.json["wave"]?.string?.hasPrefix("wav_") == true)
        let rows = try await office.database.read { tx in
            try tx.run(
                """
                SELECT i.language, i.touchpoint, i.token_hash, i.id, c.name FROM invitations i
                JOIN customers c ON c.id = i.customer_id ORDER BY i.id
                """)
        }
        #expect(try rows.map { try $0.optionalText("name") } == ["Anna", nil])
        #expect(try rows.map { try $0.optionalText("language") } == ["pl", nil])
        #expect(try rows.allSatisfy { try $0.text("touchpoint") == "delivery" })
        let links = InvitationLink(secret: PostOffice.secret)
        let id = try #require(rows.first).int64("id")
        #expect(try rows[0].text("token_hash") == links.hash(of: links.token(of: Invitation.ID(id))))
        let events = try await office.events()
        #expect(events["customer.created"] == 4 && events["wave.planned"] == 1)
    }

    @Test(arguments: Backend.available)
    func `asks a segment by what is known of it, or everybody`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        for (name, plan, total) in [("a", "gold", 5), ("b", "silver", 50), ("c", "gold", 500), ("d", "", 0)] {
            let attributes = plan.isEmpty ? "{}" : #"{"plan": "\#(plan)", "total": \#(total)}"#
            let made = try await office.site.api(
                .post, "/customers", #"{"email": "\#(name)@x.example", "attributes": \#(attributes)}"#)
            #expect(made.status == 201)
        }
        let path = "/surveys/\(office.survey)/invitations"
        func ask(_ segment: String, _ more: String = "") async throws -> TestAnswer {
            try await office.site.api(
                .post, path, #"{"channel": "email", "where": \#(segment)\#(more)}"#)
        }
        let wrong = try await ask(#"{"plan": "gold"}"#, #", "to": [{"email": "a@x.example"}]"#)
        #expect(wrong.status == 422 && wrong.wrong == ["/to list-or-segment"])
        #expect(try await ask(#"{"plan": "bronze"}"#).wrong == ["/where nobody"])
        #expect(try await ask(#"{"event_count": 3}"#).wrong == ["/where reserved"])
        let gold = try await ask(#"{"plan": "gold", "total": {"min": 100}}"#)
        #expect(gold.status == 202 && gold.json["planned"] == 1, "\(gold.text)")
        let all = try await ask("{}")
        #expect(all.json["planned"] == 3 && all.json["skipped"] == ["quiet_period": 1])
        #expect(try await office.events()["customer.created"] == 4)
    }

    @Test(arguments: Backend.available)
    func `asks a segment by a page, which keeps what was typed`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.site.api(
            .post, "/customers", #"{"email": "a@x.example", "attributes": {"plan": "gold"}}"#)
        let path = "/surveys/\(office.survey)/invitations"
        for (lines, addresses, words) in [
            ("gold people", "", "One condition a line"), ("plan = tin", "", "Nobody is meant"),
            ("plan = gold", "a@x.example", "not both"),
        ] {
            let wrong = try await office.site.page(
                path, form: [("where", lines), ("addresses", addresses), ("reason", "round")])
            #expect(wrong.status == 422 && wrong.text.contains(words) && wrong.text.contains(lines))
        }
        let sent = try await office.site.page(path, form: [("where", "plan = gold"), ("reason", "round")])
        #expect(sent.status == 303)
        #expect(try await office.states() == ["planned": 1])
    }

    @Test(arguments: Backend.available)
    func `under one key is planned once`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let list: [JSONValue] = [["email": "a@x.example"], ["email": "b@x.example"]]
        let first = try await office.ask(list, key: "k")
        let again = try await office.ask(list, key: "k")
        #expect(first.status == 202 && again.bytes == first.bytes)
        #expect(try await office.ask([["email": "c@x.example"]], key: "k").status == 422)
        #expect(try await office.states() == ["planned": 2])
    }

    @Test func `says of each entry what is wrong, and plans nothing`() async throws {
        let office = try await PostOffice(on: .sqlite)
        let answer = try await office.ask([
            ["email": "a@x.example"], ["email": "no address"], ["name": "Nobody"], "b@x.example",
            ["email": "c@x.example", "shoe": 42],
        ])
        #expect(answer.status == 422)
        #expect(
            answer.wrong == [
                "/to/1/email not-an-email", "/to/2/email missing", "/to/3 wrong-type",
                "/to/4/shoe unknown-field",
            ])
        let path = "/surveys/\(office.survey)/invitations"
        for (body, wrong) in [
            ("{}", ["/channel missing", "/to missing"]),
            (#"{"channel": "pigeon", "to": [{"email": "a@x.example"}]}"#, ["/channel unknown-value"]),
            (#"{"channel": "email", "to": []}"#, ["/to too-few"]),
            (#"{"channel": "email", "to": "all"}"#, ["/to wrong-type"]),
            (
                #"{"channel": "email", "to": [{"email": "a@x.example"}], "send_at": "2029-01-01T00:00:00Z"}"#,
                ["/send_at too-far-ahead"]
            ),
        ] {
            let refused = try await office.site.api(.post, path, body)
            #expect(refused.status == 422 && refused.wrong == wrong, "\(refused.wrong)")
        }
        let sms = try await office.ask([["phone": "+48600700800"]], ["channel": "sms"])
        #expect(sms.status == 422 && sms.code == "sms-not-configured")
        #expect(sms.wrong == ["/channel sms-not-configured"])
        let many = try await office.ask(count: 10_001)
        #expect(many.status == 422 && many.wrong == ["/to too-many"])
        #expect(try await office.states() == [:])
        #expect(try await office.events()["customer.created"] == nil)
    }

    @Test(arguments: Backend.available)
    func `of a closed survey, or of two people in one entry, is refused whole`(backend: Backend) async throws
    {
        let office = try await PostOffice(on: backend)
        for body in [#"{"external_id": "1", "email": "a@x.example"}"#, #"{"email": "b@x.example"}"#] {
            _ = try await office.site.api(.post, "/customers", body)
        }
        let both = try await office.ask([
            ["email": "new@x.example"], ["external_id": "1", "email": "b@x.example"],
        ])
        #expect(both.status == 422 && both.wrong == ["/to/1 customer-ambiguous"])
        _ = try await office.site.api(.patch, "/surveys/\(office.survey)", #"{"status": "closed"}"#)
        let closed = try await office.ask(["a@x.example"])
        #expect(closed.status == 409 && closed.code == "survey-closed")
        #expect(try await office.states() == [:])
        let elsewhere = try await office.site.api(
            .post, "/surveys/\(office.survey)/invitations",
            #"{"channel": "email", "to": [{"email": "a@x.example"}]}"#, account: 2)
        #expect(elsewhere.status == 404)
    }

    @Test func `of pasted addresses is read as people write them`() {
        let pasted = PastedAddresses(
            """
            \u{FEFF}E-mail
            a@x.example, b@x.example;c@x.example
            "Kowalska Anna" <anna@x.example>
             "d@x.example"
            no address
            """)
        #expect(
            pasted.inputs.compactMap(\.email?.description) == [
                "a@x.example", "b@x.example", "c@x.example", "anna@x.example", "d@x.example",
            ])
        #expect(pasted.inputs[3].name == "Kowalska Anna")
        #expect(pasted.wrong == ["no address"] && pasted.wrongCount == 1)
        #expect(PastedAddresses("").inputs.isEmpty)
    }

    @Test(arguments: Backend.available)
    func `is planned on a page, which then shows what became of it`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let path = "/surveys/\(office.survey)/invitations"
        #expect(try await office.site.page(path).text.contains("Nobody has been asked by e-mail yet."))
        let wrong = try await office.site.page(
            path, form: [("addresses", "a@x.example\nnobody <b>"), ("reason", "round")])
        #expect(wrong.status == 422 && wrong.text.contains("These are no e-mail addresses: nobody"))
        #expect(wrong.text.contains("a@x.example"), "what was typed is lost")
        #expect(
            try await office.site.page(path, form: [("addresses", " "), ("reason", "round")]).status == 422)
        // Nobody is picked by hand without a reason.
        for reason in ["", "mood"] {
            let unsaid = try await office.site.page(
                path, form: [("addresses", "a@x.example"), ("reason", reason)])
            #expect(unsaid.status == 422 && unsaid.text.contains("Please fill this in."))
        }
        let sent = try await office.site.page(
            path, form: [("addresses", "a@x.example\nA@x.example, b@x.example"), ("reason", "trial")])
        #expect(sent.status == 303 && sent.location == path)
        try await office.sender(RecordingCarrier()).runUntilIdle()
        let page = try await office.site.page(path)
        #expect(page.status == 200 && page.text.contains("1: twice in the list"))
        let figures = page.text.matches(of: /<td class="number" data-label="[^"]+">(\d+)<\/td>/).map(\.1)
        #expect(figures.prefix(3) == ["2", "0", "2"])
        let closed = try await office.site.api(
            .patch, "/surveys/\(office.survey)", #"{"status": "closed"}"#)
        #expect(closed.status == 200)
        let late = try await office.site.page(
            path, form: [("addresses", "c@x.example"), ("reason", "round")])
        #expect(late.status == 409)
        #expect(try await office.site.page(path, account: 2).status == 404)
    }

    @Test(arguments: Backend.available)
    func `counts apart those whose last score was low`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        for (name, scores) in [("low", [9, 2]), ("high", [2, 9]), ("left", [1]), ("quiet", [0])] {
            for score in scores {
                let world = office.clock.world
                try await office.database.write { [survey = office.survey] tx in
                    let found = try Survey.find(Survey.ID(survey) ?? Survey.ID(0), account: 1, in: tx)
                    var draft = ResponseDraft(score: try #require(Score(score, on: found.scale)))
                    var person = CustomerInput()
                    person.email = EmailAddress("\(name)@x.example")
                    draft.customer = person
                    let recording = Recording(source: .api, actor: .system, world: world, now: world.now())
                    _ = try SurveyResponse.record(draft, for: found, recording, in: tx)
                }
            }
        }
        try await office.database.write { tx in
            try tx.run(
                """
                UPDATE contact_points SET suppressed_at = 1, suppressed_because = 'unsubscribed'
                WHERE account_id = 1 AND value = 'left@x.example'
                """)
        }
        _ = try await office.ask(["quiet@x.example"])
        let people = ["low", "high", "left", "quiet", "new", "low"]
        _ = try await office.ask(
            people.map { ["email": .string("\($0)@x.example")] }, ["touchpoint": "till", "style": "both"])
        let waves = try await office.database.read { [survey = office.survey] tx in
            try WaveCoverage.last(of: Survey.ID(survey) ?? Survey.ID(0), account: 1, limit: 5, in: tx)
        }.map(\.wave)
        // Who has left cannot be asked; who was asked a moment ago could have been.
        #expect(waves.map(\.unhappy) == [.init(eligible: 2, invited: 1), .init(eligible: 1, invited: 1)])
        #expect(waves.map(\.touchpoint) == ["till", nil] && waves.map(\.style) == [.both, nil])
    }

    @Test(arguments: Backend.available)
    func `of two thousand is planned and sent, once each`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let answer = try await office.ask(count: 2000)
        #expect(answer.json["planned"] == 2000)
        let carrier = RecordingCarrier()
        #expect(try await office.sender(carrier).runUntilIdle() == 2000)
        #expect(carrier.addresses.count == 2000 && carrier.twice == [])
        #expect(Set(carrier.ids).count == 2000)
        #expect(try await office.states() == ["sent": 2000])
        #expect(try await office.events()["invitation.sent"] == 2000)
        // The same list again: everybody was asked a moment ago.
        let again = try await office.ask(count: 2000)
        #expect(again.json["planned"] == 0 && again.json["skipped"] == ["quiet_period": 2000])
    }
}
