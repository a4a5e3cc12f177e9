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
        /// By the last pass.
        var sealed = 0
        var sealedInAll = 0
        /// When so many were sealed, the database looks how its rows are spread by now.
        var nextLook = Follower.firstLook
    }
    /// Consumers that stand at one place of one account, by their index.
    struct Group: Sendable {
        let account: Int64
        let consumers: [Int]
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
    private static let pause = Duration.milliseconds(250)
    /// Few enough that whoever answers meanwhile does not wait for long.
    package static let serving = 1000
    /// Where nobody waits: what a transaction costs beside its events is shared by more of them.
    package static let catchingUp = 5000
    /// Where a pass has sealed so many, the next one lets as many gather: what a pass costs beside its events
    /// is shared by more of them. One answer now and then never waits.
    private static let manySealed = 8
    private static let gathering = Duration.milliseconds(25)
    /// Events after which the database first looks how its rows are spread; then at twice as many, and so on.
    private static let firstLook = 200
    /// Bodies that wait at once: the waiting list belongs to the people who use the product.
    private static let mostAtOnce = 64

    private let database: any Database
    private let now: @Sendable () -> Timestamp
    private let holder: String
    private let consumers: [Consumer]
    /// Events of one account that are sealed and taken in by one transaction.
    private let largestBatch: Int
    private let doorbell: Doorbell
    private let log = Logger(label: "ledger")
    private let state = Mutex(State())

    /// `holder` names this process, and no other ever. Ring `doorbell` after each commit.
    package init(
        database: any Database, now: @escaping @Sendable () -> Timestamp, holder: String,
        consumers: [Consumer], largestBatch: Int = Follower.serving,
        doorbell: Doorbell = Doorbell()
    ) {
        precondition(Set(consumers.map(\.name)).count == consumers.count, "two consumers share a cursor")
        self.database = database
        self.now = now
        self.holder = holder
        self.consumers = consumers
        self.largestBatch = largestBatch
        self.doorbell = doorbell
    }

    /// Works until cancelled, then gives the lease back.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [doorbell] in await doorbell.ring(every: Self.pause) }
            for await _ in doorbell.rings {
                do {
                    while try await pass() == .went, !Task.isCancelled { await gather() }
                } catch {
                    log.error("cannot follow events", metadata: ["reason": "\(FailureReason(error))"])
                }
            }
        }
        await letGo()
    }

    private func gather() async {
        guard state.withLock({ $0.sealed }) >= Self.manySealed else { return }
        try? await Task.sleep(for: Self.gathering)
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
        state.withLock { $0.sealed = 0 }
        let unsealed = try await unsealed()
        var behind = try await unsealed.isEmpty ? self.behind() : []
        if unsealed.isEmpty, behind.isEmpty { return .idle }
        guard let lease = try await holdLease() else { return .elsewhere }
        var went = false
        if !unsealed.isEmpty {
            do {
                let outcome = try await Sealer(database: database, largestBatch: largestBatch)
                    .seal(unsealed, under: lease, at: now)
                went = outcome.sealed > 0
                note(outcome)
                if isTimeToLook() { await look() }
            } catch is LeaseLost {
                state.withLock { $0.lease = nil }
                return .elsewhere
            }
            behind = try await self.behind()
        }
        for start in stride(from: 0, to: behind.count, by: Self.mostAtOnce) {
            if await advance(behind[start..<min(start + Self.mostAtOnce, behind.count)]) { went = true }
        }
        return went ? .went : .elsewhere
    }

    /// Accounts and groups go at once, so that they share a commit.
    private func advance(_ groups: ArraySlice<Group>) async -> Bool {
        await withTaskGroup(of: Bool.self) { tasks in
            for group in groups {
                tasks.addTask {
                    await self.advance(group.consumers.map { self.consumers[$0] }, account: group.account)
                }
            }
            return await tasks.reduce(false) { $0 || $1 }
        }
    }

    private func unsealed() async throws -> [Int64] {
        let moment = now()
        let blocked = state.withLock { $0.blocked.filter { $0.value.until > moment }.keys }
        return try await database.read { tx in
            try Ledger.accountsWithUnsealed(in: tx).filter { !blocked.contains($0) }
        }
    }

    private func behind() async throws -> [Group] {
        let moment = now()
        return try await database.read { [consumers] tx in
            try Consumer.behind(consumers, at: moment, in: tx).flatMap { Self.groups($0, at: moment) }
        }
    }

    /// Consumers at one place go together; one whose last try failed goes alone.
    private static func groups(_ standings: [Consumer.Standing], at now: Timestamp) -> [Group] {
        let ready = standings.enumerated().filter { $0.element.isReady(at: now) }
        let sound = Dictionary(grouping: ready.filter { $0.element.failures == 0 }) { $0.element.position }
        let together = sound.sorted { $0.key < $1.key }.map(\.value)
        let alone = ready.filter { $0.element.failures > 0 }.map { [$0] }
        return (together + alone).map { group in
            Group(account: group[0].element.account, consumers: group.map(\.offset))
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

    private func isTimeToLook() -> Bool {
        state.withLock { state in
            guard state.sealedInAll >= state.nextLook else { return false }
            state.nextLook = state.sealedInAll * 2
            return true
        }
    }

    private func look() async {
        do {
            try await database.learnSpread()
        } catch {
            log.warning("cannot look how rows are spread", metadata: ["reason": "\(FailureReason(error))"])
        }
    }

    private func note(_ outcome: Sealer.Outcome) {
        let moment = now()
        state.withLock { state in
            state.sealed = outcome.sealed
            state.sealedInAll += outcome.sealed
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

    /// True when a cursor moved or a failure is on record, so that another go makes sense at once. When one
    /// of a group fails, each of them goes alone.
    private func advance(_ group: [Consumer], account: Int64) async -> Bool {
        let moment = now()
        do {
            return try await Consumer.advance(
                group, account: account, limit: largestBatch, at: moment, in: database) > 0
        } catch is DatabaseBusy {
            return false  // True of everybody: not this consumer's failure.
        } catch {
            guard group.count == 1 else {
                var went = false
                for consumer in group {
                    if await advance([consumer], account: account) { went = true }
                }
                return went
            }
            return await note(error, of: group[0], account: account, at: moment)
        }
    }

    private func note(
        _ error: any Error, of consumer: Consumer, account: Int64, at moment: Timestamp
    ) async -> Bool {
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
