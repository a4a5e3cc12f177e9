package import Database
package import Kernel
import Logging
import Synchronization

/// Runs jobs that are due, several at once, each under a lease that heartbeats prolong.
///
/// A job whose worker dies runs again elsewhere at most a lease and a sweep later. One that fails waits 15 s,
/// then twice as long each time, at most 6 h, with 20 % of chance so that many do not come back together;
/// after its last attempt it is `failed`, where a person sees why. So it is after two workers in a row that
/// died of it: what ends the process would take all other work with it.
package final class Worker: Sendable {
    package struct Settings: Sendable {
        /// Jobs at once.
        package var concurrency = 8
        package var lease = Duration.seconds(60)
        package var heartbeat = Duration.seconds(15)
        /// Between looks for expired leases and for schedules.
        package var sweep = Duration.seconds(15)
        /// Between looks for jobs of other processes and for those whose time has come.
        package var look = Duration.milliseconds(500)
        package init() {}
    }

    private static let forget = JobKind("jobs.forget")
    private static let keepDone = Duration.seconds(7 * 86_400)
    private static let death = FailureReason("the worker stopped or was cut off")

    let database: any Database
    let world: World
    let settings: Settings
    let log = Logger(label: "jobs")
    private let handlers: [JobKind: JobHandler]
    private let schedules: [Schedule]
    private let doorbell: Doorbell
    private let slots: Mutex<[JobKind: Timestamp]> = Mutex([:])
    private let free: Mutex<Int>

    /// Ring `doorbell` after each commit. Old jobs are forgotten without being asked to.
    package init(
        database: any Database, world: World, handlers: [JobHandler], schedules: [Schedule] = [],
        settings: Settings = Settings(), doorbell: Doorbell = Doorbell()
    ) {
        let forget = JobHandler(Self.forget) { [world, database] _ in
            let cutoff = world.now() - Self.keepDone
            while try await database.write({ tx in try JobQueue.prune(before: cutoff, in: tx) }) > 0 {}
            return .done
        }
        self.database = database
        self.world = world
        self.settings = settings
        self.doorbell = doorbell
        self.schedules = schedules + [Schedule(Self.forget, every: .seconds(3600))]
        self.handlers = Dictionary(uniqueKeysWithValues: (handlers + [forget]).map { ($0.kind, $0) })
        free = Mutex(settings.concurrency)
    }

    /// Works until cancelled; then jobs that run are cancelled too and go back as if not begun.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [doorbell, settings] in await doorbell.ring(every: settings.look) }
            group.addTask { await self.sweepAgainAndAgain() }
            for await _ in doorbell.rings {
                do {
                    for job in try await claim(limit: free.withLock { $0 }) {
                        free.withLock { $0 -= 1 }
                        group.addTask {
                            await self.perform(job)
                            self.free.withLock { $0 += 1 }
                            self.doorbell.ring()
                        }
                    }
                } catch {
                    log.error("cannot claim jobs", metadata: ["reason": "\(FailureReason(error))"])
                }
            }
        }
    }

    /// Runs all that is due, and what that makes due, here and now; how many attempts. For tests in virtual
    /// time, and for commands that end.
    @discardableResult
    package func runUntilIdle() async throws -> Int {
        var attempts = 0
        while true {
            try await sweep()
            let jobs = try await claim(limit: settings.concurrency)
            if jobs.isEmpty { return attempts }
            attempts += jobs.count
            await withDiscardingTaskGroup { group in
                for job in jobs { group.addTask { await self.perform(job) } }
            }
        }
    }

    /// Asks a reader first, so that an idle worker commits nothing.
    func claim(limit: Int) async throws -> [Job] {
        guard limit > 0 else { return [] }
        let (now, kinds) = (world.now(), handlers.keys.sorted { $0.rawValue < $1.rawValue })
        guard try await database.read({ tx in try Self.anyDue(kinds, at: now, in: tx) }) else { return [] }
        return try await database.write(.insertOnly) { [settings] tx in
            try Self.claim(kinds, limit: limit, for: settings.lease, at: now, in: tx)
        }
    }

    private func sweepAgainAndAgain() async {
        repeat {
            do {
                try await sweep()
            } catch {
                log.error("cannot sweep jobs", metadata: ["reason": "\(FailureReason(error))"])
            }
        } while (try? await Task.sleep(for: settings.sweep)) != nil
    }

    /// Frees jobs whose worker is gone, and enqueues what the schedules want now.
    func sweep() async throws {
        let now = world.now()
        let expired = try await database.read { [settings] tx in
            try Self.expired(at: now, term: settings.lease, in: tx)
        }
        for job in expired {
            if job.lastError == Self.death.description {
                await giveUp(job, Self.death)
            } else {
                await note(job, failed: Self.death)
            }
        }
        for schedule in schedules {
            let slot = schedule.slot(at: now)
            guard slots.withLock({ $0[schedule.kind] }) != slot else { continue }
            let id = world.newID()
            _ = try await database.write { tx in
                try Job.enqueue(
                    schedule.kind, key: slot.rfc3339, account: Job.everyAccount, at: now, runAt: slot, id: id,
                    in: tx)
            }
            slots.withLock { $0[schedule.kind] = slot }
        }
    }

    func handler(of job: Job) -> JobHandler? { handlers[job.kind] }
}
