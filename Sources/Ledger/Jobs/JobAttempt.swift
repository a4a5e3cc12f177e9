import Database
import Kernel
import Logging

/// One attempt at one job, from claim to end.
extension Worker {
    func perform(_ job: Job) async {
        guard let handler = handler(of: job) else { return }
        let context = JobContext(job: job, now: world.now, isLastAttempt: job.attempts >= handler.maxAttempts)
        do {
            let outcome = try await underHeartbeat(job, handler) { try await handler.work(context) }
            try await settle(job, outcome)
        } catch is LeaseLost {
            log.notice("a job was taken over", metadata: ["job": "\(job.id)", "kind": "\(job.kind)"])
        } catch is CancellationError where Task.isCancelled {
            let now = world.now()
            try? await database.write { tx in try job.giveBack(until: now, in: tx) }
        } catch {
            await note(job, failed: FailureReason(error))
        }
    }

    private func settle(_ job: Job, _ outcome: JobOutcome) async throws {
        let now = world.now()
        switch outcome {
        case .done: try await database.write { tx in try job.finish(at: now, in: tx) }
        case .doneWith(let effect):
            try await database.write { tx in
                try job.finish(at: now, in: tx)
                try effect(tx)
            }
        case .later(let moment): try await database.write { tx in try job.giveBack(until: moment, in: tx) }
        case .hopeless(let reason): await giveUp(job, reason)
        }
    }

    /// Waits for its next attempt, or is given up. What cannot be written now is found again when the lease
    /// ends.
    func note(_ job: Job, failed reason: FailureReason) async {
        if job.attempts >= handler(of: job)?.maxAttempts ?? 20 { return await giveUp(job, reason) }
        let chance = world.random
        let next = world.now() + Self.pause(after: job.attempts, chance: chance(1)[0])
        log.notice(
            "a job failed and will run again",
            metadata: [
                "job": "\(job.id)", "kind": "\(job.kind)", "attempts": "\(job.attempts)",
                "reason": "\(reason)",
            ])
        try? await database.write { tx in try job.wait(until: next, because: reason, in: tx) }
    }

    func giveUp(_ job: Job, _ reason: FailureReason) async {
        let now = world.now()
        log.error(
            "a job was given up",
            metadata: [
                "job": "\(job.id)", "kind": "\(job.kind)", "attempts": "\(job.attempts)",
                "reason": "\(reason)",
            ])
        try? await database.write { tx in try job.giveUp(at: now, because: reason, in: tx) }
    }

    /// 15 s · 2ⁿ⁻¹, at most 6 h, times 0.8 to 1.2 as `chance` has it.
    static func pause(after attempts: Int, chance: UInt8) -> Duration {
        let whole = backOff(after: attempts, first: .seconds(15), longest: .seconds(6 * 3600))
        return whole * (0.8 + 0.4 * Double(chance) / 255)
    }

    /// Runs `work` while another task prolongs the lease. Losing the lease, or running too long, cancels the
    /// work.
    private func underHeartbeat(
        _ job: Job, _ handler: JobHandler, work: @escaping @Sendable () async throws -> JobOutcome
    ) async throws -> JobOutcome {
        try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await self.keepAlive(job, for: handler.maxRunTime)
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }

    /// Ends when cancelled, else by throwing `LeaseLost` or `JobRanTooLong`.
    private func keepAlive(_ job: Job, for maxRunTime: Duration) async throws {
        let start = ContinuousClock.now
        var until = job.leasedUntil
        while true {
            guard (try? await Task.sleep(for: settings.heartbeat)) != nil else { return }
            if start.duration(to: .now) > maxRunTime { throw JobRanTooLong(maxRunTime: maxRunTime) }
            let next = world.now() + settings.lease
            do {
                try await database.write { tx in try job.prolong(until: next, in: tx) }
                until = next
            } catch  where !(error is LeaseLost) {
                // Cut off from the database: somebody else will hold it when the lease ends.
                if world.now() >= until { throw LeaseLost(name: "job \(job.id)") }
            }
        }
    }
}

/// A job took longer than its kind may.
struct JobRanTooLong: Error {
    let maxRunTime: Duration
}
