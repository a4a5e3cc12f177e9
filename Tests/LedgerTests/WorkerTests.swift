import Database
import Formats
import Kernel
import TestKit
import Testing

@testable import Ledger

@Suite struct WorkerTests {
    @Test(arguments: Backend.available)
    func `a hundred workers claim each of a hundred jobs once`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        for number in 0..<100 { try await scene.enqueue("\(number)") }
        let worker = scene.worker(.init(), JobHandler(.teaBrew) { _ in .done })
        let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<100 {
                group.addTask { try await worker.claim(limit: 3).map(\.id.number) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 100)
        #expect(Set(claimed).count == 100)
        #expect(
            try await scene.count("SELECT COUNT(*) AS n FROM jobs WHERE attempts = 1 AND state = 'running'")
                == 100)
    }

    @Test(arguments: Backend.available)
    func `a job runs when its time has come, and what it enqueues runs too`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        try await scene.enqueue("a", after: .seconds(60))
        let worker = scene.worker(
            .init(),
            JobHandler.inTransaction(.teaBrew) { job, tx in
                try effect(Int(try job.job.payload["cup"]?.int ?? 0), "brew", in: tx)
                try Job.enqueue(.cupWash, key: "a", account: 1, at: job.now(), id: 77, in: tx)
            },
            JobHandler.inTransaction(.cupWash) { _, tx in try effect(1, "wash", in: tx) })
        try await worker.runUntilIdle()
        #expect(try await scene.effects("brew") == [])
        scene.clock.advance(by: .seconds(60))
        try await worker.runUntilIdle()
        #expect(try await scene.effects("brew") == [3])
        #expect(try await scene.effects("wash") == [1])
    }

    /// SIGSTOP in the middle of the work: the lease ends, another runs the job, then the first wakes up and
    /// finishes.
    @Test(arguments: Backend.available)
    func `a paused worker that comes back late changes nothing`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        let id = try #require(try await scene.enqueue("a"))
        let handler = JobHandler.inTransaction(.teaBrew) { job, tx in try effect(job.job.attempts, in: tx) }
        let paused = try #require(try await scene.worker(.init(), handler).claim(limit: 1).first)
        scene.clock.advance(by: .seconds(61))
        let other = scene.worker(.init(), handler)
        try await other.sweep()
        #expect(try await scene.job(id).state == .waiting)
        scene.clock.advance(by: .seconds(60))
        try await other.runUntilIdle()
        #expect(try await scene.effects() == [2])

        await scene.worker(.init(), handler).perform(paused)
        #expect(try await scene.effects() == [2])
        #expect(try await scene.job(id).state == .done)
        for write in [
            { (tx: any Connection) in try paused.finish(at: scene.clock.now, in: tx) },
            { try paused.prolong(until: scene.clock.now, in: $0) },
            { try paused.wait(until: scene.clock.now, because: FailureReason("x"), in: $0) },
            {
                try JobContext(job: paused, now: { scene.clock.now }, isLastAttempt: false).requireLease(
                    in: $0)
            },
        ] as [@Sendable (any Connection) throws -> Void] {
            await #expect(throws: LeaseLost.self) { try await scene.database.write { tx in try write(tx) } }
        }
        // The control: without the token the same write goes through.
        try await scene.run("UPDATE jobs SET state = 'running' WHERE id = \(id)")
        #expect(
            try await scene.database.write { tx in
                try tx.run(
                    "UPDATE jobs SET state = 'done' WHERE id = \(id) AND state = 'running' RETURNING id"
                ).count
            } == 1)
    }

    @Test(arguments: Backend.available)
    func `a worker in time may write`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        let id = try #require(try await scene.enqueue("a"))
        let worker = scene.worker(
            .init(), JobHandler.inTransaction(.teaBrew) { job, tx in try effect(1, in: tx) })
        let job = try #require(try await worker.claim(limit: 1).first)
        scene.clock.advance(by: .seconds(59))
        try await scene.database.write { [clock = scene.clock] tx in
            try JobContext(job: job, now: { clock.now }, isLastAttempt: false).requireLease(in: tx)
        }
        await worker.perform(job)
        #expect(try await scene.effects() == [1])
        #expect(try await scene.job(id).state == .done)
    }

    @Test(arguments: Backend.available)
    func `a failing job waits longer each time, then is given up with its reason`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend)
        let id = try #require(try await scene.enqueue("a"))
        let last = Tally()
        let worker = scene.worker(
            .init(),
            JobHandler(.teaBrew, maxAttempts: 5) { job in
                if job.isLastAttempt { last.add(job.job.attempts) }
                throw Spill(
                    description: "line one\nto anna@example.com " + String(repeating: "x", count: 900))
            })
        for attempt in 1...5 {
            try await worker.runUntilIdle()
            let job = try await scene.job(id)
            #expect(job.attempts == attempt)
            #expect(job.state == (attempt == 5 ? .failed : .waiting))
            guard attempt < 5 else { break }
            let whole = 15.0 * Double(1 << (attempt - 1))
            let wait = Double((job.runAt - scene.clock.now).components.seconds)
            #expect((whole * 0.79...whole * 1.21).contains(wait), "attempt \(attempt) waits \(wait) s")
            scene.clock.move(to: job.runAt)
        }
        let reason = try #require(try await scene.job(id).lastError)
        #expect(
            reason.hasPrefix("line one to [address] xxx") && reason.count == 500 && reason.hasSuffix("x…"))
        #expect(last.all == [5])
    }

    @Test(arguments: Backend.available)
    func `a job of which two workers in a row have died is given up`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let id = try #require(try await scene.enqueue("a"))
        let worker = scene.worker(.init(), JobHandler(.teaBrew) { _ in .done })
        for _ in 1...2 {
            #expect(try await scene.job(id).state == .waiting)
            #expect(try await worker.claim(limit: 8).contains { $0.id == id })
            scene.clock.advance(by: .seconds(61))
            try await worker.sweep()
            scene.clock.advance(by: .seconds(100))
        }
        let job = try await scene.job(id)
        #expect(job.state == .failed && job.lastError == "the worker stopped or was cut off")
    }

    @Test(arguments: Backend.available)
    func `an effect that throws leaves nothing behind and the job is tried again`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend).withEffects()
        let id = try #require(try await scene.enqueue("a"))
        let worker = scene.worker(
            .init(),
            JobHandler.inTransaction(.teaBrew) { job, tx in
                try effect(job.job.attempts, in: tx)
                if job.job.attempts == 1 { throw Mishap() }
            })
        try await worker.runUntilIdle()
        #expect(try await scene.effects() == [])
        scene.clock.move(to: try await scene.job(id).runAt)
        try await worker.runUntilIdle()
        #expect(try await scene.effects() == [2])
    }

    @Test(arguments: Backend.available)
    func `later uses up no attempt`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let id = try #require(try await scene.enqueue("a"))
        let worker = scene.worker(
            .init(), JobHandler(.teaBrew, maxAttempts: 1) { job in .later(job.now() + .seconds(60)) })
        for _ in 0..<5 {
            try await worker.runUntilIdle()
            scene.clock.advance(by: .seconds(60))
        }
        let job = try await scene.job(id)
        #expect(job.state == .waiting && job.attempts == 0)
    }

    @Test(arguments: Backend.available)
    func `heartbeats keep a long job`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let id = try #require(try await scene.enqueue("a"))
        var settings = Worker.Settings()
        settings.heartbeat = .milliseconds(10)
        let worker = scene.worker(
            settings,
            JobHandler(.teaBrew) { job in
                for _ in 1...3 {
                    let before = try await scene.job(id).leasedUntil
                    scene.clock.advance(by: .seconds(50))
                    while try await scene.job(id).leasedUntil == before {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                return .done
            })
        try await worker.runUntilIdle()
        let job = try await scene.job(id)
        #expect(job.state == .done && job.attempts == 1)
    }

    @Test(arguments: Backend.available)
    func `a job that runs too long is stopped`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let id = try #require(try await scene.enqueue("a"))
        var settings = Worker.Settings()
        settings.heartbeat = .milliseconds(10)
        let worker = scene.worker(
            settings,
            JobHandler(.teaBrew, maxAttempts: 1, maxRunTime: .milliseconds(50)) { _ in
                try await Task.sleep(for: .seconds(600))
                return .done
            })
        try await worker.runUntilIdle()
        let job = try await scene.job(id)
        #expect(job.state == .failed && job.lastError?.contains("RanTooLong") == true)
    }

    @Test(arguments: Backend.available)
    func `a worker that hears that its job was taken over stops it`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        let id = try #require(try await scene.enqueue("a"))
        var settings = Worker.Settings()
        settings.heartbeat = .milliseconds(10)
        let worker = scene.worker(
            settings,
            JobHandler(.teaBrew) { job in
                try await scene.run("UPDATE jobs SET lease_token = lease_token + 1 WHERE id = \(id)")
                try await Task.sleep(for: .seconds(600))
                return .doneWith { tx in try effect(1, in: tx) }
            })
        try await worker.runUntilIdle()
        #expect(try await scene.effects() == [])
        #expect(try await scene.job(id).state == .running)
    }

    @Test(arguments: Backend.available)
    func `each slot of a schedule is worked once, however many ask`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        let handler = JobHandler.inTransaction(.cupWash) { job, tx in
            try effect(Int(job.job.runAt.milliseconds / 900_000), in: tx)
        }
        let workers = (0..<3).map { _ in
            Worker(
                database: scene.database, world: scene.world, handlers: [handler],
                schedules: [Schedule(.cupWash, every: .seconds(900))])
        }
        let first = Int(scene.clock.now.milliseconds / 900_000)
        for _ in 0..<12 {
            for worker in workers { try await worker.runUntilIdle() }
            scene.clock.advance(by: .seconds(300))
        }
        #expect(try await scene.effects() == Array(first..<first + 4))
    }

    @Test(arguments: Backend.available)
    func `a running worker takes jobs as they come, and gives back what it cannot end`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend).withEffects()
        var settings = Worker.Settings()
        (settings.look, settings.sweep, settings.concurrency) = (.milliseconds(5), .milliseconds(5), 2)
        let worker = scene.worker(
            settings, JobHandler.inTransaction(.teaBrew) { _, tx in try effect(1, in: tx) },
            JobHandler(.cupWash) { _ in
                try await Task.sleep(for: .seconds(600))
                return .done
            })
        let running = Task { await worker.run() }
        let long = try #require(try await scene.enqueue("long", .cupWash))
        for number in 0..<10 { try await scene.enqueue("\(number)") }
        while try await scene.effects().count < 10 { try await Task.sleep(for: .milliseconds(5)) }
        while try await scene.job(long).state != .running { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        await running.value
        let job = try await scene.job(long)
        #expect(job.state == .waiting && job.attempts == 0)
    }
}

private struct Spill: Error, CustomStringConvertible {
    let description: String
}
