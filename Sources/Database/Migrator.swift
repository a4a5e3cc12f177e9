package import Kernel

/// One step of the schema, frozen once released.
package struct Migration: Sendable {
    /// A time and a word, `20261125T1430_recovery_cases`, so that parallel branches do not clash.
    package let name: String
    package let statements: [SQL]

    package init(_ name: String, _ statements: [SQL]) {
        (self.name, self.statements) = (name, statements)
    }
}

/// Brings a database to the newest schema, once, however many processes start.
package struct Migrator: Sendable {
    /// The database holds steps that this program does not know: a newer program has been here.
    package struct SchemaIsNewer: Error {
        package let unknown: [String]
    }

    private let migrations: @Sendable (Dialect) -> [Migration]

    /// All steps in the order in which they were added.
    package init(_ migrations: @escaping @Sendable (Dialect) -> [Migration]) { self.migrations = migrations }

    /// The names of all steps, in the order in which they were added.
    package func names(in dialect: Dialect) -> [String] { migrations(dialect).map(\.name) }

    /// Only the steps of these names: the schema as it was.
    package func limited(to names: Set<String>) -> Migrator {
        Migrator { [migrations] dialect in migrations(dialect).filter { names.contains($0.name) } }
    }

    /// Runs what is missing in one transaction; the names of what was run. Throws `SchemaIsNewer`.
    @discardableResult
    package func migrate(_ database: any Database, at now: Timestamp) async throws -> [String] {
        // READ COMMITTED: what the holder of the lock did is seen by the statement after the wait.
        try await database.write(.insertOnly) { tx in
            try lock(tx)
            try tx.run(
                """
                CREATE TABLE IF NOT EXISTS migrations (
                  name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)
                """
            )
            let missing = try missing(in: tx)
            for migration in missing {
                for statement in migration.statements { try tx.run(statement) }
                try tx.run("INSERT INTO migrations (name, applied_at) VALUES (\(migration.name), \(now))")
            }
            return missing.map(\.name)
        }
    }

    /// What `migrate` would run. Throws `SchemaIsNewer`.
    package func pending(in database: any Database) async throws -> [String] {
        try await database.read { tx in
            let isThere =
                switch tx.dialect {
                case .sqlite: try tx.run("SELECT 1 AS found FROM sqlite_master WHERE name = 'migrations'")
                case .postgres: try tx.run("SELECT 1 AS found WHERE to_regclass('migrations') IS NOT NULL")
                }
            return try isThere.isEmpty ? migrations(tx.dialect).map(\.name) : missing(in: tx).map(\.name)
        }
    }

    private func missing(in tx: any Connection) throws -> [Migration] {
        let known = migrations(tx.dialect)
        let applied = Set(try tx.run("SELECT name FROM migrations").map { try $0.text("name") })
        let unknown = applied.subtracting(known.map(\.name))
        guard unknown.isEmpty else { throw SchemaIsNewer(unknown: unknown.sorted()) }
        return known.filter { !applied.contains($0.name) }
    }

    /// SQLite's writer holds the file as it is.
    private func lock(_ tx: any Connection) throws {
        guard tx.dialect == .postgres else { return }
        try tx.run("SET LOCAL lock_timeout = 0")
        try tx.run("SET LOCAL statement_timeout = 0")
        try tx.run("SELECT pg_advisory_xact_lock(7203194)")
    }
}
