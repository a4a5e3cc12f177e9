import Customers
import Database
import FollowUp
import Formats
import HTTPTypes
import Kernel
import Language
import Ledger
import Outbound
import Surveys
import Synchronization
import TestKit
import Web

@testable import Alerts

/// Takes mails as a relay would, and keeps them.
final class KeepingCarrier: MailCarrier {
    private let messages = Mutex<[MailMessage]>([])
    private let answer: @Sendable (MailMessage) async throws -> Void

    init(_ answer: @escaping @Sendable (MailMessage) async throws -> Void = { _ in }) {
        self.answer = answer
    }

    func carry(_ message: MailMessage) async throws -> MailReceipt {
        messages.withLock { $0.append(message) }
        try await answer(message)
        return MailReceipt(reply: "250 2.0.0 Ok: queued as 4F1A")
    }

    var all: [MailMessage] { messages.withLock { $0 } }
    /// Whom each was for, and what stood above it.
    var heads: [String] { all.map { "\($0.to.address): \($0.subject)" } }
}

/// Takes messages as a robot would, and keeps them.
final class KeepingHooks: HookCarrier {
    typealias Answer = @Sendable (HookRequest) async throws -> HookReply
    private let requests = Mutex<[HookRequest]>([])
    private let answer: Answer

    init(_ answer: @escaping Answer = { _ in HookReply(status: 200, body: Array("ok".utf8)) }) {
        self.answer = answer
    }

    func post(_ request: HookRequest) async throws -> HookReply {
        requests.withLock { $0.append(request) }
        return try await answer(request)
    }

    var all: [HookRequest] { requests.withLock { $0 } }
    var bodies: [JSONValue] { all.map { (try? JSONValue(parsing: $0.body)) ?? .null } }
}

/// A database with two accounts, members, a survey, and all that leads to somebody being told.
struct AlertHouse {
    static let secret: [UInt8] = Array(repeating: 5, count: 32)

    let database: TestDatabase
    let clock = TestClock()
    let site: TestSite
    let survey: String
    let mail: KeepingCarrier
    let hooks: KeepingHooks
    let links = VerdictLink(secret: AlertHouse.secret)

