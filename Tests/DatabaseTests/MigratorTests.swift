import Database
import Kernel
import TestKit
import Testing

@Suite struct MigratorTests {
    private let noon = Timestamp(milliseconds: 1_800_000_000_000)
    private func migrator(_ names: [String]) -> Migrator {
        Migrator { _ in
            names.map { name in
                Migration(
                    name,
                    name == "one" ? ["CREATE TABLE first (id \(.id))"] : ["CREATE TABLE second (id \(.id))"])
            }
        }
    }

    @Test(arguments: Backend.available)
    func `each step runs once, in order`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        #expect(try await migrator(["one"]).pending(in: database) == ["one"])
        #expect(try await migrator(["one"]).migrate(database, at: noon) == ["one"])
        #expect(try await migrator(["one", "two"]).migrate(database, at: noon) == ["two"])
        #expect(try await migrator(["one", "two"]).migrate(database, at: noon) == [])
        #expect(try await migrator(["one", "two"]).pending(in: database) == [])
    }

    @Test(arguments: Backend.available)
    func `a database of a newer program is refused`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        try await migrator(["one", "two"]).migrate(database, at: noon)
        await #expect(throws: Migrator.SchemaIsNewer.self) {
            try await migrator(["one"]).migrate(database, at: noon)
        }
    }

    @Test(arguments: Backend.available)
    func `processes that start at once migrate once`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        let others = try (1...4).map { _ in try database.another() }
        let runs = try await withThrowingTaskGroup(of: [String].self) { group in
            for other in others {
                group.addTask { try await migrator(["one", "two"]).migrate(other, at: noon) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(runs.filter { $0 == ["one", "two"] }.count == 1)
        #expect(runs.filter(\.isEmpty).count == 3)
    }

    @Test(arguments: Backend.available)
    func `a step that fails leaves nothing behind`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        let broken = Migrator { _ in
            [Migration("one", ["CREATE TABLE first (id \(.id))", "INSERT INTO nowhere VALUES (1)"])]
        }
        await #expect(throws: (any Error).self) { try await broken.migrate(database, at: noon) }
        #expect(try await migrator(["one"]).migrate(database, at: noon) == ["one"])
    }
}

@Suite struct SchemaTests {
    @Test(arguments: Backend.available)
    func `every table of the product stands on both engines`(backend: Backend) async throws {
        let tables = try await backend.emptyDatabase().read { tx in
            switch tx.dialect {
            case .sqlite: try tx.run("SELECT name FROM sqlite_master WHERE type = 'table'")
            case .postgres:
                try tx.run("SELECT table_name::text AS name FROM information_schema.tables")
            }
        }
        let names = Set(try tables.map { try $0.text("name") })
        #expect(names.isSuperset(of: ["migrations", "events", "jobs", "responses", "response_search"]))
    }
}
