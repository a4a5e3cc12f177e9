package struct SQLiteError: Error, Sendable {
    /// SQLite's extended result code.
    package let code: Int32
    package let message: String
}

/// One file: one writer with group commit, and readers that never wait for it.
package final class SQLiteDatabase: Database {
    private let commits: CommitQueue
    private let reads: CommitQueue
    package let dialect = Dialect.sqlite

    /// `committed` is called after each commit, on the writer's own queue: it must not block.
    package init(path: String, readers: Int = 2, committed: @escaping @Sendable () -> Void = {}) throws {
        let writer = try SQLiteConnection(path: path)
        commits = CommitQueue([writer], largestBatch: 256, committed: committed)
        if path == ":memory:" {
            reads = commits  // Only the connection that made it sees it.
        } else {
            try writer.requireDurableCommits()
            let connections = try (0..<readers).map { _ in try SQLiteConnection(path: path, readOnly: true) }
            reads = CommitQueue(connections, largestBatch: 1)
        }
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await reads.perform(.serializable, body)
    }
    package func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        // SQLite knows one isolation, so all bodies may share a batch.
        try await commits.perform(.serializable, body)
    }
    package func close() async {
        await reads.close()
        await commits.close()
    }
}
