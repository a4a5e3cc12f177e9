import Database
import Foundation
import Insight
import Kernel
import Ledger
import TestKit
import Testing

@testable import App

@Suite struct `Verifying an installation` {
    private static let boiled = EventKind("kettle.boiled")

    /// Two accounts with sealed events.
    private func sealed(_ backend: Backend) async throws -> TestDatabase {
        let database = try await backend.emptyDatabase(), clock = TestClock()
        let now = clock.now
        for account in Int64(1)...2 {
            let ids = (0..<30).map { _ in clock.world.newID() }
            try await database.write { tx in
                for id in ids {
                    try Ledger.append(
                        Self.boiled, about: 5, by: .system, id: id, account: account, at: now, in: tx)
                }
            }
        }
        try await Follower(database: database, now: { clock.now }, holder: "test", consumers: [])
            .runUntilIdle()
        return database
    }

    @Test(arguments: Backend.available)
    func `finds nothing where nothing is wrong`(backend: Backend) async throws {
        let database = try await sealed(backend)
        let found = try await Verification.of(database.inner)
        withExtendedLifetime(database) {}
        #expect(found.differences.isEmpty)
        #expect(found.accounts == 2 && found.events == 60)
    }

    @Test(arguments: Backend.available)
    func `names the account whose event was changed`(backend: Backend) async throws {
        let database = try await sealed(backend)
        try await database.write { tx in
            try tx.run("UPDATE events SET actor = 'operator' WHERE account_id = 2 AND position = 17")
        }
        let found = try await Verification.of(database.inner)
        withExtendedLifetime(database) {}
        #expect(found.differences.count == 1)
        #expect(found.differences.first?.part == .chain && found.differences.first?.account == 2)
    }

    /// Ten answers to one survey, counted.
    private func counted(_ backend: Backend) async throws -> TestDatabase {
        let database = try await backend.emptyDatabase(), now = TestClock().now
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO accounts (id, name, time_zone, language, created_at)
                VALUES (1, 'A', 'UTC', 'en', 0)
                """)
            for id in Int64(1)...10 {
                try tx.run(
                    """
                    INSERT INTO responses (id, account_id, survey_id, survey_version, channel, source,
                      follow_up, occurred_at, recorded_at)
                    VALUES (\(id), 1, 5, 1, 'api', 'api', \(false), \(now), \(now))
                    """)
                try tx.run(
                    """
                    INSERT INTO scores (response_id, account_id, survey_id, scale, raw, band, occurred_at)
                    VALUES (\(id), 1, 5, '0-10', 9, 'promoter', \(now))
                    """)
                try Ledger.append(
                    EventKind("response.recorded"), about: id, by: .customer, id: id, account: 1, at: now,
                    in: tx)
            }
        }
        try await Follower(
            database: database, now: { now }, holder: "test", consumers: [ScoreDays.consumer]
        ).runUntilIdle()
        return database
    }

    @Test(arguments: Backend.available)
    func `names a published count that is not what a recount gives`(backend: Backend) async throws {
        let database = try await counted(backend)
        let before = try await Verification.of(database.inner)
        #expect(before.differences.isEmpty)
        try await database.write { tx in
            try tx.run(
                "UPDATE score_days SET responses = 11 WHERE account_id = 1 AND dimension = '' AND raw = 9")
        }
        let found = try await Verification.of(database.inner)
        #expect(found.differences.map(\.part) == [.figures])
        #expect(found.differences.first?.says.contains("published 11, counted 10") == true)
        withExtendedLifetime(database) {}
    }

    @Test(arguments: Backend.available)
    func `refuses a database without a schema`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        await #expect(throws: CommandFailure.self) { try await Verification.of(database.inner) }
    }

    @Test(arguments: [1, 3, 8])
    func `finds pages of the file that the disk has mixed up`(step: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-verify-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = Settings(variables: ["RAPPORT_DATA": folder])
        await (try Installation.open(settings)).close()
        for _ in 0..<5000 where FileManager.default.fileExists(atPath: settings.databaseFile + "-wal") {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await Verification.of(settings).differences.isEmpty)
        let file = try FileHandle(forUpdating: URL(filePath: settings.databaseFile))
        for page in stride(from: step, to: Int(try file.seekToEnd()) / 4096, by: step) {
            try file.seek(toOffset: UInt64(page * 4096))
            try file.write(contentsOf: [UInt8](repeating: 0xA5, count: 64))
        }
        try file.close()
        #expect(try await Verification.of(settings).differences.contains { $0.part == .database })
    }
}
