import Alerts
import Database
import Formats
import HTTPTypes
import Foundation
import Kernel
import Language
import Ledger
import Surveys
import TestKit
import Testing
import Web

@testable import Accounts
@testable import App

/// What is asked often, and how the database finds it: a change of a query or an index shows in a diff.
@Suite struct `The plans of hot queries` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Snapshots")

    @Test(arguments: Backend.available)
    func `are as committed, and walk no large table`(backend: Backend) async throws {
        var text = ""
        for (name, plans) in try await HotPaths(on: backend).plans() {
            #expect(!plans.isEmpty, "\(name): nothing was asked")
            text += "# \(name)\n\n"
            for plan in plans {
                #expect(plan.walks == [], "\(name): \(plan.statement)\n\(plan.steps)")
                text += plan.statement + "\n" + plan.steps.map { "    \($0)\n" }.joined() + "\n"
            }
        }
        let file = Self.folder.appending(path: "plans.\(backend.rawValue).txt")
        if ProcessInfo.processInfo.environment["RAPPORT_SNAPSHOTS"] == "write" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let committed = try String(contentsOf: file, encoding: .utf8)
        #expect(text == committed, "stale: run make snapshot and read the diff")
    }

    @Test(arguments: Backend.available)
    func `would show a walk`(backend: Backend) async throws {
        let database = ExplainedDatabase(try await backend.emptyDatabase())
        let plans = try await database.plans {
            _ = try await database.read { tx in
                try tx.run("SELECT r.id FROM responses r WHERE r.account_id = 1 AND r.agent = 'Jo' LIMIT 5")
                try tx.run("SELECT id FROM responses WHERE id = 1")
            }
        }
        #expect(plans.map(\.walks) == [[], ["responses"]])
    }
}

/// One company with a little of everything, and the ways through the product that are walked most.
private struct HotPaths {
    private let database: ExplainedDatabase
    private let site: TestSite
    private let installation: Installation
    private let authenticator: Authenticator
    private let account: Int64
    private let (survey, slug, rule): (String, String, String)
    private let (session, token): (String, String)

