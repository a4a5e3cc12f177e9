import Kernel
import TestKit
import Testing

@testable import App

@Suite struct `A database` {
    @Test(arguments: Backend.available)
    func `says how it is`(backend: Backend) async throws {
        let database = try await backend.emptyDatabase(), now = TestClock().now
        try await Readiness.check(database)
        let (vitals, bytes, durability) = try await database.read { tx in
            (
                try Vitals.look(at: now, in: tx), try Vitals.sizeBytes(in: tx),
                try Examination.durability(in: tx)
            )
        }
        #expect(vitals.failedJobs == 0 && vitals.oldestUnsealed == nil && vitals.standings.isEmpty)
        #expect(bytes > 0)
        #expect((vitals.databaseClock == nil) == (backend == .sqlite))
        #expect(durability.says.hasPrefix(backend == .sqlite ? "synchronous " : "fsync "))
    }
}
