package import Database
package import Kernel
package import Ledger
import Logging
import Synchronization

/// Rows that wait to leave the house, and how one of them does.
package protocol Outbox: Sendable {
    /// A row whose turn has come, with all that must be known to send it.
    associatedtype Item: Sendable
    /// How an attempt ended.
    associatedtype Outcome: Sendable

    /// As logs call its rows: `invitations`.
    var name: String { get }

    func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool
    /// Takes what is due: it is `sending` when this is committed. Also says how many rows it has settled
    /// either way.
    func claim(
        limit: Int, until lease: Timestamp, at now: Timestamp, in tx: any Connection
    ) throws -> (taken: [Item], looked: Int)
    /// Of every account, rows whose sender is gone.
    func anyExpired(at now: Timestamp, in tx: any Connection) throws -> Bool
    /// Nobody knows whether those left, so they are never sent again. At most 100; how many.
    func giveUpExpired(at now: Timestamp, in tx: any Connection) throws -> Int
    /// The outside world. Nothing else of an outbox touches it.
    func carry(_ item: Item, at now: Timestamp) async -> Outcome
    /// Writes how the attempt ended; false where its lease was lost, and then nothing is written.
    func settle(
        _ item: Item, _ outcome: Outcome, at now: Timestamp, in tx: any Connection
    ) throws -> Bool
    /// Names the row in logs.
    func label(of item: Item) -> String
}

/// Sends what an outbox holds and whose time has come, several at once.
///
/// - **Invariant:** `sending` is committed before the first byte leaves, and only one claim can make it so.
/// - **Invariant:** what was on its way when its sender died becomes `uncertain`, and is never sent again.
/// - **Invariant:** what is on its way ends before the sender does: a shutdown takes no more, and waits.
package final class OutboxSender<Box: Outbox>: Sendable {
    package struct Settings: Sendable {
        /// Messages at once: those that the relay hears, and as many that wait to be heard or written down.
        package var concurrency = 8
        /// Longer than any carrier tries.
        package var lease = Duration.seconds(600)
        /// Between looks for those whose sender is gone.
        package var sweep = Duration.seconds(15)
        /// Between looks for what others have planned and for those whose time has come.
        package var look = Duration.seconds(1)
        /// Between tries to write down how a message went.
        package var retry = Duration.seconds(1)
        package init() {}
    }

    private let box: Box
    private let database: any Database
    private let now: @Sendable () -> Timestamp
    private let settings: Settings
    private let doorbell: Doorbell
    private let log: Logger
    private let free: Mutex<Int>

    /// Ring `doorbell` after something was planned.
    package init(
        _ box: Box, database: any Database, now: @escaping @Sendable () -> Timestamp,
        settings: Settings = Settings(), doorbell: Doorbell = Doorbell()
    ) {
        self.box = box
        self.database = database
        self.now = now
        self.settings = settings
        self.doorbell = doorbell
        log = Logger(label: box.name)
        free = Mutex(settings.concurrency)
    }

    /// Works until cancelled; then what is on its way is still brought to its end.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [doorbell, settings] in await doorbell.ring(every: settings.look) }
            group.addTask { await self.sweepAgainAndAgain() }
            for await _ in doorbell.rings {
                do {
                    let (taken, looked) = try await claim(limit: free.withLock { $0 })
                    for one in taken {
                        free.withLock { $0 -= 1 }
                        group.addTask {
                            await self.deliver(one)
                            // The next are taken together, for each taking is a commit of its own.
                            let free = self.free.withLock { free in
                                free += 1
                                return free
                            }
                            if free * 2 >= self.settings.concurrency { self.doorbell.ring() }
                        }
                    }
                    // Whoever was withdrawn made no room for a next one.
                    if looked > taken.count { doorbell.ring() }
                } catch {
                    log.error("cannot take \(box.name)", metadata: ["reason": "\(FailureReason(error))"])
                }
            }
        }
    }

    /// Sends all that is due, here and now; how many messages were tried. For tests in virtual time.
    @discardableResult
    package func runUntilIdle() async throws -> Int {
        var tried = 0
        try await sweep()
        while true {
            let (taken, looked) = try await claim(limit: settings.concurrency)
            if looked == 0 { return tried }
            tried += taken.count
            await withDiscardingTaskGroup { group in
                for one in taken { group.addTask { await self.deliver(one) } }
            }
        }
    }

    /// Asks a reader first, so that an idle sender commits nothing.
    package func claim(limit: Int) async throws -> (taken: [Box.Item], looked: Int) {
        guard limit > 0 else { return ([], 0) }
        let now = now()
        guard try await database.read({ [box] tx in try box.anyDue(at: now, in: tx) }) else {
            return ([], 0)
        }
        return try await database.write { [box, settings] tx in
            try box.claim(limit: limit, until: now + settings.lease, at: now, in: tx)
        }
    }

    /// Those whose sender is gone are uncertain.
    package func sweep() async throws {
        let now = now()
        while try await database.read({ [box] tx in try box.anyExpired(at: now, in: tx) }) {
            let lost = try await database.write { [box] tx in try box.giveUpExpired(at: now, in: tx) }
            log.error("\(box.name) are uncertain: their sender stopped", metadata: ["count": "\(lost)"])
        }
    }

    private func sweepAgainAndAgain() async {
        repeat {
            do {
                try await sweep()
            } catch {
                log.error("cannot sweep \(box.name)", metadata: ["reason": "\(FailureReason(error))"])
            }
        } while (try? await Task.sleep(for: settings.sweep)) != nil
    }

    package func deliver(_ one: Box.Item) async {
        let now = now()
        // A task of its own: whoever cancels the sender does not tear a message that is half on its way.
        let outcome = await Task { [box] in await box.carry(one, at: now) }.value
        await Task { await settle(one, outcome) }.value
    }

    /// A database that is away for a moment is asked again: what is not written down in time is uncertain.
    private func settle(_ one: Box.Item, _ outcome: Box.Outcome) async {
        let metadata: Logger.Metadata = ["of": "\(box.label(of: one))"]
        let end = now() + settings.lease
        while true {
            do {
                let moment = now()
                // One row by its own key: nothing here rests on what was read before.
                let isSettled = try await database.write(.insertOnly) { [box] tx in
                    try box.settle(one, outcome, at: moment, in: tx)
                }
                if !isSettled { log.error("a message was given up meanwhile", metadata: metadata) }
                return
            } catch  where now() < end {
                log.error("cannot write how a message went", metadata: metadata)
                try? await Task.sleep(for: settings.retry)
            } catch {
                return log.error("nobody knows how a message went", metadata: metadata)
            }
        }
    }
}
