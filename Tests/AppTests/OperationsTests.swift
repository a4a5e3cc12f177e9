import Database
import Kernel
import Language
import Ledger
import TestKit
import Testing

@testable import App

@Suite struct `The operations page` {
    private func look(_ backend: Backend, about: String? = nil) async throws -> (Operations, TestDatabase) {
        let database = try await backend.emptyDatabase(), clock = TestClock()
        let (now, world) = (clock.now, clock.world)
        try await database.write { tx in
            for key in 0..<3 {
                try Job.enqueue(
                    JobKind("tea.serve"), key: "\(key)", account: 1, at: now, id: world.newID(), in: tx)
            }
            try tx.run(
                """
                UPDATE jobs
                SET state = 'failed', last_error = 'kettle <empty>', attempts = 2, finished_at = \(now)
                WHERE account_id = 1 AND unique_key = '0'
                """)
            try tx.run("INSERT INTO members (id, email, name, created_at) VALUES (7, 'a@b.c', 'Anna', 0)")
            try tx.run(
                """
                INSERT INTO accounts (id, name, time_zone, language, created_at)
                VALUES (1, 'A', 'UTC', 'en', 0)
                """)
            try tx.run(
                "INSERT INTO memberships (account_id, member_id, role, joined_at) VALUES (1, 7, 'owner', 0)")
            try tx.run(
                """
                INSERT INTO api_tokens (id, account_id, name, token_hash, scopes, created_at)
                VALUES (9, 1, 'Till', 'hash', '', 0)
                """)
            for (kind, actor) in [
                (EventKind.jobRetried, Actor.member(7)), (EventKind("survey.opened"), .member(8)),
                (EventKind("survey.closed"), .token(9)),
            ] {
                try Ledger.append(kind, about: 5, by: actor, id: world.newID(), account: 1, at: now, in: tx)
            }
        }
        try await Follower(database: database, now: { now }, holder: "test", consumers: []).runUntilIdle()
        let operations = try await database.read { tx in
            try Operations.look(account: 1, about: about, before: nil, at: now, in: tx)
        }
        return (operations, database)
    }

    @Test(arguments: Backend.available)
    func `shows what failed, what waits and what happened`(backend: Backend) async throws {
        let (operations, _) = try await look(backend)
        #expect(operations.failed.map(\.lastError) == ["kettle <empty>"])
        #expect(operations.waiting.count == 2 && operations.sizeBytes > 0)
        #expect(operations.events.map(\.kind.rawValue) == ["survey.closed", "survey.opened", "job.retried"])
        #expect(operations.names == ActorNames(members: [7: "Anna"], tokens: [9: "Till"]))
    }

    @Test(arguments: Backend.available)
    func `lists the events of one noun alone`(backend: Backend) async throws {
        let (operations, _) = try await look(backend, about: "job")
        #expect(operations.events.map(\.kind) == [.jobRetried])
    }

    @Test(arguments: ReaderLanguage.allCases)
    func `has words for every kind and every state`(language: ReaderLanguage) async throws {
        let messages = Messages.of(language)
        for noun in OperationsPage.nouns { #expect(messages.has("operations.noun.\(noun)")) }
        for state in Job.State.allCases { #expect(messages.has("operations.state.\(state.rawValue)")) }
        let (operations, _) = try await look(.sqlite)
        let page = OperationsPage(
            operations: operations, about: nil, isContinued: false, mayAct: true, messages: messages,
            now: TestClock().now)
        let who = (page.model["events"] as? [[String: Any]])?.map { $0["who"] as? String }
        #expect(who?.first??.contains("Till") == true)
        #expect(who?.dropFirst() == [messages("operations.actor.member"), "Anna"])
    }
}
