import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Outbound
import TestKit
import Testing

@testable import Surveys

@Suite struct `A reminder` {
    private func remind(_ office: PostOffice, _ carrier: RecordingCarrier, days: Int) async throws -> Int {
        office.clock.advance(by: .seconds(days * 86_400))
        return try await office.sender(carrier).runUntilIdle()
    }

    @Test(arguments: Backend.available)
    func `comes to whoever has not answered, as often as was said`(backend: Backend) async throws {
        let (office, carrier) = (try await PostOffice(on: backend), RecordingCarrier())
        _ = try await office.rule(["reminders": ["P3D", "P7D"]])
        try await office.happen("a")
        try await office.follow()
        #expect(try await office.sender(carrier).runUntilIdle() == 1)
        #expect(try await remind(office, carrier, days: 2) == 0)
        #expect(try await remind(office, carrier, days: 1) == 1)
        #expect(try await remind(office, carrier, days: 6) == 0)
        #expect(try await remind(office, carrier, days: 1) == 1)
        #expect(try await remind(office, carrier, days: 60) == 0)
        #expect(carrier.addresses == ["a@x.example", "a@x.example", "a@x.example"])
        // All three are behind one link, and only that one.
        let links = InvitationLink(secret: PostOffice.secret)
        let rows = try await office.database.read { tx in
            try tx.run("SELECT id, reminder, reminder_of, token_hash FROM invitations ORDER BY reminder")
        }
        let first: Invitation.ID = try #require(rows.first).id("id")
        #expect(try rows.map { try $0.int("reminder") } == [0, 1, 2])
        #expect(try rows.dropFirst().allSatisfy { try $0.id("reminder_of") == first })
        for row in rows.dropFirst() {
            let own: Invitation.ID = try row.id("id")
            #expect(try row.text("token_hash") != links.hash(of: links.token(of: own)))
        }
        let texts = carrier.texts
        #expect(Set(texts) == ["/r/\(links.token(of: first))"])
    }

    @Test(
        arguments: Backend.available,
        ["answered", "left", "failed", "uncertain", "bounced", "closed", "erased"])
    func `does not come to`(backend: Backend, whom: String) async throws {
        let office = try await PostOffice(on: backend)
        let carrier = RecordingCarrier { _, times in
            guard times == 1 else { return MailReceipt(reply: "250 Ok") }
            if whom == "failed" { throw MailFailure(.refused, reason: "550 no") }
            if whom == "uncertain" { throw MailFailure(.uncertain, reason: "gone") }
            return MailReceipt(reply: "250 Ok")
        }
        let wave = try await office.ask(
            [["external_id": "a", "email": "a@x.example"]], ["reminders": ["P3D"]])
        #expect(wave.status == 202, "\(wave.text)")
        #expect(try await office.sender(carrier).runUntilIdle() == 1)
        switch whom {
        case "answered": try await office.change("UPDATE invitations SET response_id = 5 WHERE reminder = 0")
        case "bounced":
            try await office.change("UPDATE invitations SET state = 'failed' WHERE reminder = 0")
        case "left": try await office.leave("a@x.example", .quietly)
        case "closed":
            _ = try await office.site.api(.patch, "/surveys/\(office.survey)", #"{"status": "closed"}"#)
        case "erased":
            let customer = Int64(try await office.number("SELECT MIN(id) AS n FROM customers"))
            let id = Customer.ID(customer)
            #expect(try await office.site.api(.delete, "/customers/\(id)").status == 204)
        default: break
        }
        #expect(try await remind(office, carrier, days: 4) == 0)
        #expect(carrier.addresses == ["a@x.example"])
        let planned = try await office.number(
            "SELECT COUNT(*) AS n FROM invitations WHERE state = 'planned'")
        #expect(planned == 0)
    }

    @Test(arguments: Backend.available)
    func `and every letter wait for the customer's hours, whatever delayed them`(backend: Backend)
        async throws
    {
        let (office, carrier) = (try await PostOffice(on: backend), RecordingCarrier())
        _ = try await office.rule([
            "hours": ["from": "09:00", "to": "20:00"], "reminders": ["P3D"],
        ])
        try await office.happen(
            "a",
            [
                "customer": [
                    "external_id": "a", "email": "a@x.example",
                    "attributes": ["time_zone": "America/New_York"],
                ]
            ])
        try await office.follow()
        // Monday, 07:00 there.
        #expect(try await office.times() == ["2026-11-23T14:00:00Z"])
        // Nobody was at work until the night there.
        office.clock.advance(by: .seconds(14 * 3600))
        #expect(try await office.sender(carrier).runUntilIdle() == 0)
        #expect(try await office.times() == ["2026-11-24T14:00:00Z"])
        office.clock.advance(by: .seconds(12 * 3600))
        #expect(try await office.sender(carrier).runUntilIdle() == 1)
        #expect(try await office.times() == ["2026-11-24T14:00:00Z", "2026-11-27T14:00:00Z"])
    }
}
