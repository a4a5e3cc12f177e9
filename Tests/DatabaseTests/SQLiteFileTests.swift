import Foundation
import TestKit
import Testing

@testable import Database

@Suite struct SQLiteFileTests {
    private func tally() async throws -> TestDatabase {
        let database = try await Backend.sqlite.bareDatabase()
        try await database.write { tx in try tx.run("CREATE TABLE tally (id \(.id), note TEXT)") }
        return database
    }
    private func count(_ database: some Database) async throws -> Int {
        try await database.read { tx in try tx.run("SELECT COUNT(*) AS n FROM tally")[0].int("n") }
    }

    @Test func `a commit is on disk before it is acknowledged`() async throws {
        let settings = try await tally().write { tx in
            (
                try tx.run("PRAGMA journal_mode")[0].text("journal_mode"),
                try tx.run("PRAGMA synchronous")[0].int("synchronous")
            )
        }
        #expect(settings == ("wal", 2))
    }

    @Test func `the file and its copies are its owner's alone`() async throws {
        let database = try await tally()
        let copy = database.address + ".private"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try await (database.inner as? SQLiteDatabase)?.copy(to: copy)
        for path in [database.address, database.address + "-wal", copy] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(path)")
        }
    }

    @Test func `the log is brought into the file beside the writer, and begins anew`() async throws {
        let database = try await tally()
        func size(_ path: String) throws -> Int {
            try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        }
        // 160 MiB in all, ten times what is gathered before it is worth a sync of the file.
        let note = String(repeating: "x", count: 1 << 20)
        for number in 1...160 {
            try await database.write { tx in
                try tx.run("INSERT INTO tally (id, note) VALUES (\(number), \(note))")
            }
        }
        #expect(try size(database.address + "-wal") < 96 << 20)
        #expect(try size(database.address) > 64 << 20)
        #expect(try await count(database) == 160)
        await (database.inner as? SQLiteDatabase)?.close()
        #expect(!FileManager.default.fileExists(atPath: database.address + "-wal"))
        #expect(try size(database.address) > 160 << 20)
    }

    @Test func `two processes write to one file and lose nothing`() async throws {
        let server = try await tally()
        let command = try server.another()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...150 {
                group.addTask {
                    _ = try await server.write { tx in try tx.run("INSERT INTO tally (id) VALUES (\(number))")
                    }
                }
                group.addTask {
                    _ = try await command.write { tx in
                        try tx.run("INSERT INTO tally (id) VALUES (\(-number))")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await count(server) == 300)
    }

    @Test func `a process that keeps the file for too long makes the other busy, not wrong`() async throws {
        let server = try await tally()
        let hasty = try SQLiteDatabase(
            path: server.address, readers: 1, patience: Patience(forOtherProcesses: .milliseconds(50)))
        let held = DispatchGate(), tried = DispatchGate()
        async let holder: Void = server.write { tx in
            try tx.run("INSERT INTO tally (id) VALUES (\(1))")
            held.open()
            tried.wait()
        }
        try await held.opened()
        await #expect(throws: DatabaseBusy.self) {
            try await hasty.write { tx in try tx.run("INSERT INTO tally (id) VALUES (\(2))") }
        }
        #expect(try await count(hasty) == 0)
        tried.open()
        try await holder
        try await hasty.write { tx in try tx.run("INSERT INTO tally (id) VALUES (\(2))") }
        #expect(try await count(hasty) == 2)
    }

    @Test func `a full disk refuses writes, keeps reads, and heals by itself`() async throws {
        let database = try await tally()
        let note = String(repeating: "x", count: 100_000)
        try await database.write { tx in
            try tx.run("INSERT INTO tally VALUES (\(1), \("kept"))")
            let pages = try tx.run("PRAGMA page_count")[0].int("page_count")
            try tx.run(SQL(stringLiteral: "PRAGMA max_page_count = \(pages + 2)"))
        }
        let refused = await withTaskGroup(of: Bool.self) { group in
            for number in 2...9 {
                group.addTask {
                    do {
                        try await database.write { tx in
                            try tx.run("INSERT INTO tally VALUES (\(number), \(note))")
                        }
                    } catch { return error is DatabaseUnavailable }
                    return false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 8)
        #expect(try await count(database) == 1)
        try await database.write { tx in try tx.run("PRAGMA max_page_count = 1000000") }
        try await database.write { tx in try tx.run("INSERT INTO tally VALUES (\(2), \(note))") }
        #expect(try await count(database) == 2)
    }

    @Test func `a copy made while others write is whole and sound`() async throws {
        let database = try await tally()
        try await database.write { tx in
            try tx.load(
                table: "tally", columns: ["id", "note"],
                rows: (1...5000).map { [.integer($0), .text("old")] })
        }
        let inner = try #require(database.inner as? SQLiteDatabase)
        let path = database.address + ".copy"
        defer { try? FileManager.default.removeItem(atPath: path) }
        async let writes: Void = {
            for number in 5001...5200 {
                try await database.write { tx in try tx.run("INSERT INTO tally VALUES (\(number), \("new"))")
                }
            }
        }()
        try await inner.copy(to: path)
        try await writes
        let copy = try SQLiteDatabase(path: path)
        #expect((5000...5200).contains(try await count(copy)))
        #expect(try await copy.integrityCheck() == [])
        await #expect(throws: (any Error).self) { try await inner.copy(to: path) }
    }

    @Test func `damage and orphans are found`() async throws {
        let database = try await tally()
        try await database.write { tx in
            try tx.load(
                table: "tally", columns: ["id", "note"],
                rows: (1...5000).map { [.integer($0), .text("note")] })
            try tx.run("CREATE INDEX tally_by_note ON tally (note, id)")
        }
        let path = database.address + ".damaged"
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        try await (database.inner as? SQLiteDatabase)?.copy(to: path)
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: 4096 * 3 + 2000)
        try file.write(contentsOf: Data(repeating: 0xAB, count: 6000))
        try file.close()
        try await database.write { tx in
            try tx.run("CREATE TABLE notes (id \(.id), tally_id BIGINT REFERENCES tally (id))")
        }
        let careless = try SQLiteConnection(path: database.address)
        try careless.run("PRAGMA foreign_keys = OFF")
        try careless.run("INSERT INTO notes VALUES (1, 9999)")
        #expect(
            try await (database.inner as? SQLiteDatabase)?.integrityCheck() == ["notes row 1 has no tally"])
        let found = try? await SQLiteDatabase(path: path).integrityCheck()
        #expect(found != [])
    }

    @Test func `a database in memory reads what it wrote`() async throws {
        let database = try SQLiteDatabase(path: ":memory:")
        try await database.write { tx in try tx.run("CREATE TABLE tally (id \(.id), note TEXT)") }
        #expect(try await count(database) == 0)
    }

    @Test func `what holds no database is unavailable, not a bug`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "rapport-no-database-\(getpid())")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 0x41, count: 5000).write(to: URL(filePath: path))
        #expect(throws: DatabaseUnavailable.self) { try SQLiteDatabase(path: path) }
        #expect(throws: DatabaseUnavailable.self) { try SQLiteDatabase(path: "/nowhere/at/all.db") }
    }
}