    init(
        on backend: Backend, zone: String = "Europe/Warsaw", mail: KeepingCarrier = KeepingCarrier(),
        hooks: KeepingHooks = KeepingHooks()
    ) async throws {
        let database = try await backend.emptyDatabase()
        (self.database, self.mail, self.hooks) = (database, mail, hooks)
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
        let work = CaseWork(world: world, links: links)
        let rules = AlertRuleWork(world: world, secret: Self.secret, guarding: AddressGuard())
        let erasure = Erasure(
            secret: Self.secret,
            others: [
                SurveyResponse.forget, RecoveryCase.forget, MailboxMessage.forget, Notice.forget,
            ])
        site = TestSite { table, site in
            SurveyRoutes(database: database, world: world, site: site).add(to: &table)
            SurveyResponseRoutes(database: database, world: world).add(to: &table)
            RecoveryCaseRoutes(database: database, work: work).add(to: &table)
            VerdictRoutes(database: database, work: work, site: site).add(to: &table)
            CustomerRoutes(database: database, world: world, erasure: erasure).add(to: &table)
            AlertRuleRoutes(database: database, work: rules).add(to: &table)
            AlertRulePageRoutes(database: database, work: rules).add(to: &table)
            WebhookRoutes(database: database, world: world, secret: Self.secret, guarding: AddressGuard())
                .add(to: &table)
        }
        let made = try await site.api(.post, "/surveys", #"{"name": "Kettle delivery", "metric": "nps"}"#)
        survey = made.json["id"]?.string ?? made.text
        try await member(1, "owner", name: "Olga Owner")
    }

    func member(
        _ id: Int64, _ role: String, name: String? = nil, language: String? = nil, account: Int64 = 1
    ) async throws {
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO members (id, email, name, language, created_at)
                VALUES (\(id), \("m\(id)@kettles.example"), \(name ?? "Member \(id)"), \(language), 0)
                """)
            try tx.run(
                """
                INSERT INTO memberships (account_id, member_id, role, joined_at)
                VALUES (\(account), \(id), \(role), 0)
                """)
        }
    }

    /// An answer by the API; its id.
    @discardableResult
    func answer(
        _ score: Int = 3,
        _ more: String = """
        , "comment": "Cold tea", "touchpoint": "delivery",
        "customer": {"external_id": "c1", "name": "Anna Nowak", "email": "anna@x.example", "language": "pl"}
        """
    ) async throws -> String {
        let made = try await site.api(.post, "/surveys/\(survey)/responses", #"{"score": \#(score)\#(more)}"#)
        return made.json["id"]?.string ?? made.text
    }

    /// Seals what happened and lets the rules take it in.
    func follow() async throws {
        let clock = clock
        try await Follower(
            database: database, now: { clock.now }, holder: "test",
            consumers: [
                RecoveryCaseJobs.opener(world: clock.world), NoticeJobs.planner(world: clock.world),
                AlertRuleJobs.planner(world: clock.world), WebhookJobs.consumer(world: clock.world),
            ]
        ).runUntilIdle()
    }

    func notices(_ carrier: (any MailCarrier)? = nil, on other: (any Database)? = nil) -> NoticeSender {
        NoticeSender(
            database: other ?? database, world: clock.world, site: site.site, carrier: carrier ?? mail,
            links: links, from: .init(address: "care@kettles.example"))
    }

    func webhooks(_ carrier: any HookCarrier) -> WebhookSender {
        WebhookSender(database: database, world: clock.world, secret: Self.secret, carrier: carrier)
    }

    func webhook(_ id: String) async throws -> JSONValue {
        try await site.api(.get, "/webhooks/\(id)").json
    }

    func alerts(_ other: (any HookCarrier)? = nil) -> AlertSender {
        AlertSender(
            database: database, world: clock.world, secret: Self.secret, site: site.site, mail: mail,
            hooks: other ?? hooks, from: .init(address: "care@kettles.example"))
    }

    /// Lets everything happen that is due.
    func settle() async throws {
        repeat {
            try await follow()
        } while try await notices().runUntilIdle() + alerts().runUntilIdle() > 0
    }

    /// The case that the last answer opened, as the API shows it.
    func opened() async throws -> JSONValue {
        try await follow()
        return try await site.api(.get, "/cases?limit=1").json["data"]?.array?.first ?? .null
    }

    func contact(_ id: String) async throws {
        _ = try await site.api(
            .post, "/cases/\(id)/contacts", #"{"channel": "phone", "outcome": "reached"}"#)
    }
    func resolve(_ id: String) async throws {
        try await contact(id)
        _ = try await site.api(
            .put, "/cases/\(id)/resolution", #"{"cause": "late van", "remedy": "new kettle"}"#)
    }

    func change(_ sql: SQL) async throws { try await database.write { tx in try tx.run(sql) } }

    /// `kind state reason` of each notice in the order in which they were planned; replies are left out.
    func standing() async throws -> [String] {
        try await database.read { tx in
            try tx.run(
                "SELECT kind, state, COALESCE(reason, '') AS reason FROM notices ORDER BY id LIMIT 1000"
            )
            .map { row in
                let (kind, state) = (try row.text("kind"), try row.text("state"))
                return state == "withdrawn" ? "\(kind) \(try row.text("reason"))" : "\(kind) \(state)"
            }
        }
    }

    /// The states of alerts and how many stand in each.
    func alertStates() async throws -> [String: Int] {
        try await database.read { tx in
            try tx.run("SELECT state, COUNT(*) AS n FROM alerts GROUP BY state LIMIT 10")
                .reduce(into: [:]) { all, row in all[try row.text("state")] = try row.int("n") }
        }
    }

    /// Makes a rule by the API.
    func rule(_ body: String) async throws -> TestAnswer { try await site.api(.post, "/alert-rules", body) }
}
