package import Database
package import Kernel
import Ledger
import Logging
package import Outbound
import Synchronization

/// Delivers what webhooks wait for: many webhooks at once, and of each one message at a time, so that one
/// that does not answer keeps nobody else waiting.
///
/// - **Invariant:** one sender works on a webhook at a time; who lost the claim settles nothing.
/// - **Invariant:** at least once, with one `webhook-id`: what left and was not settled leaves again.
/// - **Invariant:** those that fail never take the places of all.
package final class WebhookSender: Sendable {
    package struct Settings: Sendable {
        /// Webhooks at once.
        package var concurrency = 48
        /// Of these, such as failed last.
        package var mostFailing = 16
        /// Longer than a turn: messages are begun for `turn`, and the last one is given up by its carrier.
        package var lease = Duration.seconds(120)
        package var turn = Duration.seconds(20)
        /// Between looks for what is due.
        package var look = Duration.milliseconds(250)
        /// Between tries to write down how a message went.
        package var retry = Duration.seconds(1)
        package init() {}
    }

    private struct Places {
        var free: Int
        var failing: Int
    }

    private let database: any Database
    private let world: World
    private let seal: Webhook.Seal
    private let carrier: any HookCarrier
    private let settings: Settings
    private let doorbell = Doorbell()
    private let log = Logger(label: "webhooks")
    private let places: Mutex<Places>

    /// `secret` is the installation's.
    package init(
        database: any Database, world: World, secret: [UInt8], carrier: any HookCarrier,
        settings: Settings = Settings()
    ) {
        self.database = database
        self.world = world
        self.carrier = carrier
        self.settings = settings
        seal = Webhook.Seal(secret: secret)
        places = Mutex(Places(free: settings.concurrency, failing: settings.mostFailing))
    }

    /// Works until cancelled; then what is on its way is still brought to its end.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [doorbell, settings] in await doorbell.ring(every: settings.look) }
            for await _ in doorbell.rings {
                do {
                    let places = places.withLock { $0 }
                    let (turns, looked) = try await claim(limit: places.free, failing: places.failing)
                    for turn in turns {
                        take(turn, 1)
                        group.addTask {
                            await self.deliver(turn)
                            self.take(turn, -1)
                            self.doorbell.ring()
                        }
                    }
                    if looked > turns.count { doorbell.ring() }
                } catch {
                    log.error("cannot take messages", metadata: ["reason": "\(FailureReason(error))"])
                }
            }
        }
    }

    /// Sends all that is due, here and now; how many turns there were. For tests in virtual time.
    @discardableResult
    package func runUntilIdle() async throws -> Int {
        var turns = 0
        while true {
            let (taken, looked) = try await claim(
                limit: settings.concurrency, failing: settings.mostFailing)
            if looked == 0 { return turns }
            turns += taken.count
            await withDiscardingTaskGroup { group in
                for turn in taken { group.addTask { await self.deliver(turn) } }
            }
        }
    }

    private func take(_ turn: WebhookTurn, _ count: Int) {
        places.withLock { places in
            places.free -= count
            if turn.webhook.failures > 0 { places.failing -= count }
        }
    }

    /// Asks a reader first, so that an idle sender commits nothing.
    func claim(limit: Int, failing: Int) async throws -> (turns: [WebhookTurn], looked: Int) {
        guard limit > 0 else { return ([], 0) }
        let now = world.now()
        guard try await database.read({ tx in try WebhookTurn.anyDue(at: now, in: tx) }) else {
            return ([], 0)
        }
        return try await database.write { [world, seal, settings] tx in
            try WebhookTurn.claim(
                limit: limit, failing: failing, until: now + settings.lease, seal: seal, world: world, in: tx)
        }
    }

    /// Message by message, until one fails or the turn is over.
    func deliver(_ turn: WebhookTurn) async {
        let begun = ContinuousClock.now
        for (place, message) in turn.messages.enumerated() {
            let ended = await post(message, of: turn)
            let isLast =
                place == turn.messages.count - 1 || ended.outcome != .delivered || Task.isCancelled
                || begun.duration(to: .now) > settings.turn
            let isSettled = await Task { await settle(turn, message, ended, isLast: isLast) }.value
            if isLast || !isSettled { return }
        }
    }

    private func post(_ message: WebhookTurn.Message, of turn: WebhookTurn) async -> DeliveryTry {
        guard let body = message.body else {
            return DeliveryTry(outcome: .unreachable, status: nil, reason: "its event is not there any more")
        }
        let request = turn.request(message, body: body, at: world.now())
        // A task of its own: whoever cancels the sender does not tear a message that is half on its way.
        let attempt = Task { [carrier] in try await carrier.post(request) }
        return DeliveryTry(await attempt.result)
    }

    /// A database that is away for a moment is asked again: what is not written down in time leaves again.
    private func settle(
        _ turn: WebhookTurn, _ message: WebhookTurn.Message, _ ended: DeliveryTry, isLast: Bool
    ) async -> Bool {
        let metadata: Logger.Metadata = ["delivery": "\(message.delivery.id)"]
        let end = world.now() + settings.lease
        while true {
            do {
                return try await database.write { [world] tx in
                    try turn.settle(message, ended, isLast: isLast, world: world, in: tx)
                }
            } catch  where world.now() < end {
                log.error("cannot write how a message went", metadata: metadata)
                try? await Task.sleep(for: settings.retry)
            } catch {
                log.error("a message will be sent again", metadata: metadata)
                return false
            }
        }
    }
}
