import Database
import Kernel
import Ledger
import TestKit
import Testing
import Web

@testable import App

@Suite struct `An operator` {
    private let clock = TestClock()

    /// A site with one failed and one waiting job of account 1.
    private func open(_ backend: Backend) async throws -> (TestSite, TestDatabase, [Job.ID]) {
        let database = try await backend.emptyDatabase(), world = clock.world, now = clock.now
        let ids = (0..<2).map { _ in Job.ID(world.newID()) }
        try await database.write { tx in
            for id in ids {
                try Job.enqueue(
                    JobKind("tea.serve"), key: "\(id)", account: 1, at: now, id: id.number, in: tx)
            }
            try tx.run(
                """
                UPDATE jobs SET state = 'failed', last_error = '<b>'
                WHERE account_id = 1 AND id = \(ids[0])
                """)
        }
        let site = TestSite { table, _ in
            OperationsRoutes(database: database, world: world).add(to: &table)
        }
        return (site, database, ids)
    }

    private func state(_ id: Job.ID, in database: TestDatabase) async throws -> Job.State {
        try await database.read { tx in try Job.find(id, account: 1, in: tx).state }
    }

    @Test(arguments: Backend.available)
    func `reads the reason and tries again, once`(backend: Backend) async throws {
        let (site, database, ids) = try await open(backend)
        let page = try await site.page("/operations")
        #expect(page.status == 200)
        #expect(page.text.contains("1 job has failed; no follower is stuck."))
        #expect(page.text.contains("&lt;b&gt;") && page.text.contains("/operations/jobs/\(ids[0])/retry"))
        #expect(try await site.page("/operations/jobs/\(ids[0])/retry", form: []).status == 303)
        #expect(try await state(ids[0], in: database) == .waiting)
        #expect(try await site.page("/operations/jobs/\(ids[0])/retry", form: []).status == 409)
    }

    @Test(arguments: Backend.available)
    func `cancels what waits`(backend: Backend) async throws {
        let (site, database, ids) = try await open(backend)
        #expect(try await site.page("/operations/jobs/\(ids[1])/cancellation", form: []).status == 303)
        #expect(try await state(ids[1], in: database) == .cancelled)
    }

    @Test(arguments: ["retry", "cancellation"])
    func `of another account finds no such job`(what: String) async throws {
        let (site, database, ids) = try await open(.sqlite)
        for id in ids {
            let answer = try await site.page("/operations/jobs/\(id)/\(what)", form: [], account: 2)
            #expect(answer.status == 404)
        }
        #expect(try await state(ids[1], in: database) == .waiting)
        #expect(try await !site.page("/operations", account: 2).text.contains("\(ids[0])"))
    }

    @Test(arguments: Backend.available)
    func `reads why no mail goes out`(backend: Backend) async throws {
        let (site, database, _) = try await open(backend)
        #expect(try await !site.page("/operations").text.contains("No mail goes out"))
        try await database.write { [now = clock.now] tx in
            try tx.run(
                """
                INSERT INTO relay_alarms (relay, reason, failures, raised_at, stopped_until)
                VALUES ('mail', '535 <b> wrong password', 2, \(now), \(now + .seconds(600)))
                """)
        }
        let page = try await site.page("/operations").text
        #expect(page.contains("No mail goes out") && page.contains("(2 tries)"))
        #expect(page.contains("535 &lt;b&gt; wrong password"))
    }

    @Test func `changes nothing by looking`() async throws {
        let (site, database, _) = try await open(.sqlite)
        let look: @Sendable (any Connection) throws -> Int = { tx in
            try tx.run("SELECT total_changes() AS n")[0].int("n")
        }
        let before = try await database.write(look)
        for query in ["", "?about=job", "?before=7", "?about=x&before=y"] {
            #expect(try await site.page("/operations" + query).status == 200)
        }
        #expect(try await database.write(look) == before)
    }
}
