package import Database
import Foundation
import Kernel
import Schema
import Testing

/// A database that tests run on: one test, an argument for each.
package enum Backend: String, Sendable, CustomTestStringConvertible {
    case sqlite, postgres

    /// SQLite always, PostgreSQL when `TEST_POSTGRES_URL` says where.
    package static let available: [Backend] = postgresURL == nil ? [.sqlite] : [.sqlite, .postgres]

    package static let postgresURL = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"].flatMap {
        $0.isEmpty ? nil : $0
    }

    package var testDescription: String { rawValue }

    /// A database of its own for one test, gone when the test lets go of it.
    package func emptyDatabase() async throws -> TestDatabase {
        let database = try await bareDatabase()
        try await Schema.migrator.migrate(database, at: Timestamp(milliseconds: 0))
        return database
    }

    /// The same without any table.
    package func bareDatabase() async throws -> TestDatabase {
        try await TestDatabases.shared.make(on: self)
    }
}

/// A file or a schema that nobody else uses.
package final class TestDatabase: Database {
    package let inner: any Database
    /// Where a second process would find it: a path, or a URL that names its schema.
    package let address: String
    private let drop: @Sendable () async -> Void

    package var dialect: Dialect { inner.dialect }

    init(_ inner: any Database, at address: String, drop: @escaping @Sendable () async -> Void) {
        self.inner = inner
        self.address = address
        self.drop = drop
    }

    deinit {
        Task { [inner, drop] in
            await inner.close()
            await drop()
        }
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await inner.read(body)
    }
    package func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await inner.write(isolation, body)
    }
    package func close() async { await inner.close() }

    /// The same database as another process would open it.
    package func another() throws -> any Database {
        switch dialect {
        case .sqlite: try SQLiteDatabase(path: address, readers: 1)
        case .postgres: try PostgresDatabase(url: address, writers: 1, readers: 1)
        }
    }
}

/// Makes test databases and clears away what earlier runs left behind.
private actor TestDatabases {
    static let shared = TestDatabases()
    /// Many tests run at once, and a server has a limit of connections.
    private static let mostOnPostgres = 16

    private let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-tests-\(getpid())")
    private var made = 0
    private var living = 0
    private var schemas: (any Database)?

    func make(on backend: Backend) async throws -> TestDatabase {
        made += 1
        let name = "test_\(getpid())_\(made)"
        switch backend {
        case .sqlite: return try sqlite(name)
        case .postgres: return try await postgres(name)
        }
    }

    private func sqlite(_ name: String) throws -> TestDatabase {
        if made == 1 || !FileManager.default.fileExists(atPath: folder.path) { try makeFolder() }
        let path = folder.appending(path: "\(name).db").path
        return TestDatabase(try SQLiteDatabase(path: path, readers: 1), at: path) {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
    }

    private func makeFolder() throws {
        let parent = folder.deletingLastPathComponent()
        for name in try FileManager.default.contentsOfDirectory(atPath: parent.path)
        where name.hasPrefix("rapport-tests-") && !isRunning(name.split(separator: "-").last) {
            try? FileManager.default.removeItem(at: parent.appending(path: name))
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func postgres(_ schema: String) async throws -> TestDatabase {
        guard let url = Backend.postgresURL else { throw CancellationError() }
        let schemas = try await schemaKeeper(at: url)
        // A test that holds several must not wait for itself for ever.
        for _ in 0..<3000 where living >= Self.mostOnPostgres { try await Task.sleep(for: .milliseconds(20)) }
        living += 1
        _ = try await schemas.write { tx in try tx.run(SQL(stringLiteral: "CREATE SCHEMA \(schema)")) }
        let address = url + (url.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
        let database = try PostgresDatabase(url: address, writers: 2, readers: 1)
        return TestDatabase(database, at: address) { [self] in
            _ = try? await schemas.write { tx in
                try tx.run(SQL(stringLiteral: "DROP SCHEMA \(schema) CASCADE"))
            }
            await letGo()
        }
    }

    private func letGo() { living -= 1 }

    private func schemaKeeper(at url: String) async throws -> any Database {
        if let schemas { return schemas }
        let database = try PostgresDatabase(url: url, writers: 1, readers: 1)
        schemas = database
        let left = try await database.read { tx in
            try tx.run("SELECT nspname::text AS name FROM pg_namespace WHERE nspname LIKE 'test\\_%'")
                .map { try $0.text("name") }
        }
        for schema in left where !isRunning(schema.split(separator: "_").dropFirst().first) {
            _ = try? await database.write { tx in
                try tx.run(SQL(stringLiteral: "DROP SCHEMA IF EXISTS \(schema) CASCADE"))
            }
        }
        return database
    }

    private func isRunning(_ process: Substring?) -> Bool {
        guard let number = process.flatMap({ pid_t($0) }) else { return false }
        return kill(number, 0) == 0
    }
}
