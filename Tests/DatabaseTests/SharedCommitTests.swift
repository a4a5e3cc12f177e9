import Database
import Kernel
import Synchronization
import TestKit
import Testing

private struct Refused: Error, Equatable { let number: Int }

/// Bodies that share a commit do not feel each other.
@Suite struct SharedCommitTests {
    private func tally(on backend: Backend) async throws -> TestDatabase {
        let database = try await backend.bareDatabase()
        try await database.write { tx in
            try tx.run("CREATE TABLE tally (id \(.id), note TEXT CHECK (note <> 'bad'))")
        }
        return database
    }

    @Test(arguments: Backend.available)
    func `one body that throws takes nothing of the others with it`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        let refused = await withTaskGroup(of: Int?.self) { group in
            for number in 1...60 {
                group.addTask {
                    do {
                        try await database.write { tx in
                            try tx.run("INSERT INTO tally VALUES (\(number), \("good"))")
                            if number % 7 == 0 { throw Refused(number: number) }
                        }
                        return nil
                    } catch { return (error as? Refused)?.number ?? -1 }
                }
            }
            return await group.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
        }
        let kept = try await database.read { tx in try tx.run("SELECT id FROM tally").map { try $0.int("id") }
        }
        #expect(refused == [7, 14, 21, 28, 35, 42, 49, 56])
        #expect(Set(kept) == Set(1...60).subtracting(refused))
    }

    /// Readers that wait share a snapshot: never one that is older than what they were told.
    @Test(arguments: Backend.available)
    func `whoever has heard of a commit reads it, however many read at once`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<40 {
                group.addTask {
                    for number in 0..<25 {
                        let id = caller * 1000 + number
                        try await database.write { tx in
                            try tx.run("INSERT INTO tally VALUES (\(id), \("good"))")
                        }
                        let found = try await database.read { tx in
                            try tx.run("SELECT id FROM tally WHERE id = \(id)").count
                        }
                        #expect(found == 1)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: Backend.available)
    func `a broken constraint fails its own body only`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        let failures = await withTaskGroup(of: Bool.self) { group in
            for number in 1...40 {
                group.addTask {
                    let note = number == 20 ? "bad" : "good"
                    let written: Void? = try? await database.write { tx in
                        try tx.run("INSERT INTO tally VALUES (\(number), \(note))")
                    }
                    return written == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let kept = try await database.read { tx in try tx.run("SELECT COUNT(*) AS n FROM tally")[0].int("n") }
        #expect(failures == 1)
        #expect(kept == 39)
    }

    @Test(arguments: Backend.available, [Isolation.serializable, .insertOnly])
    func `a hundred identical inserts make one row`(backend: Backend, isolation: Isolation) async throws {
        let database = try await tally(on: backend)
        let inserted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...100 {
                group.addTask {
                    try await database.write(isolation) { tx in
                        try tx.run(
                            "INSERT INTO tally VALUES (\(1), \("x")) ON CONFLICT (id) DO NOTHING RETURNING id"
                        ).count
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(inserted == 1)
    }

    /// Two verdicts on one case: each reads the stage, then writes it.
    private func verdictsThatWin(on database: some Database, _ isolation: Isolation) async throws -> Int {
        try await database.write { tx in
            try tx.run("DELETE FROM tally")
            try tx.run("INSERT INTO tally VALUES (\(1), \("resolved"))")
        }
        let both = Meeting(on: database.dialect)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for verdict in ["verified", "open"] {
                group.addTask {
                    // Else both would share a batch, one after the other.
                    while verdict == "open", !both.hasBegun { try await Task.sleep(for: .milliseconds(1)) }
                    return try await database.write(isolation) { tx in
                        let stage = try tx.run("SELECT note FROM tally WHERE id = \(1)")[0].text("note")
                        guard stage == "resolved" else { return false }
                        both.meet()
                        try tx.run("UPDATE tally SET note = \(verdict) WHERE id = \(1)")
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test(arguments: Backend.available)
    func `of two verdicts at once exactly one wins`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        for _ in 1...5 { #expect(try await verdictsThatWin(on: database, .serializable) == 1) }
    }

    @Test(.enabled(if: Backend.available.contains(.postgres)))
    func `without serializable isolation both verdicts win`() async throws {
        let database = try await tally(on: .postgres)
        var winners = 0
        for _ in 1...5 { winners = max(winners, try await verdictsThatWin(on: database, .insertOnly)) }
        #expect(winners == 2)
    }

    @Test(arguments: Backend.available)
    func `a reader sees one moment`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        let (before, after) = try await database.read { tx in
            let before = try tx.run("SELECT COUNT(*) AS n FROM tally")[0].int("n")
            let written = DispatchGate()
            Task {
                try await database.write { tx in try tx.run("INSERT INTO tally VALUES (\(1), \("x"))") }
                written.open()
            }
            written.wait()
            return (before, try tx.run("SELECT COUNT(*) AS n FROM tally")[0].int("n"))
        }
        let later = try await database.read { tx in try tx.run("SELECT COUNT(*) AS n FROM tally")[0].int("n")
        }
        #expect([before, after, later] == [0, 0, 1])
    }

    @Test(arguments: Backend.available)
    func `a reader cannot write`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        await #expect(throws: (any Error).self) {
            try await database.read { tx in try tx.run("INSERT INTO tally VALUES (\(1), \("x"))") }
        }
    }

    @Test(arguments: Backend.available)
    func `a body that swallows an error of the database commits nothing`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        _ = try? await database.write { tx in
            try tx.run("INSERT INTO tally VALUES (\(1), \("good"))")
            _ = try? tx.run("INSERT INTO tally VALUES (\(2), \("bad")) RETURNING id")
            throw Refused(number: 1)
        }
        let kept = try await database.read { tx in try tx.run("SELECT COUNT(*) AS n FROM tally")[0].int("n") }
        #expect(kept == 0)
    }

    @Test(arguments: Backend.available)
    func `what waits is done before a database closes, and nothing after`(backend: Backend) async throws {
        let database = try await tally(on: backend)
        async let written: Void = database.write { tx in try tx.run("INSERT INTO tally VALUES (\(1), \("x"))")
        }
        try await written
        await database.close()
        await #expect(throws: DatabaseClosed.self) {
            try await database.read { tx in try tx.run("SELECT 1 AS one") }
        }
    }
}
