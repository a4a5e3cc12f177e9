import Accounts
import Customers
import Database
import FollowUp
import Formats
import HTTPTypes
import Kernel
import Language
import Ledger
import Surveys
import TestKit
import Web

@testable import App

/// Two companies in one installation. The first has one of everything that a route can name.
struct TwoCompanies {
    enum Caller { case first, second, nobody }

    /// What the `{id}` below a path names: one of the first company's, and one that nobody has.
    struct Row: Sendable {
        let prefix: String
        let id: String
        let unknown: String
    }

    let table: RouteTable
    let rows: [Row]
    private let site: TestSite
    private let accounts: (first: Int64, second: Int64)
    private let database: TestDatabase

    init(on backend: Backend) async throws {
        let (database, clock) = (try await backend.emptyDatabase(), TestClock())
        let world = clock.world
        let node = try await database.write { tx in
            try NodeLease.take(holder: "routes", at: clock.now, in: tx)
        }
        let installation = Installation(
            database: database, world: world, settings: Settings(variables: [:]),
            secret: [UInt8](repeating: 7, count: 32), eventBell: Doorbell(), jobBell: Doorbell(),
            feedBell: Doorbell(),
            holder: "routes", node: node, folder: nil)
        let table = try Routes(installation, site: Site(baseURL: "https://rapport.example")).table
        let site = TestSite { routes, _ in routes = table }
        let (first, second) = try await database.write { tx in
            let made = try ["First", "Second"].map { name in
                try Account.make(
                    name: name, timeZone: "UTC", language: .en, by: .operator, world: world, in: tx)
            }
            return (made[0].id.number, made[1].id.number)
        }
        let member = try await MemberAdmission.admit(
            email: "olga@kettles.example", password: "zielona lampa 7", role: .owner, account: "First",
            timeZone: "UTC", database: database, world: world
        ).member
        let survey = try await Self.made(site, first, "/surveys", #"{"name": "A", "metric": "nps"}"#)
        let response = try await Self.made(
            site, first, "/surveys/\(survey)/responses", #"{"score": 2, "customer": {"external_id": "1"}}"#)
        let customer = try await Self.made(site, first, "/customers", #"{"external_id": "1"}"#)
        try await Follower(
            database: database, now: { clock.now }, holder: "routes",
            consumers: Subscriptions.consumers(installation)
        ).runUntilIdle()
        let (recovery, token, job) = try await database.write { tx in
            let recovery = try RecoveryCase.list(
                .init(), account: first, before: nil, limit: 1, at: clock.now, in: tx)
            let token = try APIToken.make(
                name: "t", scopes: [], account: Account.ID(first), by: .operator, world: world, in: tx)
            let job: Job.ID = world.id()
            try Job.enqueue(
                JobKind("tea.serve"), key: "1", account: first, at: clock.now, id: job.number, in: tx)
            return (recovery[0].id, token.token.id, job)
        }
        _ = try await site.page(
            "/members/invitations", form: [("email", "piet@kettles.example"), ("role", "agent")],
            account: first)
        let invitation = try await database.read { tx in
            Int64(
                try tx.run("SELECT id FROM member_invitations WHERE account_id = \(first) LIMIT 1")[0].int(
                    "id"))
        }
        (self.table, self.site, self.database, accounts) = (table, site, database, (first, second))
        rows = [
            Row("/api/v1/surveys", survey, as: Survey.self), Row("/surveys", survey, as: Survey.self),
            Row("/api/v1/responses", response, as: SurveyResponse.self),
            Row("/responses", response, as: SurveyResponse.self),
            Row("/api/v1/customers", customer, as: Customer.self),
            Row("/customers", customer, as: Customer.self),
            Row("/api/v1/cases", recovery.description, as: RecoveryCase.self),
            Row("/cases", recovery.description, as: RecoveryCase.self),
            Row("/members", member.id.description, as: Member.self),
            Row(
                "/members/invitations", MemberInvitation.ID(invitation).description, as: MemberInvitation.self
            ),
            Row("/tokens", token.description, as: APIToken.self),
            Row("/operations/jobs", job.description, as: Job.self),
        ]
    }

    /// What a well-formed request to a route carries, so that nothing but the id can be wrong with it.
    private static let bodies: [(ending: String, json: String, form: [(String, String)])] = [
        ("/owner", #"{"member": "MEMBER"}"#, [("member", "MEMBER")]),
        (
            "/contacts", #"{"channel": "phone", "outcome": "reached"}"#,
            [("channel", "phone"), ("outcome", "reached")]
        ),
        ("/resolution", #"{"cause": "late", "remedy": "sorry"}"#, [("cause", "late"), ("remedy", "sorry")]),
        ("/verdict", #"{"verdict": "satisfied"}"#, [("verdict", "satisfied")]),
        ("/closure", #"{"reason": "gone"}"#, [("reason", "gone")]),
        ("/responses", #"{"score": 9}"#, []),
        ("/role", "{}", [("role", "agent")]),
        ("/erasure", "{}", [("sure", "yes"), ("confirm", "yes")]),
        ("/surveys/{id}", #"{"name": "B"}"#, [("name", "B")]),
    ]

    func status(_ route: Route, _ path: String, as caller: Caller) async throws -> Int {
        let account = caller == .second ? accounts.second : accounts.first
        let body = Self.bodies.first { route.path.hasSuffix($0.ending) }
        var headers: HTTPFields = [:]
        var text: String?
        switch route.access {
        case .api:
            if caller != .nobody { headers[.authorization] = "Bearer account-\(account)" }
            if route.bodyLimit > 0 {
                headers[.contentType] = "application/json"
                text = (body?.json ?? "{}").replacing("MEMBER", with: rows[8].id)
            }
        case .page, .open:
            if caller != .nobody {
                headers[.cookie] = "\(site.site.cookieName(Site.sessionCookie))=account-\(account)"
            }
            if route.method != .get {
                headers[.contentType] = "application/x-www-form-urlencoded"
                let fields = (body?.form ?? []).map { ($0.0, $0.1.replacing("MEMBER", with: rows[8].id)) }
                text = FormFields(fields + [("csrf", "form")]).encoded()
            }
        }
        return try await site.call(route.method, path, headers: headers, body: text).status
    }

    private static func made(
        _ site: TestSite, _ account: Int64, _ path: String, _ body: String
    ) async throws -> String {
        try await site.api(.post, path, body, account: account).json["id"]?.string ?? ""
    }
}

extension TwoCompanies.Row {
    init<Tag: Noun>(_ prefix: String, _ id: String, as: Tag.Type) {
        self.init(prefix: prefix, id: id, unknown: Identifier<Tag>(1).description)
    }
}
