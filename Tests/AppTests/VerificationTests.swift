import Database
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

    @Test(arguments: Backend.available)
    func `refuses a database without a schema`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        await #expect(throws: CommandFailure.self) { try await Verification.of(database.inner) }
    }
}
