import Dispatch

/// One file: one writer with group commit, and readers that never wait for it.
package final class SQLiteDatabase: Database {
    package let dialect = Dialect.sqlite
    private let path: String
    private let commits: CommitQueue
    private let reads: CommitQueue
    private let checkpointer: Checkpointer?

    /// Who waits for longer than `patience` is sent away. `committed` is called after each commit, on the
    /// writer's own queue: it must not block.
    package convenience init(
        path: String, readers: Int = 2, patience: Duration = .seconds(10),
        committed: @escaping @Sendable () -> Void = {}
    ) throws {
        try self.init(
            path: path, readers: readers, patience: Patience(waiting: patience, committing: patience),
            committed: committed)
    }

    init(
        path: String, readers: Int = 2, patience: Patience, committed: @escaping @Sendable () -> Void = {}
    ) throws {
        self.path = path
        if path != ":memory:" { try makePrivateFile(path, orUseExisting: true) }
        let writer = try SQLiteConnection(path: path, patience: patience)
        commits = CommitQueue([writer], largestBatch: 256, patience: patience, committed: committed)
        if path == ":memory:" {
            reads = commits  // Only the connection that made it sees it.
            checkpointer = nil
        } else {
            let checkpointer = try Checkpointer(path: path)
            self.checkpointer = checkpointer
            try writer.requireDurableCommits(checkpointer)
            let connections = try (0..<readers).map { _ in try SQLiteConnection(path: path, readOnly: true) }
            reads = CommitQueue(connections, largestBatch: 1, sharesSnapshots: true, patience: patience)
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
        await checkpointer?.end()
        await commits.close()
    }
}

extension SQLiteDatabase {
    /// A copy of this moment while others write, without free pages: what was erased is not in it.
    /// Refuses a file that exists.
    package func copy(to path: String) async throws {
        try await apart { connection in
            try makePrivateFile(path, orUseExisting: false)
            try connection.run("VACUUM INTO \(path)")
            try syncToDisk(path)
        }
    }

    /// What is wrong with the file, in SQLite's words; nothing when it is sound.
    package func integrityCheck() async throws -> [String] {
        try await apart { connection in
            let damage = try connection.run("PRAGMA integrity_check").map { try $0.text("integrity_check") }
            let orphans = try connection.run("PRAGMA foreign_key_check").map { row in
                let (table, parent) = (try row.text("table"), try row.text("parent"))
                return "\(table) row \(try row.optionalInt("rowid") ?? 0) has no \(parent)"
            }
            return damage.filter { $0 != "ok" } + orphans
        }
    }

    /// On a connection of its own, so that no reader is missing meanwhile.
    private func apart<Value: Sendable>(
        _ work: @escaping @Sendable (SQLiteConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { [path] in
                continuation.resume(
                    with: Result { try work(SQLiteConnection(path: path, readOnly: true)) })
            }
        }
    }
}
