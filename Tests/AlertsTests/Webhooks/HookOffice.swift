import Customers
import Database
import FollowUp
import Formats
import HTTPTypes
import Kernel
import Ledger
import Outbound
import Surveys
import Synchronization
import TestKit
import Web

@testable import Alerts

/// Takes messages as a called server would, and remembers each.
final class RecordingHook: HookCarrier {
    typealias Answer = @Sendable (_ request: HookRequest, _ times: Int) async throws -> HookReply

    private let taken = Mutex<[HookRequest]>([])
    private let answer: Answer

    /// `answer` is also told how often this URL was called, this time counted.
    init(_ answer: @escaping Answer = { _, _ in HookReply(status: 200) }) { self.answer = answer }

    func post(_ request: HookRequest) async throws -> HookReply {
        let times = taken.withLock { all in
            all.append(request)
            return all.count { $0.url == request.url }
        }
        return try await answer(request, times)
    }

    var requests: [HookRequest] { taken.withLock { $0 } }
    var ids: [String] { requests.map { $0.header("webhook-id") } }
    var types: [String] { requests.map { $0.json["type"]?.string ?? "-" } }
}

extension HookRequest {
    func header(_ name: String) -> String { headers.first { $0.name == name }?.value ?? "" }
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
}

/// A database with two accounts, the routes of webhooks over it, and senders.
struct HookOffice {
    static let secret = [UInt8](repeating: 9, count: 32)

    let database: TestDatabase
    let clock = TestClock()
    let site: TestSite

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
        let guarding = AddressGuard(allowing: [IPNetwork("10.9.0.0/16")!])
        site = TestSite { table, _ in
            WebhookRoutes(database: database, world: world, secret: Self.secret, guarding: guarding)
                .add(to: &table)
            WebhookPageRoutes(database: database, world: world, secret: Self.secret, guarding: guarding)
                .add(to: &table)
        }
    }

    func sender(
        _ carrier: any HookCarrier, on other: (any Database)? = nil, node: Int64 = 1,
        _ change: (inout WebhookSender.Settings) -> Void = { _ in }
    ) -> WebhookSender {
        var settings = WebhookSender.Settings()
        change(&settings)
        // Another node has a clock of its own, which makes other ids.
        let world = node == 1 ? clock.world : TestClock(at: clock.now, node: node).world
        return WebhookSender(
            database: other ?? database, world: world, secret: Self.secret, carrier: carrier,
            settings: settings)
    }

    /// Adds a webhook by the API: its id and secret.
    func add(
        _ url: String = "https://hooks.example.org/a", events: [String] = ["response.recorded"],
        account: Int64 = 1
    ) async throws -> (id: String, secret: WebhookSecret) {
        let body: JSONValue = ["url": .string(url), "events": .array(events.map { .string($0) })]
        let made = try await site.api(.post, "/webhooks", body.text, account: account)
        guard let id = made.json["id"]?.string,
            let secret = made.json["secret"]?.string.flatMap({ WebhookSecret($0) })
        else { throw NotMade(answer: made.text) }
        return (id, secret)
    }

    struct NotMade: Error { let answer: String }

    /// Something happens, is sealed and planned.
    func happen(_ kind: EventKind = .responseRecorded, times: Int = 1, account: Int64 = 1) async throws {
        try await database.write { [world = clock.world] tx in
            for _ in 0..<times {
                try Ledger.append(
                    kind, about: 7, customer: 8, by: .system, payload: ["score": .integer(3)],
                    id: world.newID(), account: account, at: world.now(), in: tx)
            }
        }
        try await follow()
    }

    func follow() async throws {
        try await Follower(
            database: database, now: clock.world.now, holder: "office",
            consumers: [WebhookJobs.consumer(world: clock.world)]
        ).runUntilIdle()
    }

    func webhook(_ id: String) async throws -> JSONValue {
        try await site.api(.get, "/webhooks/\(id)").json
    }

    /// Newest first.
    func deliveries(_ id: String) async throws -> [JSONValue] {
        try await site.api(.get, "/webhooks/\(id)/deliveries").json["data"]?.array ?? []
    }

    /// Kinds of events, sealed or not, and how many of each.
    func events() async throws -> [String: Int] {
        try await database.read { tx in
            try tx.run(
                """
                SELECT kind, COUNT(*) AS n FROM (
                  SELECT kind FROM unsealed_events UNION ALL SELECT kind FROM events) AS happened
                GROUP BY kind
                """
            )
            .reduce(into: [:]) { all, row in all[try row.text("kind")] = try row.int("n") }
        }
    }
}
