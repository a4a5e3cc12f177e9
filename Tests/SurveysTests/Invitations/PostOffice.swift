import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import Outbound
import Synchronization
import TestKit
import Web

@testable import Surveys

/// Takes messages as a relay would, and remembers whom each was for.
final class RecordingCarrier: MailCarrier {
    typealias Answer = @Sendable (_ message: MailMessage, _ times: Int) async throws -> MailReceipt

    private let messages = Mutex<[MailMessage]>([])
    private let answer: Answer

    /// `answer` is also told how often this address was written to, this time counted.
    init(_ answer: @escaping Answer = { _, _ in MailReceipt(reply: "250 2.0.0 Ok: queued as 4F1A") }) {
        self.answer = answer
    }

    func carry(_ message: MailMessage) async throws -> MailReceipt {
        let times = messages.withLock { all in
            all.append(message)
            return all.count { $0.to.address == message.to.address }
        }
        return try await answer(message, times)
    }

    var addresses: [String] { messages.withLock { $0.map(\.to.address) } }
    var texts: [String] { messages.withLock { $0.map(\.text) } }
    var ids: [String] { messages.withLock { $0.map(\.id) } }
    /// Addresses that were written to more than once.
    var twice: [String] {
        Dictionary(grouping: addresses) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }
}

/// A database with two accounts, a survey, the routes that ask, and senders.
struct PostOffice {
    static let secret: [UInt8] = [4, 5, 6]

    let database: TestDatabase
    let clock = TestClock()
    let site: TestSite
    let survey: String

    init(on backend: Backend) async throws {
        let database = try await backend.emptyDatabase()
        self.database = database
        let world = clock.world
        try await database.write { tx in
            for id in [1, 2] as [Int64] {
                try tx.run(
                    """
                    INSERT INTO accounts (id, name, time_zone, language, created_at)
                    VALUES (\(id), \("Kettles \(id)"), 'UTC', 'en', 0)
                    """)
            }
        }
        let erasure = Erasure(secret: Self.secret) { customer, account, tx in
            try Invitation.forget(customer: customer, account: account, world: world, in: tx)
        }
        site = TestSite { table, site in
            SurveyRoutes(database: database, world: world, site: site).add(to: &table)
            CustomerRoutes(database: database, world: world, erasure: erasure).add(to: &table)
            CustomerEventRoutes(database: database, world: world).add(to: &table)
            AskRulePageRoutes(database: database, world: world, secret: Self.secret).add(to: &table)
            AskRuleRoutes(database: database, world: world, secret: Self.secret).add(to: &table)
            RestrictionRoutes(database: database, world: world).add(to: &table)
            ConsentRoutes(database: database, world: world).add(to: &table)
            ContactPolicyRoutes(database: database, world: world).add(to: &table)
            ExclusionRoutes(database: database, world: world).add(to: &table)
            ExclusionPageRoutes(database: database, world: world).add(to: &table)
            WaveRoutes(database: database, planner: WavePlanner(world: world, secret: Self.secret))
                .add(to: &table)
        }
        let made = try await site.api(.post, "/surveys", #"{"name": "Kettle delivery", "metric": "nps"}"#)
        survey = made.json["id"]?.string ?? made.text
    }

    func sender(
        _ carrier: any MailCarrier, on other: (any Database)? = nil, node: Int64 = 1
    ) -> InvitationSender {
        InvitationSender(
            database: other ?? database, world: node == 1 ? clock.world : TestClock(node: node).world,
            secret: Self.secret, carrier: carrier, write: Self.letter)
    }

    /// A letter short enough to be read in a test.
    @Sendable static func letter(
        _ outgoing: OutgoingInvitation, token: String, at now: Timestamp
    ) -> MailMessage {
        MailMessage(
            id: "\(outgoing.invitation.id)@rapport.example", date: now,
            from: .init(name: outgoing.sender.name, address: "us@rapport.example"),
            to: .init(name: outgoing.name, address: outgoing.address), envelopeSender: "",
            subject: outgoing.survey.name, text: "/r/\(token)", html: "")
    }

    /// Asks by the API.
    func ask(_ to: [JSONValue], _ more: JSONObject = [:], key: String? = nil) async throws -> TestAnswer {
        var body: JSONObject = ["channel": "email", "to": .array(to)]
        for member in more.members { body.set(member.key, member.value) }
        return try await site.api(
            .post, "/surveys/\(survey)/invitations", JSONValue.object(body).text, key: key)
    }

    func ask(_ addresses: [String]) async throws -> TestAnswer {
        try await ask(addresses.map { ["email": .string($0)] })
    }

    func ask(count: Int) async throws -> TestAnswer {
        try await ask((0..<count).map { "p\($0)@x.example" })
    }

    /// How many invitations stand in each state.
    func states() async throws -> [String: Int] {
        try await database.read { tx in
            try tx.run("SELECT state, COUNT(*) AS n FROM invitations GROUP BY state")
                .reduce(into: [:]) { all, row in all[try row.text("state")] = try row.int("n") }
        }
    }

    /// Why each was withdrawn or failed, sorted.
    func reasons() async throws -> [String] {
        try await database.read { tx in
            try tx.run("SELECT COALESCE(reason, '') AS reason FROM invitations ORDER BY reason, id")
                .map { try $0.text("reason") }
        }
    }

    func change(_ sql: SQL) async throws { try await database.write { tx in try tx.run(sql) } }

    enum Leaving: CaseIterable {
        /// As the link in a mail lets them.
        case byLink
        /// The same, with nothing said of what is planned.
        case quietly
        /// A mail came back.
        case byBounce
    }

    /// The customer of an address is written to no more.
    func leave(_ address: String, _ leaving: Leaving = .byLink) async throws {
        try await database.write { [world = clock.world, now = clock.now] tx in
            let rows = try tx.run(
                "SELECT id, customer_id FROM contact_points WHERE account_id = 1 AND value = \(address)")
            guard let row = rows.first else { return }
            try CustomerReach.suppress(
                point: try row.int64("id"),
                because: leaving == .byBounce ? CustomerReach.bounced : CustomerReach.unsubscribed,
                account: 1,
                at: now, in: tx)
            guard leaving == .byLink else { return }
            try Invitation.withdraw(
                plannedFor: try row.id("customer_id"), because: "unsubscribed", account: 1, world: world,
                at: now, in: tx)
        }
    }

    /// Kinds of events and how many of each.
    func events() async throws -> [String: Int] {
        try await database.read { tx in
            try tx.run("SELECT kind, COUNT(*) AS n FROM unsealed_events GROUP BY kind")
                .reduce(into: [:]) { all, row in all[try row.text("kind")] = try row.int("n") }
        }
    }
}

extension Erasure {
    init(secret: [UInt8], _ forget: @escaping Forgetting) { self.init(secret: secret, others: [forget]) }
}
