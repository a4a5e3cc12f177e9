package import Database
package import Kernel

/// Moves events from `unsealed_events` into `events`: a gapless position per account, and one link of its
/// chain per batch. So submits never wait for a chain.
package struct Sealer: Sendable {
    /// What one go did. An account whose chain cannot go on stops nobody else.
    package struct Outcome: Sendable {
        package fileprivate(set) var sealed = 0
        package fileprivate(set) var failures: [Int64: any Error] = [:]
    }

    private let database: any Database
    /// Events of one account that share a link and a transaction.
    private let largestBatch: Int

    package init(database: any Database, largestBatch: Int = Follower.serving) {
        self.database = database
        self.largestBatch = largestBatch
    }

    /// Seals what waits in `accounts`, all at once, so that they share a commit. Throws `LeaseLost` as soon
    /// as `lease` is no longer ours: then somebody else seals.
    package func seal(
        _ accounts: some Sequence<Int64>, under lease: Lease, at now: @escaping @Sendable () -> Timestamp
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: (Int64, Result<Int, any Error>).self) { [largestBatch] group in
            for account in accounts {
                group.addTask {
                    do {
                        let count = try await database.write { tx in
                            try lease.require(at: now(), in: tx)
                            return try Self.seal(account, limit: largestBatch, in: tx)
                        }
                        return (account, .success(count))
                    } catch let lost as LeaseLost {
                        throw lost
                    } catch {
                        return (account, .failure(error))
                    }
                }
            }
            return try await group.reduce(into: Outcome()) { outcome, one in
                switch one.1 {
                case .success(let count): outcome.sealed += count
                case .failure(let error): outcome.failures[one.0] = error
                }
            }
        }
    }
}
