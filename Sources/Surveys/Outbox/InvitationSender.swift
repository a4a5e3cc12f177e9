package import Database
package import Kernel
package import Ledger
import Logging
package import Outbound
import Synchronization

/// What an invitation says, and how it looks.
package typealias InvitationWriter =
    @Sendable (_ outgoing: OutgoingInvitation, _ token: String, _ now: Timestamp) -> MailMessage

/// Sends invitations whose time has come, several at once.
///
/// - **Invariant:** `sending` is committed before the first byte leaves, and only one claim can make it so.
/// - **Invariant:** what was on its way when its sender died becomes `uncertain`, and is never sent again.
/// - **Invariant:** what is on its way ends before the sender does: a shutdown takes no more, and waits.
package final class InvitationSender: Sendable {
    package struct Settings: Sendable {
        /// Messages at once.
        package var concurrency = 4
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

    private let database: any Database
    private let world: World
    private let secret: [UInt8]
    private let links: InvitationLink
    private let carrier: any MailCarrier
    private let write: InvitationWriter
    private let settings: Settings
    private let doorbell: Doorbell
    private let log = Logger(label: "invitations")
    private let free: Mutex<Int>

    /// Ring `doorbell` after a wave was planned.
    package init(
        database: any Database, world: World, secret: [UInt8], carrier: any MailCarrier,
        settings: Settings = Settings(), doorbell: Doorbell = Doorbell(), write: @escaping InvitationWriter
    ) {
        self.database = database
        self.world = world
        self.secret = secret
        links = InvitationLink(secret: secret)
        self.carrier = carrier
        self.write = write
        self.settings = settings
        self.doorbell = doorbell
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
                            self.free.withLock { $0 += 1 }
                            self.doorbell.ring()
                        }
                    }
                    // Whoever was withdrawn made no room for a next one.
                    if looked > taken.count { doorbell.ring() }
                } catch {
                    log.error("cannot take invitations", metadata: ["reason": "\(FailureReason(error))"])
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
    func claim(limit: Int) async throws -> (taken: [OutgoingInvitation], looked: Int) {
        guard limit > 0 else { return ([], 0) }
        let now = world.now()
        guard try await database.read({ tx in try OutgoingInvitation.anyDue(at: now, in: tx) }) else {
            return ([], 0)
        }
        return try await database.write { [world, secret, settings] tx in
            try OutgoingInvitation.claim(
                limit: limit, until: now + settings.lease, secret: secret, world: world, at: now, in: tx)
        }
    }

    /// Those whose sender is gone are uncertain.
    func sweep() async throws {
        let now = world.now()
        while try await database.read({ tx in try Invitation.anyExpired(at: now, in: tx) }) {
            let lost = try await database.write { [world] tx in
                try Invitation.giveUpExpired(world: world, at: now, in: tx)
            }
            log.error("invitations are uncertain: their sender stopped", metadata: ["count": "\(lost)"])
        }
    }

    private func sweepAgainAndAgain() async {
        repeat {
            do {
                try await sweep()
            } catch {
                log.error("cannot sweep invitations", metadata: ["reason": "\(FailureReason(error))"])
            }
        } while (try? await Task.sleep(for: settings.sweep)) != nil
    }

    func deliver(_ one: OutgoingInvitation) async {
        let message = write(one, links.token(of: one.invitation.id), world.now())
        // A task of its own: whoever cancels the sender does not tear a message that is half on its way.
        let attempt = Task { [carrier] in try await carrier.carry(message) }
        let outcome = OutgoingInvitation.Outcome(await attempt.result)
        await Task { await settle(one, outcome) }.value
    }

    /// A database that is away for a moment is asked again: what is not written down in time is uncertain.
    private func settle(_ one: OutgoingInvitation, _ outcome: OutgoingInvitation.Outcome) async {
        let metadata: Logger.Metadata = ["invitation": "\(one.invitation.id)"]
        let end = world.now() + settings.lease
        while true {
            do {
                let now = world.now()
                // One row by its own key: nothing here rests on what was read before.
                let isSettled = try await database.write(.insertOnly) { [world] tx in
                    try one.settle(outcome, world: world, at: now, in: tx)
                }
                if !isSettled { log.error("an invitation was given up meanwhile", metadata: metadata) }
                return
            } catch  where world.now() < end {
                log.error("cannot write how a message went", metadata: metadata)
                try? await Task.sleep(for: settings.retry)
            } catch {
                return log.error("nobody knows how a message went", metadata: metadata)
            }
        }
    }
}

extension OutgoingInvitation.Outcome {
    /// What a carrier does not name is nobody's knowledge.
    init(_ result: Result<MailReceipt, any Error>) {
        switch result {
        case .success(let receipt): self = .sent(reply: receipt.reply)
        case .failure(let failure as MailFailure):
            switch failure.kind {
            case .refused: self = .refused(reason: failure.reason)
            case .later: self = .later(reason: failure.reason)
            case .relay: self = .relay(reason: failure.reason)
            case .uncertain: self = .uncertain(reason: failure.reason)
            }
        case .failure(let error): self = .uncertain(reason: "\(error)")
        }
    }
}
