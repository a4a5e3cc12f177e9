package import Database
package import Kernel
import Ledger
import Logging
package import Outbound

/// Takes in what comes to one mailbox, on one node at a time.
///
/// - **Invariant:** how far it has read is written in the transaction of a message's effect.
/// - **Invariant:** a mailbox that cannot be read is an alarm for the operator, and nothing else stops.
package final class MailboxPoller: Sendable {
    package struct Settings: Sendable {
        /// Between looks.
        package var pause = Duration.seconds(20)
        /// Longer than one message takes.
        package var lease = Duration.seconds(300)
        /// Messages in one look; the next comes at once where there were more.
        package var most = 100
        package init() {}
    }

    private let database: any Database
    private let world: World
    private let holder: String
    private let source: any MailSource
    private let intake: MailIntake
    private let settings: Settings
    private let log = Logger(label: "mailbox")

    package init(
        database: any Database, world: World, holder: String, source: any MailSource, intake: MailIntake,
        settings: Settings = Settings()
    ) {
        self.database = database
        self.world = world
        self.holder = holder
        self.source = source
        self.intake = intake
        self.settings = settings
    }

    /// Works until cancelled.
    package func run() async {
        repeat {
            while await poll() >= settings.most, !Task.isCancelled {}
        } while (try? await Task.sleep(for: settings.pause)) != nil
    }

    /// One look; how many messages were taken in.
    @discardableResult
    package func poll() async -> Int {
        var taken = 0
        do {
            guard let lease = try await lease() else { return 0 }
            let poll = try await database.read { [source] tx in
                try MailboxPoll.find(source.name, in: tx)
            }
            let isKnown = poll.validity > 0
            let (validity, found) = try await source.look(
                after: poll.lastNumber, within: isKnown ? poll.validity : nil)
            for number in found.prefix(settings.most) {
                try await take(number, validity, lease)
                taken += 1
            }
            try await note { poll, now in
                (poll.polledAt, poll.failures, poll.reason, poll.failingSince) = (now, 0, nil, nil)
            }
            if let lease = try await self.lease() {
                try await database.write { tx in try lease.release(in: tx) }
            }
        } catch is LeaseLost {
            log.notice("another node reads the mailbox now")
        } catch {
            log.error("cannot read the mailbox", metadata: ["reason": "\(FailureReason(error))"])
            try? await note { poll, now in
                poll.failures += 1
                poll.reason = FailureReason(error).description
                poll.failingSince = poll.failingSince ?? now
            }
        }
        return taken
    }

    /// `nil` while another node reads it.
    private func lease() async throws -> Lease? {
        try await database.write { [source, holder, settings, world] tx in
            try Lease.take(
                "mailbox \(source.name)", holder: holder, for: settings.lease, at: world.now(), in: tx)
        }
    }

    private func take(_ number: Int64, _ validity: Int64, _ lease: Lease) async throws {
        let mail = try await source.message(number).map { [intake] in intake.read($0) }
        try await database.write { [source, intake, world] tx in
            try lease.require(at: world.now(), in: tx)
            if let mail { _ = try intake.take(mail, account: nil, in: tx) }
            var poll = try MailboxPoll.find(source.name, in: tx)
            (poll.validity, poll.lastNumber, poll.taken) = (validity, number, poll.taken + 1)
            try poll.save(in: tx)
        }
        await source.markSeen(number)
    }

    private func note(_ change: @escaping @Sendable (inout MailboxPoll, Timestamp) -> Void) async throws {
        try await database.write { [source, world] tx in
            var poll = try MailboxPoll.find(source.name, in: tx)
            change(&poll, world.now())
            try poll.save(in: tx)
        }
    }
}
