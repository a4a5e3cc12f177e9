package struct PostgresError: Error, Sendable {
    /// Five letters of the SQL standard and PostgreSQL's own, appendix A of its manual.
    package let sqlState: String
    package let message: String
}

/// A fixed number of connections: every write that waits goes with the next one that is free.
package final class PostgresDatabase: Database {
    private let commits: CommitQueue
    private let reads: CommitQueue
    package let dialect = Dialect.postgres

    /// `committed` is called after each commit, on a writer's own queue: it must not block.
    package init(
        url: String, writers: Int, readers: Int = 2, committed: @escaping @Sendable () -> Void = {}
    ) throws {
        let writing = try (0..<writers).map { _ in try PostgresConnection(url: url, readOnly: false) }
        let reading = try (0..<readers).map { _ in try PostgresConnection(url: url, readOnly: true) }
        commits = CommitQueue(writing, largestBatch: 256, committed: committed)
        reads = CommitQueue(reading, largestBatch: 1)
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