@Suite struct ServeLockTests {
    private func folder() throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "rapport-lock-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    /// A process that another test starts meanwhile has a copy of our open file until its program begins.
    private func freeAgain(_ folder: String) async throws {
        for _ in 1...1000 {
            do {
                _ = try ServeLock(folder: folder)
                return
            } catch is ServeLock.Held { try await Task.sleep(for: .milliseconds(10)) }
        }
        _ = try ServeLock(folder: folder)
    }

    @Test func `a second server on one folder is refused and told who serves`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var first: ServeLock? = try ServeLock(folder: folder)
        let held = #expect(throws: ServeLock.Held.self) { try ServeLock(folder: folder) }
        #expect(held?.process == "\(getpid())")
        withExtendedLifetime(first) {}
        first = nil
        try await freeAgain(folder)
    }

    @Test func `the lock of a killed server does not outlive it`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = Process()
        // Held for longer than a busy machine may keep this test from looking.
        server.executableURL = URL(filePath: "/usr/bin/flock")
        server.arguments = ["--no-fork", folder + "/serve.lock", "sleep", "3600"]
        try server.run()
        // Twenty refusals in a row are no file that is about to be closed.
        var refusals = 0
        for _ in 1...3000 where refusals < 20 {
            do {
                _ = try ServeLock(folder: folder)
                refusals = 0
            } catch is ServeLock.Held { refusals += 1 }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(refusals == 20)
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
        try await freeAgain(folder)
    }
}
