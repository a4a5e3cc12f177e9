import Customers
import Database
import Formats
import Kernel
import Outbound
import Synchronization
import TestKit
import Testing

@testable import Surveys

@Suite struct `A message on its way` {
    @Test(arguments: Backend.available)
    func `is uncertain when its sender dies, and never sent twice`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(count: 10)
        let carrier = RecordingCarrier()
        let sender = office.sender(carrier)
        // The sender takes four, hands two over, and is gone before it writes down how they went.
        let taken = try await sender.claim(limit: 4).taken
        #expect(taken.count == 4)
        for one in taken.prefix(2) {
            _ = try await carrier.carry(PostOffice.letter(one, token: "", at: office.clock.now))
        }
        #expect(try await sender.runUntilIdle() == 6)
        #expect(try await office.states() == ["sent": 6, "sending": 4])
        office.clock.advance(by: .seconds(599))
        #expect(try await office.sender(carrier).runUntilIdle() == 0)
        #expect(try await office.states() == ["sent": 6, "sending": 4])
        office.clock.advance(by: .seconds(1))
        #expect(try await office.sender(carrier).runUntilIdle() == 0)
        #expect(try await office.states() == ["sent": 6, "uncertain": 4])
        #expect(try await office.events()["invitation.uncertain"] == 4)
        #expect(carrier.twice == [] && carrier.addresses.count == 8)
        // A sender that took them up again would be found out here.
        try await office.change(
            "UPDATE invitations SET state = 'planned', settled_at = NULL WHERE state = 'uncertain'")
        try await office.sender(carrier).runUntilIdle()
        #expect(carrier.twice.count == 2)
    }

    @Test(arguments: Backend.available)
    func `is uncertain at once where every sender is known to be gone`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(count: 3)
        let sender = office.sender(RecordingCarrier())
        _ = try await sender.claim(limit: 3)
        try await office.database.write { [now = office.clock.now] tx in
            try Invitation.endLeases(at: now, in: tx)
        }
        #expect(try await sender.runUntilIdle() == 0)
        #expect(try await office.states() == ["uncertain": 3])
    }

    @Test(arguments: Backend.available)
    func `whose sender slept past its lease changes nothing any more`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(["a@x.example"])
        let clock = office.clock, watcher = office.sender(RecordingCarrier())
        for failure in [nil, MailFailure(.later, reason: "451"), MailFailure(.refused, reason: "550")] {
            try await office.change(
                "UPDATE invitations SET state = 'planned', settled_at = NULL, leased_until = NULL")
            let slow = RecordingCarrier { _, _ in
                clock.advance(by: .seconds(601))
                try await watcher.sweep()
                if let failure { throw failure }
                return MailReceipt(reply: "250 Ok")
            }
            try await office.sender(slow).runUntilIdle()
            #expect(try await office.states() == ["uncertain": 1])
        }
        #expect(try await office.events()["invitation.sent"] == nil)
        let suppressed = try await office.database.read { tx in
            try tx.run("SELECT id FROM contact_points WHERE suppressed_at IS NOT NULL").count
        }
        #expect(suppressed == 0)
    }

    @Test(arguments: Backend.available)
    func `is taken by one of several senders`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(count: 200)
        let carrier = RecordingCarrier { _, _ in
            try await Task.sleep(for: .milliseconds(1))
            return MailReceipt(reply: "250 Ok")
        }
        let others = try (2...4).map { try (node: Int64($0), database: office.database.another()) }
        let senders =
            [office.sender(carrier)]
            + others.map { office.sender(carrier, on: $0.database, node: $0.node) }
        let tried = try await withThrowingTaskGroup(of: Int.self) { group in
            for sender in senders { group.addTask { try await sender.runUntilIdle() } }
            return try await group.reduce(0, +)
        }
        #expect(tried == 200 && carrier.addresses.count == 200 && carrier.twice == [])
        #expect(try await office.states() == ["sent": 200])
        for other in others { await other.database.close() }
    }

    /// Who has left, and who was taken for sending all the same.
    private final class Notes: Sendable {
        let left = Mutex<Set<String>>([])
        let late = Mutex<[String]>([])
    }

    /// Of two that meet again and again one is sent away, as nothing of it was written: it asks again.
    private func insisting<Value>(_ work: () async throws -> Value) async throws -> Value {
        for _ in 1...20 {
            do { return try await work() } catch is DatabaseBusy {}
        }
        return try await work()
    }

    /// The moment of each leave is after its commit, and a claim says when it was made: no claim of somebody
    /// who has left may follow.
    @Test(arguments: Backend.available, PostOffice.Leaving.allCases)
    func `never begins after its customer has left`(
        backend: Backend, leaving: PostOffice.Leaving
    ) async throws {
        let office = try await PostOffice(on: backend)
        let count = 200
        _ = try await office.ask(count: count)
        let notes = Notes()
        let carrier = RecordingCarrier()
        let sender = office.sender(carrier)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    let before = notes.left.withLock { $0 }
                    let (taken, looked) = try await insisting { try await sender.claim(limit: 4) }
                    if looked == 0 { return }
                    let late = taken.map(\.address).filter(before.contains)
                    notes.late.withLock { $0 += late }
                    for one in taken { await sender.deliver(one) }
                }
            }
            group.addTask {
                for index in (0..<count).reversed() {
                    let address = "p\(index)@x.example"
                    try await insisting { try await office.leave(address, leaving) }
                    notes.left.withLock { _ = $0.insert(address) }
                }
            }
            try await group.waitForAll()
        }
        #expect(notes.late.withLock { $0 } == [])
        let states = try await office.states()
        #expect(states["sent"] == carrier.addresses.count && carrier.twice == [])
        #expect((states["sent"] ?? 0) + (states["withdrawn"] ?? 0) == count)
        #expect((states["withdrawn"] ?? 0) > 0, "nobody left in time, so this proves nothing")
        // Nobody who has left is written to, whatever is planned for them later.
        try await office.change("UPDATE invitations SET state = 'planned' WHERE state = 'withdrawn'")
        #expect(try await sender.runUntilIdle() == 0)
    }

    @Test(arguments: Backend.available)
    func `is brought to its end by a sender that is stopped`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(count: 20)
        let begun = AsyncStream.makeStream(of: Void.self)
        let carrier = RecordingCarrier { _, _ in
            begun.continuation.yield()
            try await Task.sleep(for: .milliseconds(200))
            return MailReceipt(reply: "250 Ok")
        }
        var settings = InvitationSender.Settings()
        settings.look = .milliseconds(20)
        let sender = InvitationSender(
            database: office.database, world: office.clock.world, secret: PostOffice.secret,
            carrier: carrier, settings: settings, write: PostOffice.letter)
        let running = Task { await sender.run() }
        for await _ in begun.stream { break }
        running.cancel()
        await running.value
        let states = try await office.states()
        #expect(states["sending"] == nil && states["uncertain"] == nil)
        #expect(states["sent"] == carrier.addresses.count && carrier.addresses.count < 20)
    }

    @Test(arguments: Backend.available)
    func `by a running sender leaves soon after it was planned`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        _ = try await office.ask(count: 50)
        let carrier = RecordingCarrier()
        var settings = InvitationSender.Settings()
        settings.look = .milliseconds(20)
        let sender = InvitationSender(
            database: office.database, world: office.clock.world, secret: PostOffice.secret,
            carrier: carrier, settings: settings, write: PostOffice.letter)
        let running = Task { await sender.run() }
        for _ in 0..<5000 where try await office.states() != ["sent": 50] {
            try await Task.sleep(for: .milliseconds(20))
        }
        running.cancel()
        await running.value
        #expect(try await office.states() == ["sent": 50])
        #expect(carrier.twice == [])
    }
}
