import Database
import Kernel
import TestKit
import Testing

/// One text, two databases, equal rows.
@Suite struct ConformanceTests {
    private func scores(on backend: Backend) async throws -> TestDatabase {
        let database = try await backend.bareDatabase()
        try await database.write { tx in
            try tx.run(
                "CREATE TABLE scores (id \(.id), team TEXT, raw BIGINT NOT NULL, weight DOUBLE PRECISION)")
            let rows: [(Int, String?, Int, Double?)] = [
                (1, "east", 10, 0.5), (2, "east", 3, nil), (3, "west", 9, 1.5), (4, nil, 7, 2),
            ]
            for row in rows {
                try tx.run("INSERT INTO scores VALUES (\(row.0), \(row.1), \(row.2), \(row.3))")
            }
        }
        return database
    }

    @Test(arguments: Backend.available)
    func `a common table expression and FILTER count alike`(backend: Backend) async throws {
        let row = try await scores(on: backend).read { tx in
            try tx.run(
                """
                WITH teams AS (SELECT team, raw FROM scores WHERE team IS NOT NULL)
                SELECT COUNT(*) FILTER (WHERE raw >= \(9)) AS promoters, COUNT(*) AS n, SUM(raw) AS total
                FROM teams
                """)[0]
        }
        #expect(try [row.int("promoters"), row.int("n"), row.int("total")] == [2, 3, 22])
    }

    @Test(arguments: Backend.available)
    func `a mean of integers is a real`(backend: Backend) async throws {
        let row = try await scores(on: backend).read { tx in
            try tx.run(
                "SELECT AVG(CAST(raw AS DOUBLE PRECISION)) AS mean, SUM(weight) AS weight FROM scores")[0]
        }
        #expect(try row.double("mean") == 7.25)
        #expect(try row.double("weight") == 4)
    }

    @Test(arguments: Backend.available)
    func `a window numbers rows within its partition`(backend: Backend) async throws {
        let ranks = try await scores(on: backend).read { tx in
            try tx.run(
                """
                SELECT id, ROW_NUMBER() OVER (PARTITION BY team ORDER BY raw DESC) AS place
                FROM scores ORDER BY id
                """
            ).map { try $0.int("place") }
        }
        #expect(ranks == [1, 2, 1, 1])
    }

    @Test(arguments: Backend.available)
    func `an upsert returns what it wrote, and nothing when it did nothing`(backend: Backend) async throws {
        let database = try await scores(on: backend)
        let (updated, ignored) = try await database.write { tx in
            (
                try tx.run(
                    """
                    INSERT INTO scores (id, team, raw) VALUES (\(1), \("north"), \(4))
                    ON CONFLICT (id) DO UPDATE SET raw = scores.raw + excluded.raw RETURNING raw, team
                    """),
                try tx.run(
                    """
                    INSERT INTO scores (id, raw) VALUES (\(1), \(0)) ON CONFLICT (id) DO NOTHING RETURNING id
                    """
                )
            )
        }
        #expect(try updated.map { try $0.int("raw") } == [14])
        #expect(ignored.isEmpty)
    }

    @Test(arguments: Backend.available, [["east"], ["east", "west", "'); DROP TABLE scores; --"]])
    func `a list binds each of its values`(backend: Backend, teams: [String]) async throws {
        let n = try await scores(on: backend).read { tx in
            try tx.run("SELECT COUNT(*) AS n FROM scores WHERE team IN \(list: teams)")[0].int("n")
        }
        #expect(n == (teams.count == 1 ? 2 : 3))
    }

    @Test(arguments: Backend.available, [String?.none, "east", "south"])
    func `IS NOT DISTINCT FROM takes NULL for a value`(backend: Backend, team: String?) async throws {
        let n = try await scores(on: backend).read { tx in
            try tx.run("SELECT COUNT(*) AS n FROM scores WHERE team IS NOT DISTINCT FROM \(team)")[0].int("n")
        }
        #expect(n == (team == nil ? 1 : team == "east" ? 2 : 0))
    }

    @Test(arguments: Backend.available)
    func `fragments join with their values in order`(backend: Backend) async throws {
        let filters: [SQL] = ["raw > \(3)", "team = \("east")", "id IN \(list: [1, 2, 3])"]
        let ids = try await scores(on: backend).read { tx in
            try tx.run("SELECT id FROM scores WHERE \(filters.joined(" AND ")) LIMIT \(10)").map {
                try $0.int("id")
            }
        }
        #expect(ids == [1])
    }

