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
}

/// What a carrier throws next, until it is told otherwise.
final class Failing: Sendable {
    private let kind = Mutex<MailFailure.Kind?>(nil)

    func set(_ new: MailFailure.Kind?) { kind.withLock { $0 = new } }
    func next() throws {
        if let kind = kind.withLock({ $0 }) { throw MailFailure(kind, reason: "4.2.1 no") }
    }
}
