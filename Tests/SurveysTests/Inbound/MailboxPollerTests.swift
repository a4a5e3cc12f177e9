import Database
import Kernel
import Ledger
import Outbound
import Synchronization
import TestKit
import Testing

@testable import Surveys

/// A mailbox in memory.
private final class Box: MailSource {
    struct Contents {
        var validity: Int64 = 3
        var messages: [Int64: IncomingLetter] = [:]
        var seen: [Int64] = []
        var fault: String?
    }

    let name = "us@mail.example:993/INBOX"
    let contents: Mutex<Contents>

    init(_ messages: [Int64: IncomingLetter]) { contents = Mutex(Contents(messages: messages)) }

    func look(after last: Int64, within validity: Int64?) async throws -> (validity: Int64, found: [Int64]) {
        try contents.withLock { box in
            if let fault = box.fault { throw MailSourceFailure(reason: fault) }
            let last = box.validity == validity ? last : 0
            return (box.validity, box.messages.keys.filter { $0 > last }.sorted())
        }
    }

    func message(_ number: Int64) async throws -> [UInt8]? {
        contents.withLock { box in box.messages[number].map { Array($0.text.utf8) } }
    }

    func markSeen(_ number: Int64) async { contents.withLock { $0.seen.append(number) } }
}

@Suite struct `A mailbox` {
    private func poller(
        _ house: House, _ box: Box, holder: String = "one", most: Int = 100
    ) -> MailboxPoller {
        var settings = MailboxPoller.Settings()
        settings.most = most
        return MailboxPoller(
            database: house.database, world: house.clock.world, holder: holder, source: box,
            intake: house.intake, settings: settings)
    }

    private func poll(_ house: House) async throws -> MailboxPoll? {
        try await house.database.read { tx in try MailboxPoll.last(in: tx) }
    }

    @Test(arguments: Backend.available)
    func `is read from where it was left, and each message once`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        let stranger = IncomingLetter(to: "x@y.example", from: "z@y.example")
        let box = Box([4: .bounce(to: one.bounceAddress), 9: one.letter(), 11: stranger])
        let reader = poller(house, box)
        #expect(try await poll(house) == nil)
        #expect(await reader.poll() == 3)
        #expect(await reader.poll() == 0)
        #expect(try await house.suppressions() == ["bounced"])
        #expect(try await house.rows("replies") == 1)
        #expect(box.contents.withLock { $0.seen } == [4, 9, 11])
        let poll = try #require(try await poll(house))
        #expect(poll.taken == 3 && poll.failures == 0 && poll.polledAt != nil && poll.lastNumber == 11)
        // The server counts anew: all is read again and nothing happens twice.
        box.contents.withLock { $0.validity = 4 }
        #expect(await reader.poll() == 3)
        #expect(try await house.rows("replies") == 1)
        #expect(try await house.rows("received_mails") == 2)
    }

    @Test(arguments: Backend.available)
    func `that cannot be read is an alarm until it can`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let box = Box([:]), reader = poller(house, box)
        box.contents.withLock { $0.fault = "Login denied" }
        for _ in 0..<2 { #expect(await reader.poll() == 0) }
        let failing = try #require(try await poll(house))
        #expect(failing.failures == 2 && failing.reason?.contains("Login denied") == true)
        #expect(failing.failingSince != nil)
        box.contents.withLock { $0.fault = nil }
        await reader.poll()
        let well = try #require(try await poll(house))
        #expect(well.failures == 0 && well.reason == nil && well.failingSince == nil)
    }

    @Test(arguments: Backend.available)
    func `is read by one node at a time`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let one = try await house.invited()
        let box = Box([1: one.letter()])
        let now = house.clock.now
        let lease = try await house.database.write { tx in
            try Lease.take("mailbox \(box.name)", holder: "two", for: .seconds(60), at: now, in: tx)
        }
        #expect(lease != nil)
        #expect(await poller(house, box).poll() == 0)
        house.clock.advance(by: .seconds(61))
        #expect(await poller(house, box).poll() == 1)
    }

    @Test func `with many messages is read in several looks`() async throws {
        let house = try await House(on: .sqlite)
        let one = try await house.invited()
        let letters = (1...5).map { number in
            var letter = one.letter("Word \(number)")
            letter.id = "<m\(number)@mail.example>"
            return (Int64(number), letter)
        }
        let reader = poller(house, Box(Dictionary(uniqueKeysWithValues: letters)), most: 2)
        var looks: [Int] = []
        for _ in 0..<4 { looks.append(await reader.poll()) }
        #expect(looks == [2, 2, 1, 0])
        #expect(try await house.rows("replies") == 5)
    }
}
