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
    private let effect: Effect

    /// `kinds` are those that the effect sees, all when empty; the cursor passes the others by.
    package init(_ name: String, kinds: [EventKind] = [], effect: @escaping Effect) {
        self.name = name
        self.kinds = kinds
        self.effect = effect
    }

    /// How many positions the cursor moved. One whose last try failed takes one event at a time, so that all
    /// before the bad one are taken in and the bad one is named.
    func advance(account: Int64, limit: Int, at now: Timestamp, in database: any Database) async throws -> Int
    {
        try await database.write { tx in
            let place = try Standing.find(name, account, in: tx)
            guard place.behind > 0, (place.retryAt ?? now) <= now else { return 0 }
            let through = place.position + min(place.behind, place.failures > 0 ? 1 : limit)
            let events = try events(account, after: place.position, through: through, in: tx)
            if !events.isEmpty { try effect(account, events, tx) }
            try moveCursor(account, to: through, in: tx)
            return through - place.position
        }
    }
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
    }

    /// After the first failure in a row 1 s, doubled each time, at most 5 minutes.
    static func pause(after failures: Int) -> Duration {
        backOff(after: failures, first: .seconds(1), longest: .seconds(300))
    }
}