    @Test(arguments: Backend.available)
    func `rows that are claimed are passed over by nobody else`(backend: Backend) async throws {
        let ids = try await scores(on: backend).write { tx in
            try tx.run(
                """
                UPDATE scores SET raw = 0
                WHERE id IN (SELECT id FROM scores WHERE raw > \(5) ORDER BY id LIMIT \(2) \(.skipLocked))
                RETURNING id
                """
            ).map { try $0.int("id") }
        }
        #expect(ids.sorted() == [1, 3])
    }

    @Test(arguments: Backend.available)
    func `the first NULL of a statement does not fix its type`(backend: Backend) async throws {
        let found = try await backend.bareDatabase().write { tx in
            try tx.run("CREATE TABLE notes (id \(.id), words TEXT, number DOUBLE PRECISION, counted BIGINT)")
            let values: [(String?, Double?, Int?)] = [
                (nil, nil, nil), ("", 0.25, 7), ("ą", -1e300, Int.min), (nil, nil, nil),
            ]
            for (id, value) in values.enumerated() {
                try tx.run("INSERT INTO notes VALUES (\(id), \(value.0), \(value.1), \(value.2))")
            }
            // Nothing beside the parameter says what it is.
            for (words, _, _) in values {
                try tx.run("SELECT CAST(\(words) AS TEXT) AS words, \(words) AS bare")
            }
            return try tx.run("SELECT * FROM notes ORDER BY id").map {
                ($0.optionalText, $0.optionalDouble, $0.optionalInt64)
            }.map { (try $0.0("words"), try $0.1("number"), try $0.2("counted")) }
        }
        #expect(found.map(\.0) == [nil, "", "ą", nil])
        #expect(found.map(\.1) == [nil, 0.25, -1e300, nil])
        #expect(found.map(\.2) == [nil, 7, Int64.min, nil])
    }

    @Test(arguments: Backend.available)
    func `a value typed only at run time may change its type`(backend: Backend) async throws {
        let values: [SQLValue] = [.null, .integer(5), .real(0.5), .null]
        let found = try await backend.bareDatabase().write { tx in
            try tx.run("CREATE TABLE notes (id \(.id), number DOUBLE PRECISION)")
            for (id, value) in values.enumerated() {
                try tx.run("INSERT INTO notes VALUES (\(id), \(value))")
            }
            return try tx.run("SELECT number FROM notes ORDER BY id").map { try $0.optionalDouble("number") }
        }
        #expect(found == [nil, 5, 0.5, nil])
    }

    @Test(arguments: Backend.available)
    func `more texts than are kept prepared still run`(backend: Backend) async throws {
        let total = try await backend.bareDatabase().write { tx in
            try (1...600).reduce(0) { sum, count in
                let list = Array(1...count % 600 + 1)
                return sum
                    + (try tx.run("SELECT CASE WHEN 1 IN \(list: list) THEN 1 ELSE 0 END AS n")[0].int("n"))
            }
        }
        #expect(total == 600)
    }

    @Test(arguments: Backend.available)
    func `two statements in one text are refused, not half run`(backend: Backend) async throws {
        let database = try await scores(on: backend)
        await #expect(throws: (any Error).self) {
            try await database.write { tx in try tx.run("DELETE FROM scores; DELETE FROM scores") }
        }
        #expect(try await database.read { tx in try tx.run("SELECT id FROM scores ;").count } == 4)
    }

    @Test(arguments: Backend.available)
    func `a text that PostgreSQL cannot store is refused by both`(backend: Backend) async throws {
        let database = try await scores(on: backend)
        await #expect(throws: UnstorableText.self) {
            try await database.write { tx in try tx.run("UPDATE scores SET team = \("a\u{0}b")") }
        }
        await #expect(throws: UnstorableText.self) {
            try await database.write { tx in
                try tx.load(
                    table: "scores", columns: ["id", "team", "raw"],
                    rows: [[.integer(9), .text("\0"), .integer(1)]])
            }
        }
    }

    @Test(arguments: Backend.available)
    func `a table that changes under a known query is read as it is now`(backend: Backend) async throws {
        let database = try await scores(on: backend)
        let columns = { @Sendable (tx: any Connection) in
            try tx.run("SELECT * FROM scores WHERE id = 1")[0].columns.count
        }
        #expect(try await database.write(columns) == 4)
        let other = try database.another()
        try await other.write { tx in try tx.run("ALTER TABLE scores ADD COLUMN late TEXT") }
        #expect(try await database.write(columns) == 5)
    }

    @Test(arguments: Backend.available)
    func `a misread column is an error with its name`(backend: Backend) async throws {
        let row = try await scores(on: backend).read { tx in
            try tx.run("SELECT team FROM scores WHERE id = 4")[0]
        }
        #expect(throws: RowError.self) { try row.text("team") }
        #expect(throws: RowError.self) { try row.int("absent") }
    }
}
