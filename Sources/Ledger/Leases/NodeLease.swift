package import Database
package import Kernel

/// The number that keeps one process's ids apart from another's: one of 1,024, leased, as a Snowflake carries
/// it.
///
/// A process that cannot renew it must stop making ids: `keep` throws.
package struct NodeLease: Equatable, Sendable {
    static let term = Duration.seconds(600)
    /// A number given back rests so long, in case the clock was set back meanwhile.
    static let rest = Duration.seconds(60)
    static let all: ClosedRange<Int64> = 0...1023

    package let node: Int64
    package let holder: String

    /// Renews it again and again until cancelled. Throws when the number may belong to somebody else by now.
    package func keep(
        in database: any Database, every pause: Duration = .seconds(60),
        now: @escaping @Sendable () -> Timestamp
    ) async throws {
        var safeUntil = now() + Self.term
        while (try? await Task.sleep(for: pause)) != nil {
            do {
                let renewed = now()
                try await database.write { tx in try renew(at: renewed, in: tx) }
                safeUntil = renewed + Self.term
            } catch  where !(error is LeaseLost) && now() < safeUntil {
                continue
            }
        }
    }
}

/// 1,024 processes hold all numbers: no ids can be made.
package struct NoNodeLeft: Error, Sendable {}