    init(on backend: Backend) async throws {
        let (database, clock) = (ExplainedDatabase(try await backend.emptyDatabase()), TestClock())
        let world = clock.world
        let node = try await database.write { tx in
            try NodeLease.take(holder: "plans", at: clock.now, in: tx)
        }
        let installation = Installation(
            database: database, world: world, settings: Settings(variables: [:]),
            secret: [UInt8](repeating: 7, count: 32), eventBell: Doorbell(), jobBell: Doorbell(),
            feedBell: Doorbell(), holder: "plans", node: node, folder: nil)
        let routes = try Routes(installation, site: Site(baseURL: "https://rapport.example"))
        let site = TestSite { table, _ in table = routes.table }
        let made = try await MemberAdmission.admit(
            email: "olga@kettles.example", password: "zielona lampa 7", role: .owner, account: "Kettles",
            timeZone: "UTC", database: database, world: world)
        let account = made.account.id
        (session, token) = try await database.write { tx in
            (
                try Session.open(made.member.id, account: account, world: world, in: tx),
                try APIToken.make(
                    name: "t", scopes: [], account: account, by: .operator, world: world, in: tx
                ).secret
            )
        }
        let answer = try await site.api(
            .post, "/surveys", #"{"name": "Kettles", "metric": "nps"}"#, account: account.number)
        survey = try #require(answer.json["id"]?.string)
        slug = try #require(answer.json["slug"]?.string)
        let asked = try await site.api(
            .post, "/ask-rules",
            #"""
            {"name": "Orders", "survey": "\#(survey)", "event": "order", "channel": "email",
             "where": {"event_count": {"min": 1}}, "quota": {"day": 9}, "reminders": ["P3D"]}
            """#, account: account.number)
        rule = try #require(asked.json["id"]?.string)
        (self.database, self.site, self.installation) = (database, site, installation)
        (self.account, authenticator) = (account.number, routes.authenticator)
    }

    func plans() async throws -> [(name: String, plans: [QueryPlan])] {
        var found: [(String, [QueryPlan])] = []
        for (name, work) in paths { found.append((name, try await database.plans(of: work))) }
        return found
    }

    private var paths: [(String, () async throws -> Void)] {
        [
            ("An answer by the API", { try await answer("k1") }),
            ("The same again", { try await answer("k1") }),
            ("An answer on the page", { try await page() }),
            ("Events sealed, counted and followed up", follow),
            ("Jobs", work),
            ("What is told of a case", tell),
            ("Scores from counts", { try await get("/scores?survey=\(survey)&by=touchpoint&interval=day") }),
            (
                "Scores from rows",
                { try await get("/scores?survey=\(survey)&by=plan&where[touchpoint]=till") }
            ),
            ("The list of cases", { try await get("/cases?overdue=true") }),
            ("The page of cases", { try await show("/cases") }),
            ("The list of answers", { try await get("/responses") }),
            ("The answers of one survey", { try await get("/surveys/\(survey)/responses?band=detractor") }),
            ("Answers that hold a word", { try await get("/responses?q=cold") }),
            ("The page of answers", { try await show("/responses") }),
            ("The overview", { try await show("/") }),
            ("An event that rules ask about", { try await event() }),
            ("What rules decide about it", follow),
            ("The preview of a rule", { try await get("/ask-rules/\(rule)/preview") }),
            ("The page of rules", { try await show("/ask-rules") }),
            ("The page of a rule", { try await show("/ask-rules/\(rule)") }),
            ("Who is left out of a rule", { try await get("/ask-rules/\(rule)/exclusions") }),
            ("The coverage of a survey", { try await get("/surveys/\(survey)/coverage") }),
            ("The page of coverage", { try await show("/surveys/\(survey)/coverage") }),
            ("A session and a token", { try await recognise() }),
        ]
    }

    private func answer(_ key: String) async throws {
        let body = #"""
            {"score": 2, "comment": "Cold", "touchpoint": "till",
             "customer": {"external_id": "1", "email": "a@example.org", "attributes": {"plan": "gold"}}}
            """#
        let made = try await site.api(
            .post, "/surveys/\(survey)/responses", body, account: account, key: key)
        #expect(made.status == 201)
    }

    private func event() async throws {
        let made = try await site.api(
            .post, "/customer-events",
            #"{"event": "order", "customer": {"external_id": "1"}, "properties": {"total": 12}}"#,
            account: account)
        #expect(made.status == 202)
    }

    private func page() async throws {
        let made = try await site.post(
            "/s/\(slug)", form: [("score", "3"), ("key", "k"), ("comment", "Cold")])
        #expect(made.status == 303)
    }

    private func follow() async throws {
        try await Follower(
            database: database, now: installation.world.now, holder: "plans",
            consumers: Subscriptions.consumers(installation)
        ).runUntilIdle()
    }

    private func work() async throws {
        _ = try await Worker(
            database: database, world: installation.world, handlers: Subscriptions.handlers(installation),
            schedules: Subscriptions.schedules(installation)
        ).runUntilIdle()
    }

    private func tell() async throws {
        let mail = try OutgoingMail(installation, site: Site(baseURL: "https://rapport.example"))
        #expect(try await mail.noticeSender(for: installation).runUntilIdle() > 0)
    }

    private func get(_ path: String) async throws {
        #expect(try await site.api(.get, path, account: account).status == 200, "\(path)")
    }
    private func show(_ path: String) async throws {
        #expect(try await site.page(path, account: account).status == 200, "\(path)")
    }

    private func recognise() async throws {
        #expect(try await authenticator.session(session) != nil)
        // Without the note that it was used, which is written when there is time.
        let found = try await database.read { [token] tx in try APIToken.find(secret: token, in: tx) }
        #expect(found != nil)
    }
}
