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
        try await TestDatabases.shared.make(on: self, isMigrated: true)
    }

    /// The same without any table.
    package func bareDatabase() async throws -> TestDatabase {
        try await TestDatabases.shared.make(on: self, isMigrated: false)
    }
}

/// A file or a database of the server that nobody else uses.
package final class TestDatabase: Database {
    package let inner: any Database
    /// Where a second process would find it: a path, or a URL.
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

/// Makes test databases and clears away what earlier runs left behind. The migrations run once in a process
/// for each backend, and every test gets a copy of what they made.
private actor TestDatabases {
    static let shared = TestDatabases()
    /// Many tests run at once, and a server has a limit of connections.
    private static let mostOnPostgres = 16

    private let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-tests-\(getpid())")
    private var made = 0
    private var living = 0
    private var hasFolder = false
    private var templates: [Backend: Task<String, any Error>] = [:]
    private var keeper: (any Database)?
    private var before: Task<Void, any Error>?

    func make(on backend: Backend, isMigrated: Bool) async throws -> TestDatabase {
        let template = isMigrated ? try await template(on: backend) : nil
        switch backend {
        case .sqlite:
            let path = try freePath()
            if let template { try FileManager.default.copyItem(atPath: template, toPath: path) }
            return TestDatabase(try SQLiteDatabase(path: path, readers: 1), at: path) {
                for ending in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: path + ending)
                }
            }
        case .postgres:
            // A test that holds several must not wait for itself for ever.
            for _ in 0..<3000 where living >= Self.mostOnPostgres {
                try await Task.sleep(for: .milliseconds(20))
            }
            living += 1
            let name = try await newDatabase(like: template ?? "template0"), address = try address(of: name)
            let database = try PostgresDatabase(url: address, writers: 2, readers: 1)
            return TestDatabase(database, at: address) { [self] in
                try? await alone("DROP DATABASE \(name) WITH (FORCE)")
                await letGo()
            }
        }
    }

    /// The path of a file, or the name of a database, that holds what the migrations make.
    private func template(on backend: Backend) async throws -> String {
        if let begun = templates[backend] { return try await begun.value }
        let making = Task {
            switch backend {
            case .sqlite:
                let path = try freePath(), file = try SQLiteDatabase(path: freePath(), readers: 1)
                try await Schema.migrator.migrate(file, at: Timestamp(milliseconds: 0))
                try await file.copy(to: path)
                return path
            case .postgres:
                let name = try await newDatabase(like: "template0")
                let database = try PostgresDatabase(url: address(of: name), writers: 1, readers: 1)
                try await Schema.migrator.migrate(database, at: Timestamp(milliseconds: 0))
                await database.close()
                return name
            }
        }
        templates[backend] = making
        return try await making.value
    }

    private func letGo() { living -= 1 }

    private func freePath() throws -> String {
        if !hasFolder { try makeFolder() }
        hasFolder = true
        made += 1
        return folder.appending(path: "test_\(made).db").path
    }

    private func makeFolder() throws {
        let parent = folder.deletingLastPathComponent()
        for name in try FileManager.default.contentsOfDirectory(atPath: parent.path)
        where name.hasPrefix("rapport-tests-") && !isRunning(name.split(separator: "-").last) {
            try? FileManager.default.removeItem(at: parent.appending(path: name))
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Its name. The files are copied as they are: a copy by way of the log would be written twice.
    private func newDatabase(like template: String) async throws -> String {
        made += 1
        let name = "test_\(getpid())_\(made)"
        let locale = template == "template0" ? "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'" : ""
        try await alone(
            "CREATE DATABASE \(name) TEMPLATE \(template) ENCODING 'UTF8' \(locale) STRATEGY file_copy")
        return name
    }

    private func address(of database: String) throws -> String {
        var url = try #require(Backend.postgresURL.flatMap { URLComponents(string: $0) })
        url.path = "/" + database
        return try #require(url.string)
    }

    /// Outside of any transaction: the one that `write` has begun is ended first. One after the other, for
    /// `write` puts several that wait into one.
    private func alone(_ statement: String) async throws {
        let turn = Task { [before] in
            _ = await before?.result
            try await openKeeper().write { tx in
                for text in ["COMMIT", statement, "BEGIN"] { try tx.run(SQL(stringLiteral: text)) }
            }
        }
        before = turn
        try await turn.value
    }

    private func openKeeper() async throws -> any Database {
        if let keeper { return keeper }
        let database = try PostgresDatabase(url: #require(Backend.postgresURL), writers: 1, readers: 1)
        keeper = database
        let left = try await database.read { tx in
            try tx.run("SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'test\\_%'")
                .map { try $0.text("name") }
        }
        for name in left where !isRunning(name.split(separator: "_").dropFirst().first) {
            _ = try? await database.write { tx in
                for text in ["COMMIT", "DROP DATABASE IF EXISTS \(name) WITH (FORCE)", "BEGIN"] {
                    try tx.run(SQL(stringLiteral: text))
                }
            }
        }
        return database
    }

    private func isRunning(_ process: Substring?) -> Bool {
        guard let number = process.flatMap({ pid_t($0) }) else { return false }
        return kill(number, 0) == 0
    }
}
