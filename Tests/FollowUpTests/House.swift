import HTTPTypes
import Accounts
import Customers
import Database
import Formats
import Kernel
import Ledger
import Surveys
import TestKit
import Web

@testable import FollowUp

/// A database with two accounts, members, a survey each, and the routes of cases over it.
struct House {
    let database: TestDatabase
    let clock = TestClock()
    let site: TestSite
    let survey: String

    init(on backend: Backend, zone: String = "UTC") async throws {
        let database = try await backend.emptyDatabase()
        self.database = database
        let world = clock.world
        try await database.write { tx in
            for id in [1, 2] as [Int64] {
                try tx.run(
                    """
                    INSERT INTO accounts (id, name, time_zone, language, created_at)
                    VALUES (\(id), \("Kettles \(id)"), \(zone), 'en', 0)
                    """)
            }
        }
        let work = CaseWork(world: world, links: VerdictLink(secret: [1, 2, 3]))
        site = TestSite { table, site in
            SurveyRoutes(database: database, world: world, site: site).add(to: &table)
            SurveyResponseRoutes(database: database, world: world).add(to: &table)
            RecoveryCaseRoutes(database: database, work: work).add(to: &table)
            WorklistRoutes(database: database, world: world).add(to: &table)
            CaseFileRoutes(database: database, work: work).add(to: &table)
            VerdictRoutes(database: database, work: work, site: site).add(to: &table)
        }
        let made = try await site.api(.post, "/surveys", #"{"name": "Kettle delivery", "metric": "nps"}"#)
        survey = made.json["id"]?.string ?? made.text
        try await member(1, "owner", name: "Olga Owner")
    }

    func member(
        _ id: Int64, _ role: String, name: String? = nil, activeAt: Timestamp? = nil, account: Int64 = 1
    ) async throws {
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO members (id, email, name, created_at)
                VALUES (\(id), \("m\(id)@kettles.example"), \(name ?? "Member \(id)"), 0)
                """)
            try tx.run(
                """
                INSERT INTO memberships (account_id, member_id, role, joined_at, last_active_at)
                VALUES (\(account), \(id), \(role), 0, \(activeAt))
                """)
        }
    }

    /// An answer by the API; its id.
    @discardableResult
    func answer(
        _ score: Int = 3, _ more: String = #", "customer": {"external_id": "c1", "name": "Anna Nowak"}"#
    )
        async throws -> String
    {
        let made = try await site.api(.post, "/surveys/\(survey)/responses", #"{"score": \#(score)\#(more)}"#)
        return made.json["id"]?.string ?? made.text
    }

    /// Seals what happened and lets the rules take it in.
    func follow() async throws {
        let clock = clock
        try await Follower(
            database: database, now: { clock.now }, holder: "test",
            consumers: [RecoveryCaseJobs.opener(world: clock.world)]
        ).runUntilIdle()
    }

    /// An answer, and the case that it opened, as the API shows it.
    func opened(_ score: Int = 3, customer: String = "c1") async throws -> JSONValue {
        let response = try await answer(score, #", "customer": {"external_id": "\#(customer)"}"#)
        try await follow()
        let cases = try await site.api(.get, "/cases?limit=200").json["data"]?.array ?? []
        return cases.first { $0["response"]?.string == response } ?? .null
    }

    /// A case taken to that stage; its id.
    func recovery(at stage: RecoveryCase.Stage, customer: String = "c1") async throws -> String {
        let id = try await opened(customer: customer)["id"]?.string ?? ""
        let steps: [RecoveryCase.Stage: Int] = [.open: 0, .contacted: 1, .resolved: 2, .verified: 3]
        let count = steps[stage] ?? 0
        if count > 0 { _ = try await contact(id) }
        if count > 1 { _ = try await resolve(id) }
        if count > 2 { _ = try await site.api(.put, "/cases/\(id)/verdict", #"{"verdict": "satisfied"}"#) }
        if stage == .closed {
            _ = try await site.api(.put, "/cases/\(id)/closure", #"{"reason": "moved away"}"#)
        }
        return id
    }

    func contact(_ id: String) async throws -> TestAnswer {
        try await site.api(.post, "/cases/\(id)/contacts", #"{"channel": "phone", "outcome": "reached"}"#)
    }
    func resolve(_ id: String) async throws -> TestAnswer {
        try await site.api(.put, "/cases/\(id)/resolution", #"{"cause": "late van", "remedy": "new kettle"}"#)
    }

    func rows(_ table: StaticString) async throws -> Int {
        try await database.read { tx in
            try tx.run("SELECT COUNT(*) AS n FROM \(verbatim: table)")[0].int("n")
        }
    }

    /// All that happened to cases, in order.
    func events() async throws -> [String] {
        try await follow()
        return try await database.read { tx in
            try SealedEvent.audit(account: 1, prefixes: ["case."], limit: 200, in: tx).reversed()
                .map(\.kind.rawValue)
        }
    }
}
