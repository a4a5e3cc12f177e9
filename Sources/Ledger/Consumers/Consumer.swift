package import Database
package import Kernel

/// Follows the sealed events of every account. Its cursor moves in the transaction of the effect: exactly
/// once, however often a process dies.
package struct Consumer: Sendable {
    /// Takes in events of one account, in order. Runs inside a transaction that may run again, so it has no
    /// effect outside it.
    package typealias Effect = @Sendable (_ account: Int64, [SealedEvent], any Connection) throws -> Void

    /// Stored beside the cursor: a new name begins again at the first event.
    package let name: String
    let kinds: [EventKind]
    /// How many events the effect takes in at once, however many the cursor passes.
    private let atOnce: Int
    private let effect: Effect

    /// `kinds` are those that the effect sees, all when empty; the cursor passes the others by.
    package init(
        _ name: String, kinds: [EventKind] = [], atOnce: Int = 1000, effect: @escaping Effect
    ) {
        self.name = name
        self.kinds = kinds
        self.atOnce = atOnce
        self.effect = effect
    }

    /// How many positions the cursor moved.
    func advance(account: Int64, limit: Int, at now: Timestamp, in database: any Database) async throws -> Int
    {
        try await Consumer.advance([self], account: account, limit: limit, at: now, in: database)
    }

    /// The same for consumers that stand at one place: they read the events once and share a transaction.
    /// Those that stand further ahead by now are left out.
    ///
    /// One whose last try failed goes alone, and takes one event at a time, so that all before the bad one
    /// are taken in and the bad one is named.
    static func advance(
        _ group: [Consumer], account: Int64, limit: Int, at now: Timestamp, in database: any Database
    ) async throws -> Int {
        try await database.write { tx in
            let places = try zip(group, Standing.find(group.map(\.name), account, in: tx)).filter {
                $0.1.isReady(at: now) && (group.count == 1 || $0.1.failures == 0)
            }
            guard let first = places.map(\.1).min(by: { $0.position < $1.position }) else { return 0 }
            let going = places.filter { $0.1.position == first.position }.map(\.0)
            let through = first.position + min(first.behind, first.failures > 0 ? 1 : limit)
            let events = try Self.events(for: going, account, after: first.position, through: through, in: tx)
            for consumer in going {
                let theirs = consumer.kinds.isEmpty ? events : events.filter(consumer.takes)
                try consumer.take(theirs, of: account, in: tx)
            }
            try moveCursors(of: going, account, to: through, in: tx)
            return through - first.position
        }
    }

    private func take(_ events: [SealedEvent], of account: Int64, in tx: any Connection) throws {
        if events.count > atOnce {
            for start in stride(from: 0, to: events.count, by: atOnce) {
                try effect(account, Array(events[start..<min(start + atOnce, events.count)]), tx)
            }
        } else if !events.isEmpty {
            try effect(account, events, tx)
        }
    }

    private func takes(_ event: SealedEvent) -> Bool { kinds.contains(event.kind) }
}

extension Consumer {
    /// Where one consumer stands in one account: what an operator looks at.
    package struct Standing: Equatable, Sendable {
        package let name: String
        package let account: Int64
        package let position: Int
        package let head: Int
        /// In a row; 0 when the last try went well.
        package let failures: Int
        package let lastError: String?
        /// `nil` when it need not wait.
        package let retryAt: Timestamp?

        package var behind: Int { max(0, head - position) }

        /// There is something to take in, and no failure to wait after.
        func isReady(at now: Timestamp) -> Bool { behind > 0 && (retryAt ?? now) <= now }
    }

    /// After the first failure in a row 1 s, doubled each time, at most 5 minutes.
    static func pause(after failures: Int) -> Duration {
        backOff(after: failures, first: .seconds(1), longest: .seconds(300))
    }
}
