import TestKit
import Testing

@testable import Database

@Suite(.enabled(if: Backend.available.contains(.postgres)))
struct PostgresFaultTests {
    private func tally(_ patience: Patience = Patience()) async throws -> (TestDatabase, PostgresDatabase) {
        let keeper = try await Backend.postgres.bareDatabase()
        try await keeper.write { tx in try tx.run("CREATE TABLE tally (id BIGINT PRIMARY KEY)") }
        return (keeper, try PostgresDatabase(url: keeper.address, writers: 1, readers: 1, patience: patience))
    }

    private func process(of database: PostgresDatabase) async throws -> Int {
        try await database.write { tx in try tx.run("SELECT pg_backend_pid() AS pid")[0].int("pid") }
    }

    private func kill(_ process: Int, by keeper: TestDatabase) async throws {
        _ = try await keeper.read { tx in
            try tx.run("SELECT pg_terminate_backend(CAST(\(process) AS INTEGER), 5000) AS done")
        }
    }

    @Test func `a write after its server process was killed connects anew`() async throws {
        let (keeper, database) = try await tally()
        let before = try await process(of: database)
        try await kill(before, by: keeper)
        try await database.write { tx in try tx.run("INSERT INTO tally VALUES (\(1))") }
        #expect(try await process(of: database) != before)
        #expect(try await database.read { tx in try tx.run("SELECT id FROM tally").count } == 1)
    }

    @Test func `a body whose server process is killed under it runs again, once`() async throws {
        let (keeper, database) = try await tally()
        let runs = Tally()
        try await database.write { tx in
            try tx.run("INSERT INTO tally VALUES (\(1))")
            let mine = try tx.run("SELECT pg_backend_pid() AS pid")[0].int("pid")
            if runs.add() == 1 {
                let gone = DispatchGate()
                Task {
                    try await kill(mine, by: keeper)
                    gone.open()
                }
                gone.wait()
            }
            try tx.run("INSERT INTO tally VALUES (\(2))")
        }
        #expect(runs.count == 2)
        #expect(try await database.read { tx in try tx.run("SELECT id FROM tally").count } == 2)
    }

    /// What runs in the middle of COMMIT.
    private func atCommit(_ statement: StaticString, in keeper: TestDatabase) async throws {
        try await keeper.write { tx in
            try tx.run(
                """
                CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN PERFORM \(verbatim: statement); RETURN NULL; END'
                """)
            try tx.run(
                """
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON tally DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION at_commit()
                """)
        }
    }

