import Database
import Formats
import Kernel
import Outbound
import Synchronization
import TestKit
import Testing

@testable import Surveys

@Suite struct `A receiving domain` {
    private func sender(
        _ office: PostOffice, _ carrier: RecordingCarrier, perDomain: Int = 0, on other: (any Database)? = nil
    ) -> InvitationSender {
        InvitationSender(
            database: other ?? office.database, world: office.clock.world, secret: PostOffice.secret,
            carrier: carrier, perDomain: perDomain, write: PostOffice.letter)
    }

    /// Its servers put off whatever they are offered while `isBusy`.
    private final class Servers: Sendable {
        let isBusy = Mutex(true)
        let kind: MailFailure.Kind

        init(_ kind: MailFailure.Kind) { self.kind = kind }

        func carrier() -> RecordingCarrier {
            RecordingCarrier { message, _ in
                if message.to.address.hasSuffix("@slow.example"), self.isBusy.withLock({ $0 }) {
                    throw MailFailure(self.kind, reason: "RCPT: 450 4.7.1 <a@slow.example> too much mail")
                }
                return MailReceipt(reply: "250 Ok")
            }
        }
    }

    /// What is put off for one mailbox alone stops nobody: the control.
    @Test(arguments: Backend.available, [MailFailure.Kind.busy, .later])
    func `that wants a pause is given one, and no other`(
        backend: Backend, kind: MailFailure.Kind
    ) async throws {
        let office = try await PostOffice(on: backend), servers = Servers(kind)
        let carrier = servers.carrier(), isPaused = kind == .busy
        let sender = sender(office, carrier)
        _ = try await office.ask(["a@slow.example", "a@x.example"])
        #expect(try await sender.runUntilIdle() == 2)
        _ = try await office.ask(["b@slow.example", "b@x.example"])
        #expect(try await sender.runUntilIdle() == (isPaused ? 1 : 2))
        #expect(try await office.states() == ["planned": 2, "sent": 2])
        office.clock.advance(by: .seconds(59))
        let early = try await sender.runUntilIdle()
        office.clock.advance(by: .seconds(20))
        let tried = try await sender.runUntilIdle()
        #expect(isPaused ? early == 0 && tried == 2 : early + tried == 2)
        // It was not long enough, and the next one is longer.
        office.clock.advance(by: .seconds(100))
        #expect(try await sender.runUntilIdle() == 0)
        let kept = try await office.database.read { tx in
            try tx.run("SELECT failures, reason FROM receiving_domains").map {
                (try $0.int("failures"), try $0.text("reason"))
            }
        }
        #expect(kept.map(\.0) == (isPaused ? [2] : []))
        #expect(kept.allSatisfy { $0.1 == "RCPT: 450 4.7.1 [address] too much mail" })
        servers.isBusy.withLock { $0 = false }
        office.clock.advance(by: .seconds(3600))
        try await sender.runUntilIdle()
        #expect(try await office.states() == ["sent": 4])
        #expect(
            try await office.number("SELECT COUNT(*) AS n FROM receiving_domains WHERE failures > 0") == 0)
    }

    @Test(arguments: Backend.available)
    func `is sent so many in a minute by all nodes together, in virtual time`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend), carrier = RecordingCarrier()
        let second = try office.database.another()
        let senders = [
            sender(office, carrier, perDomain: 12), sender(office, carrier, perDomain: 12, on: second),
        ]
        func sent() -> Int { carrier.addresses.count { $0.hasSuffix("@x.example") } }
        _ = try await office.ask(count: 150)
        _ = try await office.ask(["a@y.example"])
        for sender in senders { try await sender.runUntilIdle() }
        #expect(sent() == 1 && carrier.addresses.contains("a@y.example"))
        // Nobody catches up on the turns of an hour in which nothing ran.
        office.clock.advance(by: .seconds(3600))
        for sender in senders { try await sender.runUntilIdle() }
        #expect(sent() == 2)
        var counts: [Int] = []
        while try await office.states() != ["sent": 151], counts.count < 300 {
            office.clock.advance(by: .seconds(5))
            try await senders[counts.count % 2].runUntilIdle()
            counts.append(sent())
        }
        let mostPerMinute = counts.indices.dropFirst(12).map { counts[$0] - counts[$0 - 12] }.max()
        #expect((12...13).contains(mostPerMinute ?? 0))
        // 148 were left, one every five seconds.
        #expect((148...165).contains(counts.count))
        #expect(carrier.twice == [])
        // Without a limit all leave at once: the control.
        try await office.change("UPDATE accounts SET quiet_days = 0")
        _ = try await office.ask(count: 150)
        #expect(try await sender(office, carrier).runUntilIdle() == 150)
        await second.close()
    }

    @Test func `has a queue with turns`() {
        let now = Timestamp(milliseconds: 1_000_000)
        var domains = ReceivingDomains([], perMinute: 60)
        func turn(_ held: Timestamp? = nil, at moment: Timestamp? = nil) -> DomainTurn {
            domains.turn(of: "a@X.example", holding: held, at: moment ?? now)
        }
        #expect(turn() == .now && turn() == .now && turn() == .at(now + .seconds(2)))
        // Who holds a turn keeps it, unless it has passed.
        #expect(turn(now + .seconds(2), at: now + .seconds(2)) == .now)
        #expect(turn(now + .seconds(2), at: now + .seconds(62)) == .now)
        #expect(domains.known["x.example"]?.nextAt == now + .seconds(63))
        for second in 63..<662 { #expect(turn(at: now + .seconds(61)) == .at(now + .seconds(second))) }
        #expect(turn(at: now + .seconds(61)) == .askAgain(now + .seconds(661)))
        #expect(domains.turn(of: "a@y.example", holding: nil, at: now) == .now)
        #expect(domains.changed == ["x.example", "y.example"])
        #expect(
            [1, 2, 3, 6, 7, 99].map { ReceivingDomain.pause(after: $0).components.seconds } == [
                60, 120, 240, 1920, 3600, 3600,
            ])
    }
}
