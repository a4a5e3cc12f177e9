import Database
import Formats
import Kernel
import TestKit
import Testing

@testable import Ledger

extension JobKind {
    static let teaBrew = JobKind("tea.brew")
    static let cupWash = JobKind("cup.wash")
}

extension Scene {
    @discardableResult
    func enqueue(
        _ key: String, _ kind: JobKind = .teaBrew, account: Int64 = 1, after pause: Duration = .zero
    ) async throws -> Job.ID? {
        let (id, now) = (world.newID(), clock.now)
        let isNew = try await database.write { tx in
            try Job.enqueue(
                kind, key: key, payload: ["cup": 3], account: account, at: now, runAt: now + pause, id: id,
                in: tx)
        }
        return isNew ? Job.ID(id) : nil
    }

    func job(_ id: Job.ID, account: Int64 = 1) async throws -> Job {
        try await database.read { tx in try Job.find(id, account: account, in: tx) }
    }

    func worker(_ settings: Worker.Settings = Worker.Settings(), _ handlers: JobHandler...) -> Worker {
        Worker(database: database, world: world, handlers: handlers, settings: settings)
    }
}

@Suite struct JobTests {
    @Test(arguments: Backend.available)
    func `account, kind and key name a job, in whatever state it is`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        #expect(try await scene.enqueue("a") != nil)
        #expect(try await scene.enqueue("a") == nil)
        try await scene.worker(.init(), JobHandler(.teaBrew) { _ in .done }).runUntilIdle()
        #expect(try await scene.enqueue("a") == nil)
        #expect(try await scene.enqueue("b") != nil)
        #expect(try await scene.enqueue("a", .cupWash) != nil)
        #expect(try await scene.enqueue("a", account: 2) != nil)
    }

    @Test(arguments: Backend.available)
    func `what has failed for good is tried again by a person, and the ledger says by whom`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend)
        let id = try #require(try await scene.enqueue("a"))
        let worker = scene.worker(.init(), JobHandler(.teaBrew) { _ in .hopeless(FailureReason("no water")) })
        let retry = { (account: Int64) in
            let eventID = scene.world.newID()
            try await scene.database.write { [now = scene.clock.now] tx in
                try Job.retry(id, account: account, by: .member(9), eventID: eventID, at: now, in: tx)
            }
        }
        await #expect(throws: DomainError.jobNotFailed) { try await retry(1) }
        #expect(try await worker.runUntilIdle() == 2)
        #expect(try await scene.job(id).lastError == "no water")
        await #expect(throws: DomainError.notFound) { try await retry(2) }
        try await retry(1)
        #expect(try await scene.job(id).state == .waiting)
        #expect(try await worker.runUntilIdle() == 1)
        try await scene.seal()
        let told = try await scene.database.read { tx in
            try SealedEvent.about(subject: id.number, account: 1, limit: 9, in: tx)
        }
        #expect(told.map(\.kind) == [.jobRetried] && told.map(\.actor) == [.member(9)])
    }

    @Test(arguments: Backend.available)
    func `a cancelled job does not run, and what ended cannot be cancelled`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let id = try #require(try await scene.enqueue("a"))
        let cancel = {
            let eventID = scene.world.newID()
            try await scene.database.write { [now = scene.clock.now] tx in
                try Job.cancel(id, account: 1, by: .operator, eventID: eventID, at: now, in: tx)
            }
        }
        try await cancel()
        let ran = Tally()
        try await scene.worker(
            .init(),
            JobHandler(.teaBrew) { _ in
                ran.add(1); return .done
            }
        ).runUntilIdle()
        #expect(ran.all.isEmpty)
        await #expect(throws: DomainError.jobAlreadyEnded) { try await cancel() }
    }

    @Test(arguments: Backend.available)
    func `an operator sees counts, failures and how long the oldest waits`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let start = scene.clock.now
        for key in ["a", "b"] { try await scene.enqueue(key) }
        try await scene.enqueue("later", after: .seconds(3600))
        for key in ["c", "d", "e"] { try await scene.enqueue(key, .cupWash) }
        try await scene.enqueue("foreign", account: 2)
        scene.clock.advance(by: .seconds(30))
        try await scene.worker(.init(), JobHandler(.cupWash) { _ in .hopeless(FailureReason("no soap")) })
            .runUntilIdle()
        try await scene.database.read { [now = scene.clock.now] tx in
            let queue = try JobQueue.look(account: 1, at: now, in: tx)
            #expect(
                queue.counts == [
                    .init(kind: .cupWash, state: .failed, jobs: 3),
                    .init(kind: .teaBrew, state: .waiting, jobs: 3),
                ])
            #expect(queue.oldestDue == start)
            let failed = try Job.list(.failed, account: 1, limit: 2, in: tx)
            let rest = try Job.list(.failed, account: 1, before: failed.last?.id, limit: 2, in: tx)
            #expect((failed + rest).map(\.key) == ["e", "d", "c"])
        }
    }

    @Test(arguments: Backend.available)
    func `done jobs are forgotten after seven days, failed ones are not`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        try await scene.enqueue("done")
        try await scene.enqueue("failed", .cupWash)
        let worker = scene.worker(
            .init(), JobHandler(.teaBrew) { _ in .done },
            JobHandler(.cupWash) { _ in .hopeless(FailureReason("x")) })
        try await worker.runUntilIdle()
        scene.clock.advance(by: .seconds(7 * 86_400 - 3600))
        try await worker.runUntilIdle()
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM jobs WHERE account_id = 1") == 2)
        scene.clock.advance(by: .seconds(7200))
        try await worker.runUntilIdle()
        #expect(
            try await scene.count("SELECT COUNT(*) AS n FROM jobs WHERE account_id = 1 AND state = 'failed'")
                == 1)
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM jobs WHERE account_id = 1") == 1)
    }
}
