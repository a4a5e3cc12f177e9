import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Language
import Ledger
import Outbound
import TestKit
import Testing
import Web

@testable import Surveys

@Suite struct `The outbox` {
    @Test(arguments: Backend.available)
    func `keeps what the relay said, without addresses`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example"])
        let carrier = RecordingCarrier { message, _ in
            MailReceipt(reply: "250 2.0.0 <\(message.to.address)> Ok: queued as 4F1A")
        }
        try await office.sender(carrier).runUntilIdle()
        #expect(try await office.reasons() == ["250 2.0.0 [address] Ok: queued as 4F1A"])
        let settled = try await office.database.read { tx in
            try tx.run("SELECT settled_at, leased_until FROM invitations")[0]
        }
        #expect(try settled.timestamp("settled_at") == office.clock.now)
        #expect(try settled.optionalTimestamp("leased_until") == nil)
    }

    @Test(arguments: Backend.available)
    func `withdraws who has no address any more, and who is gone`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example", "b@x.example"])
        try await office.change("DELETE FROM contact_points WHERE account_id = 1")
        let gone: SQL = "(SELECT MAX(customer_id) FROM invitations)"
        try await office.change("DELETE FROM customers WHERE id = \(gone)")
        #expect(try await office.sender(RecordingCarrier()).runUntilIdle() == 0)
        #expect(try await office.reasons() == ["erased", "no_address"])
    }

    @Test(arguments: Backend.available)
    func `stands in the customer's story, by the name of its survey`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example"])
        try await office.sender(RecordingCarrier()).runUntilIdle()
        let now = office.clock.world.now
        try await Follower(database: office.database, now: now, holder: "test", consumers: []).runUntilIdle()
        let told = try await office.database.read { tx in
            let events = try SealedEvent.after(0, account: 1, limit: 50, in: tx)
            return try Invitation.details(of: events, 1, Messages.of(.pl), tx).values.map(\.text)
        }
        #expect(told == ["Wysłano pytanie e-mailem: „Kettle delivery”"])
    }

    @Test(arguments: Backend.available)
    func `sends at its time, and not before`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let later = office.clock.now + .seconds(3600)
        let answer = try await office.ask([["email": "a@x.example"]], ["send_at": .time(later)])
        #expect(answer.json["send_at"]?.string == later.rfc3339)
        let carrier = RecordingCarrier()
        let sender = office.sender(carrier)
        office.clock.advance(by: .seconds(3599))
        #expect(try await sender.runUntilIdle() == 0)
        office.clock.advance(by: .seconds(1))
        #expect(try await sender.runUntilIdle() == 1)
    }

    private func queue(of office: PostOffice) async throws -> MailQueue {
        try await office.database.read { [now = office.clock.now] tx in
            try MailQueue.look(account: 1, since: now - .seconds(30 * 86_400), at: now, in: tx)
        }
    }

    @Test(arguments: Backend.available)
    func `fails what is refused, and writes to that address no more`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["bad@x.example", "good@x.example"])
        let waiting = try await queue(of: office)
        #expect(waiting.due == 2 && waiting.oldestDue == office.clock.now && waiting.failed == 0)
        let carrier = RecordingCarrier { message, _ in
            if message.to.address.hasPrefix("bad") {
                throw MailFailure(.refused, reason: "550 5.1.1 <bad@x.example>: unknown")
            }
            return MailReceipt(reply: "250 Ok")
        }
        try await office.sender(carrier).runUntilIdle()
        #expect(try await office.states() == ["failed": 1, "sent": 1])
        let left = try await queue(of: office)
        #expect(left.due == 0 && left.oldestDue == nil && left.failed == 1 && left.uncertain == 0)
        #expect(try await office.reasons() == ["250 Ok", "550 5.1.1 [address] unknown"])
        #expect(try await office.events()["invitation.failed"] == 1)
        try await office.change("UPDATE accounts SET quiet_days = 0 WHERE id = 1")
        let again = try await office.ask(["bad@x.example"])
        #expect(again.json["skipped"] == ["suppressed": 1])
        #expect(carrier.twice == [])
    }

    @Test(arguments: Backend.available)
    func `tries later and later what was put off, then gives up`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example"])
        let carrier = RecordingCarrier { _, _ in throw MailFailure(.later, reason: "451 4.7.1 come back") }
        let sender = office.sender(carrier)
        for (index, pause) in ([60, 300, 900, 3600, 14_400, 43_200, 86_400, 172_800] as [Int]).enumerated() {
            #expect(try await sender.runUntilIdle() == 1)
            #expect(try await office.states() == ["planned": 1])
            let next = try await office.database.read { tx in
                try tx.run("SELECT send_at FROM invitations")[0].timestamp("send_at")
            }
            let waited = next - office.clock.now
            #expect(
                (.seconds(Double(pause) * 0.79)...(.seconds(Double(pause) * 1.21))).contains(waited),
                "\(waited) after attempt \(index + 1)")
            office.clock.move(to: next + .milliseconds(-1))
            #expect(try await sender.runUntilIdle() == 0)
            office.clock.move(to: next)
        }
        #expect(try await sender.runUntilIdle() == 1)
        #expect(try await office.states() == ["failed": 1])
        #expect(carrier.addresses.count == 9)
        office.clock.advance(by: .seconds(30 * 86_400))
        #expect(try await sender.runUntilIdle() == 0)
        // It was no bounce: the address is as good as before.
        #expect(
            try await office.database.read { tx in
                try tx.run("SELECT suppressed_at FROM contact_points")[0].optionalInt64("suppressed_at")
            } == nil)
    }

    @Test func `is not tried after its link has ended`() {
        let now = Timestamp(milliseconds: 0), end = now + .seconds(100)
        #expect(DeliveryOutcome.next(after: 1, chance: 0, at: now, until: end) == now + .seconds(48))
        #expect(DeliveryOutcome.next(after: 2, chance: 0, at: now, until: end) == nil)
        #expect(DeliveryOutcome.next(after: 9, chance: 0, at: now, until: now + .seconds(1 << 40)) == nil)
    }

    @Test(arguments: Backend.available)
    func `stops for a while when the relay does not work, and says so`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(count: 40)
        let carrier = RecordingCarrier { _, times in
            if times == 1 { throw MailFailure(.relay, reason: "535 5.7.8 wrong password of us@x.example") }
            return MailReceipt(reply: "250 Ok")
        }
        let sender = office.sender(carrier)
        #expect(try await sender.runUntilIdle() <= InvitationSender.Settings().concurrency)
        let tried = carrier.addresses.count
        #expect(try await office.states() == ["planned": 40])
        let alarm = try #require(try await office.database.read { tx in try RelayAlarm.find(in: tx) })
        #expect(alarm.reason == "535 5.7.8 wrong password of [address]" && alarm.failures == 1)
        #expect(alarm.stoppedUntil == office.clock.now + .seconds(300))
        office.clock.advance(by: .seconds(299))
        #expect(try await sender.runUntilIdle() == 0 && carrier.addresses.count == tried)
        office.clock.advance(by: .seconds(1))
        // Those that were not tried yet meet the same fault, and the pause doubles.
        #expect(try await sender.runUntilIdle() > 0)
        for _ in 0..<20 {
            office.clock.advance(by: .seconds(3600))
            try await sender.runUntilIdle()
        }
        #expect(try await office.states() == ["sent": 40])
        #expect(try await office.database.read { tx in try RelayAlarm.find(in: tx) } == nil)
        #expect(
            [1, 2, 3, 4, 5, 9].map { RelayAlarm.pause(after: $0).components.seconds } == [
                300, 600, 1200, 2400, 3600, 3600,
            ])
    }

    @Test(arguments: Backend.available)
    func `never sends again what may have arrived`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example", "b@x.example"])
        struct Unknown: Error {}
        let carrier = RecordingCarrier { message, _ in
            if message.to.address.hasPrefix("b") { throw Unknown() }
            throw MailFailure(.uncertain, reason: "cut after the last dot")
        }
        let sender = office.sender(carrier)
        for _ in 0..<5 {
            try await sender.runUntilIdle()
            office.clock.advance(by: .seconds(86_400))
        }
        #expect(carrier.twice == [] && carrier.addresses.count == 2)
        #expect(try await office.states() == ["uncertain": 2])
        #expect(try await queue(of: office).uncertain == 2)
        #expect(try await office.events()["invitation.uncertain"] == 2)
    }

    @Test(arguments: Backend.available)
    func `withdraws what its survey or its time no longer wants`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example"])
        let carrier = RecordingCarrier()
        office.clock.advance(by: Invitation.lifetime)
        try await office.sender(carrier).runUntilIdle()
        #expect(try await office.reasons() == ["expired"])
        _ = try await office.ask(["b@x.example"])
        _ = try await office.site.api(.patch, "/surveys/\(office.survey)", #"{"status": "closed"}"#)
        try await office.sender(carrier).runUntilIdle()
        #expect(try await office.reasons() == ["expired", "survey_closed"])
        #expect(carrier.addresses == [])
    }

    @Test(arguments: Backend.available)
    func `forgets an erased person, and withdraws what was planned for them`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        try await office.change("UPDATE accounts SET quiet_days = 0 WHERE id = 1")
        _ = try await office.ask(["a@x.example"])
        let carrier = RecordingCarrier()
        try await office.sender(carrier).runUntilIdle()
        _ = try await office.ask(["a@x.example", "b@x.example"])
        let customer = try await office.site.api(.post, "/customers", #"{"email": "a@x.example"}"#)
        let id = try #require(customer.json["id"]?.string)
        #expect(try await office.site.api(.delete, "/customers/\(id)").status == 204)
        let left = try await office.database.read { tx in
            try tx.run("SELECT state FROM invitations WHERE customer_id IS NULL AND contact_point_id IS NULL")
                .map { try $0.text("state") }.sorted()
        }
        #expect(left == ["sent", "withdrawn"])
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.addresses == ["a@x.example", "b@x.example"])
        // Somebody erased while a message is on its way is named in no event after it.
        _ = try await office.ask(["c@x.example"])
        let database = office.database, world = office.clock.world
        let erasing = RecordingCarrier { _, _ in
            try await database.write { tx in
                let row = try tx.run("SELECT customer_id FROM invitations WHERE state = 'sending'")[0]
                try Invitation.forget(customer: row.id("customer_id"), account: 1, world: world, in: tx)
            }
            return MailReceipt(reply: "250 Ok")
        }
        try await office.sender(erasing).runUntilIdle()
        let named = try await office.database.read { tx in
            try tx.run(
                "SELECT customer_id FROM unsealed_events WHERE kind = 'invitation.sent' ORDER BY id DESC")[0]
                .optionalInt64("customer_id")
        }
        #expect(named == nil)
    }
}
