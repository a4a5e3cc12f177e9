import Accounts
import Alerts
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
        /// What `{delivery}` names there.
        var delivery = ""

        /// A path of it, with an id of its own or another's.
        func path(_ route: Route, id: String) -> String {
            route.path.replacing("{id}", with: id).replacing("{delivery}", with: delivery)
        }
    }

    /// Stands in every text of the first company and of nobody else.
    static let mark = "Xyzzy"

    let table: RouteTable
    /// Of the first company, and of the second.
    let rows: [Row], ownRows: [Row]
    let site: TestSite
    let accounts: (first: Int64, second: Int64)
    let database: TestDatabase
    let installation: Installation

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
        (self.table, self.site, self.database, accounts) = (table, site, database, (first, second))
        self.installation = installation
        rows = try await Self.things(of: first, "First", Self.mark, site, installation)
        ownRows = try await Self.things(of: second, "Second", "plain", site, installation)
    }

    /// Makes one of everything for a company; `word` is in every text.
    private static func things(
        of account: Int64, _ name: String, _ word: String, _ site: TestSite, _ installation: Installation
    ) async throws -> [Row] {
        let (database, world) = (installation.database, installation.world)
        let member = try await MemberAdmission.admit(
            email: "olga@\(word).example", password: "zielona lampa 7", role: .owner, account: name,
            timeZone: "UTC", database: database, world: world
        ).member
        let survey = try await made(
            site, account, "/surveys", #"{"name": "\#(word) survey", "metric": "nps"}"#)
        let response = try await made(
            site, account, "/surveys/\(survey)/responses",
            """
            {"score": 2, "comment": "\(word) said", "touchpoint": "\(word) shop", "agent": "\(word) agent",
             "customer": {"external_id": "\(word)-1", "name": "\(word) person",
                          "email": "one@\(word).example", "attributes": {"tier": "\(word) tier"}}}
            """)
        let customer = try await made(site, account, "/customers", #"{"external_id": "\#(word)-1"}"#)
        let rule = try await made(
            site, account, "/ask-rules",
            """
            {"name": "\(word) rule", "survey": "\(survey)", "event": "\(word) order", "channel": "email"}
            """)
        try await Follower(
            database: database, now: world.now, holder: "routes",
            consumers: Subscriptions.consumers(installation)
        ).runUntilIdle()
        let wave = try await asked(site, account, survey, word)
        let exclusion = try await made(
            site, account, "/ask-rules/\(rule)/exclusions",
            """
            {"customer": {"external_id": "\(word)-1"}, "reason": "other", "note": "\(word) note"}
            """)
        let (recovery, token, job) = try await database.write { tx in
            let recovery = try RecoveryCase.list(
                .init(), account: account, before: nil, limit: 1, at: world.now(), in: tx)
            let token = try APIToken.make(
                name: "\(word) token", scopes: [], account: Account.ID(account), by: .operator, world: world,
                in: tx)
            let job: Job.ID = world.id()
            try Job.enqueue(
                JobKind("tea.serve"), key: "\(word) key", account: account, at: world.now(), id: job.number,
                in: tx)
            return (recovery[0].id, token.token.id, job)
        }
        _ = try await site.page(
            "/members/invitations", form: [("email", "piet@\(word).example"), ("role", "agent")],
            account: account)
        let invitation = try await database.read { tx in
            Int64(
                try tx.run("SELECT id FROM member_invitations WHERE account_id = \(account) LIMIT 1")[0]
                    .int("id"))
        }
        let mail = try await mail(to: account, word, installation)
        let alert = try await made(
            site, account, "/alert-rules",
            """
            {"name": "\(word) alert", "when": {"words": ["\(word) refund"]},
             "to": {"kind": "members", "members": ["\(member.id)"]}}
            """)
        let webhook = try await made(
            site, account, "/webhooks",
            #"{"url": "https://\#(word).example/hook", "events": ["case.opened"]}"#)
        let delivery = try await made(site, account, "/webhooks/\(webhook)/test", "{}")
        let reply = try await reply(from: customer, to: account, word, installation)
        let view: SavedView.ID = world.id()
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO response_views (id, account_id, member_id, name, query, shared, created_at)
                VALUES (\(view), \(account), \(member.id), \("\(word) view"), \("q=\(word)"), \(true), 0)
                """)
        }
        return [
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
            Row("/responses/views", view.description, as: SavedView.self),
            Row("/mailbox", mail.description, as: MailboxMessage.self),
            Row("/api/v1/alert-rules", alert, as: AlertRule.self),
            Row("/settings/alerts", alert, as: AlertRule.self),
            Row("/api/v1/webhooks", webhook, as: Webhook.self, delivery: delivery),
            Row("/webhooks", webhook, as: Webhook.self, delivery: delivery),
            Row("/replies", reply.description, as: Reply.self),
            Row("/api/v1/ask-rules", rule, as: AskRule.self), Row("/ask-rules", rule, as: AskRule.self),
            Row("/api/v1/waves", wave, as: Wave.self), Row("/waves", wave, as: Wave.self),
            Row("/api/v1/exclusions", exclusion, as: Exclusion.self),
            Row("/exclusions", exclusion, as: Exclusion.self),
        ]
    }

    /// A wave that asks the person.
    private static func asked(
        _ site: TestSite, _ account: Int64, _ survey: String, _ word: String
    ) async throws -> String {
        try await site.api(
            .post, "/surveys/\(survey)/invitations",
            #"{"channel": "email", "to": [{"external_id": "\#(word)-1"}], "agent": "\#(word) agent"}"#,
            account: account
        ).json["wave"]?.string ?? ""
    }

    private static func reply(
        from customer: String, to account: Int64, _ word: String, _ installation: Installation
    ) async throws -> Reply.ID {
        let (world, id, now) = (installation.world, installation.world.newID(), installation.world.now())
        let person = Customer.ID(customer)
        try await installation.database.write { tx in
            try tx.run(
                """
                INSERT INTO replies (id, account_id, customer_id, subject, said, original, is_proven,
                  follow_up, received_at)
                VALUES (\(id), \(account), \(person), \("\(word) subject"), \("\(word) said"),
                  \("\(word) quoted"), TRUE, FALSE, \(now))
                """)
            try Ledger.append(
                .replyReceived, about: id, customer: person?.number, by: .customer, id: world.newID(),
                account: account, at: now, in: tx)
        }
        return Reply.ID(id)
    }

    private static func mail(
        to account: Int64, _ word: String, _ installation: Installation
    ) async throws -> MailboxMessage.ID {
        let (database, world) = (installation.database, installation.world)
        _ = try await MailboxCarrier(database: database, world: world).carry(
            MailMessage(
                id: "1@\(word).example", date: world.now(), from: .init(address: "we@\(word).example"),
                to: .init(name: "\(word) person", address: "one@\(word).example"), envelopeSender: "",
                subject: "\(word) question", text: "\(word) text", html: "<head></head><p>\(word) mail",
                account: account))
        return try await database.read { tx in
            try MailboxMessage.list(account: account, limit: 1, in: tx)[0].id
        }
    }

    /// What a well-formed request to a route carries, so that nothing but the id can be wrong with it.
    private static let bodies: [(ending: String, json: String, form: [(String, String)])] = [
        ("/owner", #"{"member": "MEMBER"}"#, [("member", "MEMBER")]),
        ("/state", #"{"state": "read"}"#, []), ("/tags", #"{"tags": ["late"]}"#, [("tag", "late")]),
        ("/restriction", #"{"restricted": true}"#, [("restricted", "yes")]),
        ("/consent", #"{"consented": true}"#, [("consented", "yes")]),
        (
            "/exclusions", #"{"customer": {"external_id": "k-1"}, "reason": "legal"}"#,
            [("who", "k-1"), ("reason", "legal")]
        ),
        ("/responses/views", "{}", [("name", "Late"), ("query", "tag=late")]),
        (
            "/contacts", #"{"channel": "phone", "outcome": "reached"}"#,
            [("channel", "phone"), ("outcome", "reached")]
        ),
        ("/resolution", #"{"cause": "late", "remedy": "sorry"}"#, [("cause", "late"), ("remedy", "sorry")]),
        ("/verdict", #"{"verdict": "satisfied"}"#, [("verdict", "satisfied")]),
        ("/closure", #"{"reason": "gone"}"#, [("reason", "gone")]),
        ("/responses", #"{"score": 9}"#, []),
        (
            "/alert-rules", #"{"name": "B", "to": {"kind": "members", "members": ["MEMBER"]}}"#, []
        ),
        ("/settings/alerts", "{}", [("name", "B"), ("to", "members"), ("member", "MEMBER")]),
        ("/settings/alerts/{id}", "{}", [("name", "B"), ("to", "members"), ("member", "MEMBER")]),
        (
            "/surveys/{id}/invitations", #"{"channel": "email", "to": [{"email": "ask@x.example"}]}"#,
            [("addresses", "ask@x.example"), ("reason", "round")]
        ),
        ("/role", "{}", [("role", "agent")]),
        ("/erasure", "{}", [("sure", "yes"), ("confirm", "yes")]),
        ("/surveys/{id}", #"{"name": "B"}"#, [("name", "B")]),
    ]

    /// The longest prefix wins, as `/members/invitations/{id}` is no member.
    static func row(of route: Route, in rows: [Row]) -> Row? {
        rows.filter { route.path.hasPrefix($0.prefix + "/{id}") }.max { $0.prefix.count < $1.prefix.count }
    }

    /// Routes that read and come to an end: the streams of events have none, and tests of their own.
    var reading: [Route] {
        table.routes.filter { $0.method == .get && !["/api/v1/stream", "/stream"].contains($0.path) }
    }

    /// Where a route is for a row; every other parameter is `x`.
    static func path(_ route: Route, _ row: Row?) -> String {
        route.path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0 == "{id}" ? Substring(row?.id ?? "x") : $0.hasPrefix("{") ? "x" : $0 }
            .joined(separator: "/")
    }

    func status(_ route: Route, _ path: String, as caller: Caller) async throws -> Int {
        try await answer(route, path, as: caller).status
    }

    /// `role` is a role's or a scope's word, `more` goes into the body beside what belongs there, as text.
    func answer(
        _ route: Route, _ path: String, as caller: Caller, role: String? = nil,
        more: [(String, String)] = [], csrf: String? = "form", headers added: HTTPFields = [:]
    ) async throws -> TestAnswer {
        let account = caller == .second ? accounts.second : accounts.first
        let member = (caller == .second ? ownRows : rows)[8].id
        let token = "account-\(account)" + (role.map { "/" + $0 } ?? "")
        let body = Self.bodies.first { route.path.hasSuffix($0.ending) }
        var headers = added
        var text: String?
        switch route.access {
        case .api:
            if caller != .nobody { headers[.authorization] = "Bearer \(token)" }
            if route.bodyLimit > 0 {
                headers[.contentType] = "application/json"
                let written = (body?.json ?? "{}").replacing("MEMBER", with: member)
                var object = try JSONValue(parsing: written).object ?? JSONObject()
                for (name, value) in more { object.set(name, .string(value)) }
                text = JSONValue.object(object).text
            }
        case .page, .open:
            if caller != .nobody {
                headers[.cookie] = "\(site.site.cookieName(Site.sessionCookie))=\(token)"
            }
            if route.method != .get {
                headers[.contentType] = "application/x-www-form-urlencoded"
                let named = Set(more.map(\.0))
                let fields = (body?.form ?? []).filter { !named.contains($0.0) }
                    .map { ($0.0, $0.1.replacing("MEMBER", with: member)) }
                text = FormFields(fields + more + (csrf.map { [("csrf", $0)] } ?? [])).encoded()
            }
        }
        return try await site.call(route.method, path, headers: headers, body: text)
    }

    private static func made(
        _ site: TestSite, _ account: Int64, _ path: String, _ body: String
    ) async throws -> String {
        try await site.api(.post, path, body, account: account).json["id"]?.string ?? ""
    }
}

extension TwoCompanies.Row {
    init<Tag: Noun>(_ prefix: String, _ id: String, as: Tag.Type, delivery: String = "") {
        self.init(prefix: prefix, id: id, unknown: Identifier<Tag>(1).description, delivery: delivery)
    }
}
