package import Database
package import Kernel
import Logging
import Synchronization

/// Seals what waits and lets the consumers take it in, under one lease: of many processes one does it.
///
/// Rung by the database after each commit; a look every 250 ms finds what another process wrote.
package final class Follower: Sendable {
    private struct Blocked {
        var failures = 0
        var until = Timestamp(milliseconds: 0)
    }
    private struct State {
        var lease: Lease?
        /// Accounts whose chain could not go on.
        var blocked: [Int64: Blocked] = [:]
    }
    struct Work: Sendable {
        var unsealed: [Int64]
        /// By index of the consumer.
        var behind: [(consumer: Int, account: Int64)]
        var isEmpty: Bool { unsealed.isEmpty && behind.isEmpty }
    }
    enum Pass: Equatable {
        /// Nothing waits.
        case idle
        /// Something waits, and not for us now: another process has the lease, or the database is busy.
        case elsewhere
        case went
    }

    static let leaseName = "follower"
    static let term = Duration.seconds(10)
    private static let look = Duration.milliseconds(250)
    /// Events of one account that a consumer takes in at once.
    private static let largestBatch = 1000
    /// Bodies that wait at once: the waiting list belongs to the people who use the product.
    private static let mostAtOnce = 64

    private let database: any Database
    private let now: @Sendable () -> Timestamp
    private let holder: String
    private let consumers: [Consumer]
    private let doorbell: Doorbell
    private let log = Logger(label: "ledger")
    private let state = Mutex(State())

    /// `holder` names this process, and no other ever. Ring `doorbell` after each commit.
    package init(
        database: any Database, now: @escaping @Sendable () -> Timestamp, holder: String,
        consumers: [Consumer],
        doorbell: Doorbell = Doorbell()
    ) {
        precondition(Set(consumers.map(\.name)).count == consumers.count, "two consumers share a cursor")
        self.database = database
        self.now = now
        self.holder = holder
        self.consumers = consumers
        self.doorbell = doorbell
    }

    /// Works until cancelled, then gives the lease back.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [doorbell] in await doorbell.ring(every: Self.look) }
            for await _ in doorbell.rings {
                do {
                    while try await pass() == .went, !Task.isCancelled {}
                } catch {
                    log.error("cannot follow events", metadata: ["reason": "\(FailureReason(error))"])
                }
            }
        }
        await letGo()
    }

    /// Works until all events are sealed and taken in, here or by another process; consumers that wait after
    /// a failure are left waiting. For tests, and for commands that end. Throws `NotIdle` after `patience`.
    package func runUntilIdle(patience: Duration = .seconds(60)) async throws {
        let start = ContinuousClock.now
        while true {
            switch try await pass() {
            case .idle:
                await letGo()
                let blocked = state.withLock { Array($0.blocked.keys) }
                if blocked.isEmpty { return }
                throw NotIdle(blockedAccounts: blocked)
            case .went: continue
            case .elsewhere: try await Task.sleep(for: .milliseconds(20))
            }
            if start.duration(to: .now) > patience { throw NotIdle(blockedAccounts: []) }
        }
    }

    /// Some events could not be sealed or taken in.
    package struct NotIdle: Error, Sendable {
        package let blockedAccounts: [Int64]
    }

    /// One go at all that waits. Asks a reader first, so that an idle follower commits nothing.
    func pass() async throws -> Pass {
        var work = try await workWaiting()
        guard !work.isEmpty else { return .idle }
        guard let lease = try await holdLease() else { return .elsewhere }
        var went = false
        if !work.unsealed.isEmpty {
            do {
                let outcome = try await Sealer(database: database).seal(work.unsealed, under: lease, at: now)
                went = outcome.sealed > 0
                note(outcome)
            } catch is LeaseLost {
                state.withLock { $0.lease = nil }
                return .elsewhere
            }
            work.behind = try await workWaiting().behind
        }
        for start in stride(from: 0, to: work.behind.count, by: Self.mostAtOnce) {
            let some = work.behind[start..<min(start + Self.mostAtOnce, work.behind.count)]
            if await advance(some) { went = true }
        }
        return went ? .went : .elsewhere
    }

    /// Accounts and consumers go at once, so that they share a commit.
    private func advance(_ behind: ArraySlice<(consumer: Int, account: Int64)>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for (consumer, account) in behind {
                group.addTask { await self.advance(self.consumers[consumer], account: account) }
            }
            return await group.reduce(false) { $0 || $1 }
        }
    }

    private func workWaiting() async throws -> Work {
        let moment = now()
        let blocked = state.withLock { $0.blocked.filter { $0.value.until > moment }.keys }
        return try await database.read { [consumers] tx in
            let unsealed = try Ledger.accountsWithUnsealed(in: tx).filter { !blocked.contains($0) }
            let behind = try consumers.indices.flatMap { index in
                try consumers[index].accountsBehind(at: moment, in: tx).map { (consumer: index, account: $0) }
            }
            return Work(unsealed: unsealed, behind: behind)
        }
    }

    /// Renewed only while there is work, in the second half of its term.
    private func holdLease() async throws -> Lease? {
        let moment = now()
        if let lease = state.withLock({ $0.lease }), lease.until - moment > Self.term / 2 { return lease }
        let lease = try await database.write { [holder] tx in
            try Lease.take(Self.leaseName, holder: holder, for: Self.term, at: moment, in: tx)
        }
        state.withLock { $0.lease = lease }
        return lease
    }

    private func letGo() async {
        let lease = state.withLock { state -> Lease? in
            defer { state.lease = nil }
            return state.lease
        }
        guard let lease else { return }
        // Else it ends by itself.
        try? await database.write { tx in try lease.release(in: tx) }
    }

    private func note(_ outcome: Sealer.Outcome) {
        let moment = now()
        state.withLock { state in
            state.blocked = state.blocked.filter {
                $0.value.until > moment || outcome.failures[$0.key] != nil
            }
            for account in outcome.failures.keys {
                state.blocked[account, default: Blocked()].failures += 1
                let failures = state.blocked[account]?.failures ?? 1
                state.blocked[account]?.until = moment + Consumer.pause(after: failures)
            }
        }
        for (account, error) in outcome.failures {
            log.error(
                "cannot seal events",
                metadata: ["account": "\(account)", "reason": "\(FailureReason(error))"])
        }
    }

    /// True when the cursor moved or the failure is on record, so that another go makes sense at once.
    private func advance(_ consumer: Consumer, account: Int64) async -> Bool {
        let moment = now()
        do {
            return try await consumer.advance(
                account: account, limit: Self.largestBatch, at: moment, in: database) > 0
        } catch is DatabaseBusy {
            return false  // True of everybody: not this consumer's failure.
        } catch {
            let reason = FailureReason(error)
            let failures = try? await database.write { tx in
                try consumer.recordFailure(reason, account: account, at: moment, in: tx)
            }
            log.error(
                "a consumer failed",
                metadata: [
                    "consumer": "\(consumer.name)", "account": "\(account)", "reason": "\(reason)",
                    "failures": "\(failures.map(String.init) ?? "not recorded")",
                ])
            return failures != nil
        }
    }
}
