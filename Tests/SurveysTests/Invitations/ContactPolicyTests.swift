import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@testable import Surveys

@Suite struct `The contact policy` {
    /// Makes what the policy must respect of one address.
    private func prepare(_ reason: ContactPolicy.Refusal, _ office: PostOffice) async throws {
        let now = office.clock.now
        switch reason {
        case .restricted: try await office.change("UPDATE customers SET restricted_at = \(now)")
        case .unsubscribed: try await office.leave("a@x.example", .quietly)
        case .suppressed:
            try await office.change(
                "UPDATE contact_points SET suppressed_at = \(now), suppressed_because = 'bounced'")
        case .noAddress: try await office.change("DELETE FROM contact_points WHERE account_id = 1")
        case .staff:
            try await office.change(
                "INSERT INTO members (id, email, name, created_at) VALUES (5, 'a@x.example', 'A', 0)")
            try await office.change(
                """
                INSERT INTO memberships (account_id, member_id, role, joined_at) VALUES (1, 5, 'agent', 0)
                """)
        case .noConsent: try await office.change("UPDATE accounts SET consent_first = TRUE WHERE id = 1")
        case .heldOut: try await office.change("UPDATE accounts SET held_out_percent = 100 WHERE id = 1")
        case .quietPeriod, .duplicate: break
        }
    }

    @Test(arguments: Backend.available, ContactPolicy.Refusal.allCases)
    func `says no when a wave is planned, and why`(backend: Backend, reason: ContactPolicy.Refusal)
        async throws
    {
        let office = try await PostOffice(on: backend)
        let person: JSONValue = ["external_id": "1", "email": "a@x.example"]
        _ = try await office.site.api(.post, "/customers", person.text)
        if reason == .quietPeriod { _ = try await office.ask([person]) }
        try await prepare(reason, office)
        let named: JSONValue = reason == .noAddress ? ["external_id": "1"] : person
        let list = [named] + (reason == .duplicate ? [named] : [])
        let answer = try await office.ask(list + [["email": "else@x.example"]])
        let isOfAll = [.heldOut, .noConsent].contains(reason)
        let others = isOfAll ? 0 : reason == .duplicate ? 2 : 1
        #expect(answer.json["planned"]?.exactInteger == others, "\(answer.text)")
        #expect(answer.json["skipped"]?[reason.rawValue]?.exactInteger == (isOfAll ? 2 : 1))
    }

    @Test(
        arguments: Backend.available,
        [
            ContactPolicy.Refusal.restricted, .unsubscribed, .suppressed, .noAddress, .staff, .heldOut,
            .noConsent,
        ])
    func `is asked again when the turn has come`(backend: Backend, reason: ContactPolicy.Refusal)
        async throws
    {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask([["external_id": "1", "email": "a@x.example"]])
        try await prepare(reason, office)
        let carrier = RecordingCarrier()
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.addresses == [])
        #expect(try await office.states() == ["withdrawn": 1])
        #expect(try await office.reasons() == [reason.rawValue])
        #expect(try await office.events()["invitation.withdrawn"] == 1)
    }

    @Test(arguments: Backend.available)
    func `lets one of two planned for one person go`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        try await office.change("UPDATE accounts SET quiet_days = 0 WHERE id = 1")
        _ = try await office.ask(["a@x.example"])
        _ = try await office.ask(["a@x.example"])
        try await office.change("UPDATE accounts SET quiet_days = 30 WHERE id = 1")
        let carrier = RecordingCarrier()
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.addresses == ["a@x.example"])
        #expect(try await office.states() == ["sent": 1, "withdrawn": 1])
        #expect(try await office.reasons().contains("quiet_period"))
    }

    @Test(arguments: Backend.available)
    func `asks again when the quiet days are over, and not an hour before`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example"])
        try await office.sender(RecordingCarrier()).runUntilIdle()
        office.clock.advance(by: .seconds(90 * 86_400 - 3600))
        #expect(try await office.ask(["a@x.example"]).json["skipped"] == ["quiet_period": 1])
        office.clock.advance(by: .seconds(3600))
        #expect(try await office.ask(["a@x.example"]).json["planned"] == 1)
        // What is planned counts, and one that failed does not.
        #expect(try await office.ask(["a@x.example"]).json["planned"] == 0)
        try await office.change("UPDATE invitations SET state = 'failed' WHERE state = 'planned'")
        #expect(try await office.ask(["a@x.example"]).json["planned"] == 1)
    }

    @Test(arguments: Backend.available)
    func `takes a new address of somebody whose old one bounced, and none of who has left`(
        backend: Backend
    ) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.site.api(.post, "/customers", #"{"external_id": "1", "email": "old@x.example"}"#)
        _ = try await office.site.api(
            .post, "/customers", #"{"external_id": "2", "email": "gone@x.example"}"#)
        try await office.change(
            """
            UPDATE contact_points SET suppressed_at = 1, suppressed_because = 'bounced'
            WHERE value = 'old@x.example'
            """)
        try await office.leave("gone@x.example")
        let answer = try await office.ask([
            ["external_id": "1", "email": "new@x.example"], ["external_id": "2", "email": "new2@x.example"],
        ])
        #expect(answer.json["planned"] == 1 && answer.json["skipped"] == ["unsubscribed": 1])
        let carrier = RecordingCarrier()
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.addresses == ["new@x.example"])
    }

    @Test func `holds out the same people, about as many as it should`() {
        let people = (1...10_000).map { Customer.ID(Int64($0) << 22) }
        func held(_ percent: Int, _ secret: [UInt8] = [1]) -> Set<Customer.ID> {
            let policy = ContactPolicy(quietDays: 90, heldOutPercent: percent, secret: secret)
            return Set(people.filter(policy.holdsOut))
        }
        #expect(held(0).isEmpty && held(100).count == people.count)
        #expect((400...600).contains(held(5).count), "\(held(5).count)")
        #expect(held(5) == held(5) && held(5).isSubset(of: held(20)))
        #expect(held(5) != held(5, [2]), "the secret decides nothing")
    }
}