    @Test func `a commit whose answer is lost is never run again`() async throws {
        let (keeper, database) = try await tally()
        try await atCommit("pg_terminate_backend(pg_backend_pid())", in: keeper)
        let runs = Tally()
        await #expect(throws: OutcomeUnknown.self) {
            try await database.write { tx in
                runs.add()
                try tx.run("INSERT INTO tally VALUES (\(1))")
            }
        }
        #expect(runs.count == 1)
        #expect(try await database.write { tx in try tx.run("SELECT id FROM tally").count } == 0)
    }

    @Test func `a commit that hangs is unknown, and may yet be done`() async throws {
        let (keeper, database) = try await tally(Patience(committing: .milliseconds(300)))
        try await atCommit("pg_sleep(2)", in: keeper)
        await #expect(throws: OutcomeUnknown.self) {
            try await database.write { tx in try tx.run("INSERT INTO tally VALUES (\(1))") }
        }
        await database.close()
        #expect(try await keeper.read { tx in try tx.run("SELECT id FROM tally").count } == 1)
    }

    @Test func `a warning in the answer to a commit is not an acknowledgement`() async throws {
        let (keeper, database) = try await tally()
        try await keeper.write { tx in
            try tx.run(
                """
                CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN RAISE WARNING ''might not have been replicated''; RETURN NULL; END'
                """)
            try tx.run(
                """
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON tally DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION at_commit()
                """)
        }
        await #expect(throws: OutcomeUnknown.self) {
            try await database.write { tx in try tx.run("INSERT INTO tally VALUES (\(1))") }
        }
    }

    @Test func `of several hosts the one that answers is used`() async throws {
        let url = try #require(Backend.postgresURL)
        let host = try #require(url.split(separator: "@").last?.split(separator: "/").first)
        let several = url.replacing(host, with: "127.0.0.1:1,\(host)")
        let database = try PostgresDatabase(url: several, writers: 1, readers: 1)
        #expect(try await database.write { tx in try tx.run("SELECT 1 AS one")[0].int("one") } == 1)
        await database.close()
    }

    @Test func `a server that is not there is unavailable, not a bug`() {
        #expect(throws: DatabaseUnavailable.self) {
            try PostgresDatabase(url: "postgres://nobody@127.0.0.1:1/none", writers: 1)
        }
    }

    @Test func `a row that another session holds for too long makes us busy`() async throws {
        let keeper = try await Backend.postgres.bareDatabase()
        try await keeper.write { tx in
            try tx.run("CREATE TABLE tally (id BIGINT PRIMARY KEY)")
            try tx.run("INSERT INTO tally VALUES (1)")
        }
        let hasty = try PostgresDatabase(
            url: keeper.address + "?options=-clock_timeout%3D100", writers: 1, readers: 1)
        let held = DispatchGate(), tried = DispatchGate()
        async let holder: Void = keeper.write { tx in
            try tx.run("SELECT id FROM tally WHERE id = 1 \(.forUpdate)")
            held.open()
            tried.wait()
        }
        try await held.opened()
        await #expect(throws: DatabaseBusy.self) {
            try await hasty.write(.insertOnly) { tx in try tx.run("DELETE FROM tally WHERE id = 1") }
        }
        tried.open()
        try await holder
    }

    @Test func `whoever finds a key taken after it looked runs again and finds it`() async throws {
        let database = try await Backend.postgres.bareDatabase()
        try await database.write { tx in try tx.run("CREATE TABLE tally (id BIGINT PRIMARY KEY)") }
        let meeting = Meeting(on: .postgres)
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 1...2 {
                group.addTask {
                    try await database.write { tx in
                        guard try tx.run("SELECT id FROM tally WHERE id = 1").isEmpty else { return false }
                        meeting.meet()
                        try tx.run("INSERT INTO tally VALUES (1)")
                        return true
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.sorted { !$0 && $1 } == [false, true])
    }

    @Test func `a key that is taken for good is told as it is`() async throws {
        let database = try await Backend.postgres.bareDatabase()
        try await database.write { tx in
            try tx.run("CREATE TABLE tally (id BIGINT PRIMARY KEY)")
            try tx.run("INSERT INTO tally VALUES (1)")
        }
        let told = await #expect(throws: PostgresError.self) {
            try await database.write { tx in try tx.run("INSERT INTO tally VALUES (1)") }
        }
        #expect(told?.sqlState == "23505")
    }

    @Test func `a commit is never acknowledged before it is on disk`() async throws {
        let keeper = try await Backend.postgres.bareDatabase()
        let lax = try PostgresDatabase(
            url: keeper.address + "?options=-csynchronous_commit%3Doff", writers: 1, readers: 1)
        let setting = try await lax.write { tx in try tx.run("SHOW synchronous_commit")[0].values[0] }
        #expect(setting == .text("on"))
    }

    @Test func `how rows are spread is learned once, and anew when half of them have changed`() async throws {
        let database = try await Backend.postgres.bareDatabase()
        func known(afterAdding count: Int) async throws -> Int {
            try await database.write { tx in
                try tx.run("INSERT INTO tally (n) SELECT * FROM generate_series(1, \(count)::bigint)")
                // Else others hear of it a second later.
                try tx.run("SELECT pg_stat_force_next_flush()")
            }
            try await database.learnSpread()
            return try await database.read { tx in
                try tx.run("SELECT reltuples::bigint AS n FROM pg_class WHERE oid = 'tally'::regclass")[0]
                    .int("n")
            }
        }
        try await database.write { tx in try tx.run("CREATE TABLE tally (n BIGINT)") }
        #expect(try await known(afterAdding: 1000) == 1000)
        #expect(try await known(afterAdding: 100) == 1000)
        #expect(try await known(afterAdding: 1000) == 2100)
    }
}
