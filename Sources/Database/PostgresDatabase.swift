package import Logging

/// A fixed number of connections: every write that waits goes with the next one that is free.
package final class PostgresDatabase: Database {
    package let dialect = Dialect.postgres
    private let commits: CommitQueue
    private let reads: CommitQueue

    /// `url` goes to libpq as it is, so it may name several hosts; of those the one that takes writes is
    /// used. Connections are opened when they are first needed, but for one that proves that the server is
    /// there. Who waits for longer than `patience` is sent away. `committed` is called after each commit, on
    /// a writer's own queue: it must not block.
    package convenience init(
        url: String, writers: Int, readers: Int = 2, patience: Duration = .seconds(10),
        log: Logger = Logger(label: "database"), committed: @escaping @Sendable () -> Void = {}
    ) throws {
        try self.init(
            url: url, writers: writers, readers: readers,
            patience: Patience(waiting: patience, committing: patience), log: log, committed: committed)
    }

    init(
        url: String, writers: Int, readers: Int, patience: Patience, log: Logger = Logger(label: "database"),
        committed: @escaping @Sendable () -> Void = {}
    ) throws {
        let writing = (0..<writers).map { _ in PostgresConnection(url: url, readOnly: false, log: log) }
        let reading = (0..<readers).map { _ in PostgresConnection(url: url, readOnly: true, log: log) }
        try writing.first?.connect()
        commits = CommitQueue(writing, largestBatch: 256, patience: patience, committed: committed)
        reads = CommitQueue(reading, largestBatch: 1, sharesSnapshots: true, patience: patience)
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await reads.perform(.serializable, body)
    }

    package func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await commits.perform(isolation, body)
    }

    package func close() async {
        await reads.close()
        await commits.close()
    }
}
