import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing

@testable import Surveys

@Suite struct `Recorded consent` {
    @Test(arguments: Backend.available)
    func `decides who is asked once the account wants it first`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        #expect(try await office.ask(["before@x.example"]).json["planned"] == 1)
        let put = try await office.site.api(.patch, "/contact-policy", #"{"consent_first": true}"#)
        #expect(put.json == ["quiet_days": 90, "held_out_percent": 0, "consent_first": true])
        let answer = try await office.ask([
            ["email": "a@x.example", "consent": true], ["email": "b@x.example"],
            ["email": "c@x.example", "consent": false],
        ])
        #expect(answer.json["planned"] == 1 && answer.json["skipped"] == ["no_consent": 2])
        let carrier = RecordingCarrier()
        try await office.sender(carrier).runUntilIdle()
        // What was planned before the switch is looked at again when its turn has come.
        #expect(carrier.addresses == ["a@x.example"])
        #expect(try await office.states() == ["sent": 1, "withdrawn": 1])
        #expect(try await office.reasons().contains("no_consent"))
        let rule = try await office.rule()
        try await office.happen("d")
        try await office.happen("e", ["customer": ["email": "e@x.example", "consent": true]])
        try await office.follow()
        let preview = try await office.preview(rule)
        #expect(preview["asked"] == 1 && preview["skipped"] == ["no_consent": 1])
    }

    @Test(arguments: Backend.available)
    func `is taken back between the plan and the sending, and reminders ask it too`(backend: Backend)
        async throws
    {
        let office = try await PostOffice(on: backend)
        _ = try await office.site.api(.patch, "/contact-policy", #"{"consent_first": true}"#)
        _ = try await office.ask(
            [["email": "a@x.example", "consent": true], ["email": "b@x.example", "consent": true]],
            ["reminders": ["P3D"]])
        _ = try await office.site.api(.post, "/customers", #"{"email": "a@x.example", "consent": false}"#)
        let carrier = RecordingCarrier()
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.addresses == ["b@x.example"])
        _ = try await office.site.api(.post, "/customers", #"{"email": "b@x.example", "consent": false}"#)
        office.clock.advance(by: .seconds(4 * 86_400))
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.addresses == ["b@x.example"])
    }

    @Test(arguments: Backend.available)
    func `is put once, told with its kind, and of the own account alone`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let made = try await office.site.api(.post, "/customers", #"{"email": "a@x.example"}"#)
        #expect(made.json["consented_at"] == .null)
        let path = "/customers/\(made.json["id"]?.string ?? "")"
        for _ in 1...2 {
            let put = try await office.site.api(.put, path + "/consent", #"{"consented": true}"#)
            #expect(put.status == 200 && put.json["consented_at"]?.string != nil, "\(put.text)")
        }
        let back = try await office.site.api(.put, path + "/consent", #"{"consented": false}"#)
        #expect(back.json["consented_at"] == .null)
        #expect(try await office.events()["customer.changed"] == 2)
        for body in ["{}", #"{"consented": null}"#, #"{"consented": "yes"}"#] {
            let refused = try await office.site.api(.put, path + "/consent", body)
            #expect(refused.status == 422 && refused.wrong.first?.hasPrefix("/consented ") == true)
        }
        let foreign = try await office.site.api(
            .put, path + "/consent", #"{"consented": true}"#, account: 2)
        #expect(foreign.status == 404)
        for body in [#"{"quiet_days": -1}"#, #"{"consent_first": 1}"#, #"{"x": 1}"#] {
            #expect(try await office.site.api(.patch, "/contact-policy", body).status == 422)
        }
        #expect(
            try await office.site.api(.get, "/contact-policy", account: 2).json["consent_first"] == false)
    }

    @Test(arguments: Backend.available)
    func `is a button on the customer's page`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let made = try await house.site.api(.post, "/customers", #"{"external_id": "k-1"}"#)
        let path = "/customers/\(made.json["id"]?.string ?? "")"
        #expect(try await house.site.page(path).text.contains("None recorded"))
        let put = try await house.site.page("\(path)/consent", form: [("consented", "yes")])
        #expect(put.location == path)
        let page = try await house.site.page(path).text
        #expect(!page.contains("None recorded") && page.contains("Withdraw consent"))
        _ = try await house.site.page("\(path)/consent", form: [])
        #expect(try await house.site.page(path).text.contains("None recorded"))
    }
}
