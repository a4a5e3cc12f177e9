import Database
import Foundation
import TestKit
import Testing

/// The two committed pictures of the schema: a review of a migration sees in them what it does to each
/// database.
@Suite struct `The committed schema` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Snapshots")

    @Test(arguments: Backend.available)
    func `is what the migrations make`(backend: Backend) async throws {
        let database = try await backend.emptyDatabase()
        let made = try await database.read { tx in
            try (backend == .sqlite ? Self.sqlite(in: tx) : Self.postgres(in: tx)).joined(separator: "\n")
                + "\n"
        }
        let file = Self.folder.appending(path: "schema.\(backend.rawValue).sql")
        if ProcessInfo.processInfo.environment["RAPPORT_SNAPSHOTS"] == "write" {
            try made.write(to: file, atomically: true, encoding: .utf8)
        }
        let committed = try String(contentsOf: file, encoding: .utf8)
        #expect(made == committed, "stale: run make snapshot and read the diff")
    }

    /// As SQLite keeps it: the statements themselves.
    private static func sqlite(in tx: any Connection) throws -> [String] {
        try tx.run(
            """
            SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'response_search_%'
              AND name NOT LIKE 'sqlite_%'
            ORDER BY type DESC, name LIMIT 1000
            """
        ).map { try $0.text("sql") + ";" }
    }

    /// Columns, constraints and indexes as PostgreSQL tells them.
    private static func postgres(in tx: any Connection) throws -> [String] {
        let columns = try tx.run(
            """
            SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
            WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position LIMIT 5000
            """
        ).map { row in
            let null = try row.text("is_nullable") == "NO" ? " NOT NULL" : ""
            let type = try row.text("data_type")
            return "\(try row.text("table_name")).\(try row.text("column_name")) \(type)\(null);"
        }
        let constraints = try tx.run(
            """
            SELECT CAST(CAST(conrelid AS REGCLASS) AS TEXT) AS place, pg_get_constraintdef(oid) AS definition
            FROM pg_constraint WHERE connamespace = CAST(CAST(current_schema() AS TEXT) AS REGNAMESPACE)
            ORDER BY 1, 2 LIMIT 5000
            """
        ).map { "\(try $0.text("place")) \(try $0.text("definition"));" }
        let schema = try tx.run("SELECT CAST(current_schema() AS TEXT) AS name")[0].text("name")
        let indexes = try tx.run(
            """
            SELECT indexdef FROM pg_indexes WHERE schemaname = CAST(current_schema() AS TEXT)
            ORDER BY indexname LIMIT 5000
            """
        ).map { try $0.text("indexdef").replacing("\(schema).", with: "") + ";" }
        return columns + constraints.map { $0.replacing("\(schema).", with: "") } + indexes
    }
}
