import Database
import Formats
import Kernel
import Outbound
import Surveys
import Synchronization
import TestKit
import Testing

@testable import Alerts

@Suite struct `A notice` {
    @Test(arguments: Backend.available)
    func `that was on its way when its sender died is uncertain and never sent again`(backend: Backend)
        async throws
    {
        let house = try await AlertHouse(on: backend)
        try await house.answer()
        try await house.follow()
        #expect(try await house.notices().claim(limit: 9).taken.count == 1)
        try await house.settle()
        #expect(house.mail.all.isEmpty)
        house.clock.advance(by: .seconds(601))
        try await house.settle()
        #expect(house.mail.all.isEmpty)
        #expect(try await house.standing().first == "case_assigned uncertain")
    }

    @Test(arguments: Backend.available)
    func `need not wait for its lease where its sender is known to be gone`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.answer()
        try await house.follow()
        _ = try await house.notices().claim(limit: 9)
        try await house.database.write { [now = house.clock.now] tx in
            try Notice.endLeases(at: now, in: tx)
        }
        try await house.settle()
        #expect(try await house.standing().first == "case_assigned uncertain")
        try await house.database.write { [now = house.clock.now] tx in
            try Notice.distrust(at: now, in: tx)
        }
        #expect(try await house.standing() == ["case_assigned uncertain", "case_due_soon uncertain"])
    }

    @Test(arguments: Backend.available)
    func `is sent once by two senders at the same time`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        for number in 0..<12 {
            try await house.answer(1, #", "customer": {"external_id": "c\#(number)"}"#)
        }
        try await house.follow()
        let other = try house.database.another()
        let (first, second) = (house.notices(), house.notices(on: other))
        async let one = first.runUntilIdle()
        async let two = second.runUntilIdle()
        #expect(try await one + two == 12)
        #expect(Set(house.mail.all.map(\.id)).count == 12 && house.mail.all.count == 12)
        await other.close()
    }

    @Test(arguments: Backend.available)
    func `comes later, stops with the relay, or fails, as the relay says`(backend: Backend) async throws {
        let failure = Failing()
        let house = try await AlertHouse(on: backend, mail: KeepingCarrier { _ in try failure.next() })
        try await house.answer()
        try await house.follow()
        let sender = house.notices()
        failure.set(.later)
        #expect(try await sender.runUntilIdle() == 1)
        #expect(try await sender.runUntilIdle() == 0)
        house.clock.advance(by: .seconds(73))
        failure.set(.relay)
        #expect(try await sender.runUntilIdle() == 1)
        failure.set(nil)
        #expect(try await sender.runUntilIdle() == 0, "nothing is sent while the relay stands still")
        house.clock.advance(by: .seconds(301))
        #expect(try await sender.runUntilIdle() == 1)
        #expect(try await house.standing().first == "case_assigned sent")
        #expect(try await house.database.read { tx in try RelayAlarm.find(in: tx) } == nil)

        let id = try await house.opened()["id"]?.string ?? ""
        try await house.resolve(id)
        try await house.follow()
        failure.set(.refused)
        #expect(try await sender.runUntilIdle() == 1)
        #expect(try await house.standing().last == "verdict_asked failed")
        let reason = try await house.database.read { tx in
            try tx.run("SELECT suppressed_because FROM contact_points WHERE kind = 'email'")[0]
                .optionalText("suppressed_because")
        }
        #expect(reason == "bounced")
    }

    @Test func `whose answer is lost is uncertain, and one that waited too long is dropped`() async throws {
        let failure = Failing()
        let house = try await AlertHouse(on: .sqlite, mail: KeepingCarrier { _ in try failure.next() })
        try await house.answer()
        try await house.follow()
        failure.set(.uncertain)
        try await house.notices().runUntilIdle()
        #expect(try await house.standing().first == "case_assigned uncertain")
        try await house.answer(1, #", "customer": {"external_id": "c2"}"#)
        try await house.follow()
        failure.set(nil)
        house.clock.advance(by: .seconds(3 * 86_400))
        try await house.notices().runUntilIdle()
        #expect(try await house.standing().filter { $0 == "case_assigned expired" }.count == 1)
    }

    @Test(arguments: Backend.available)
    func `comes alone a few times, and together with others where they come too fast`(backend: Backend)
        async throws
    {
        let failure = Failing()
        let house = try await AlertHouse(on: backend, mail: KeepingCarrier { _ in try failure.next() })
        let sender = house.notices()
        func unhappy(_ count: Int) async throws {
            for _ in 0..<count { try await house.answer() }
            try await house.follow()
        }
        func last() -> String { house.mail.all.last?.subject ?? "" }
        func standing(_ state: String) async throws -> Int {
            try await house.standing().filter { $0 == "case_assigned \(state)" }.count
        }
        try await unhappy(31)
        #expect(try await sender.runUntilIdle() == 20)
        #expect(house.mail.all.filter { $0.subject == "Anna Nowak needs you: score 3" }.count == 19)
        // Several are on their way at once, so it need not be the last.
        let mail = try #require(house.mail.all.first { $0.subject == "12 messages about your cases" })
        #expect(mail.text.times("https://rapport.example/cases/cas_") == 10)
        #expect(mail.text.contains("The first 10 are named here."))
        // Names would outlive who is erased.
        #expect(!mail.text.contains("Anna") && mail.customer == nil)
        #expect(try await standing("sent") == 31)

        // The next ones wait for their minute.
        try await unhappy(3)
        #expect(try await sender.runUntilIdle() == 0)
        #expect(try await standing("planned") == 3)
        house.clock.advance(by: .seconds(60))
        failure.set(.later)
        #expect(try await sender.runUntilIdle() == 1)
        #expect(try await standing("planned") == 3)
        failure.set(nil)
        house.clock.advance(by: .seconds(200))
        let before = house.mail.all.count
        #expect(try await sender.runUntilIdle() >= 1)
        #expect(house.mail.all.count > before)
        #expect(try await standing("sent") == 34)
        // One now and then comes alone again.
        house.clock.advance(by: .seconds(3600))
        try await unhappy(1)
        #expect(try await sender.runUntilIdle() == 1)
        #expect(last() == "Anna Nowak needs you: score 3")
    }
}

extension String {
    fileprivate func times(_ part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}

/// What a carrier throws next, until it is told otherwise.
final class Failing: Sendable {
    private let kind = Mutex<MailFailure.Kind?>(nil)

    func set(_ new: MailFailure.Kind?) { kind.withLock { $0 = new } }
    func next() throws {
        if let kind = kind.withLock({ $0 }) { throw MailFailure(kind, reason: "4.2.1 no") }
    }
}
