import Database
import Kernel
import Ledger
import TestKit
import Testing
import Web

@testable import App

@Suite struct `A live feed` {
    private let clock = TestClock()
    private let follower: Doorbell = Doorbell()

    /// Appends and seals `count` events of an account.
    private func tell(_ count: Int, of account: Int64, in database: TestDatabase) async throws {
        let world = clock.world
        try await database.write { tx in
            for _ in 0..<count {
                try Ledger.append(
                    EventKind("tea.served"), about: 7, by: .system, id: world.newID(), account: account,
                    at: world.now(), in: tx)
            }
        }
        try await Follower(database: database, now: world.now, holder: "test", consumers: []).runUntilIdle()
    }

    private func feed(
        of database: TestDatabase, known: [Credential: Principal]? = nil
    ) -> LiveFeed {
        let known =
            known ?? [
                .bearer("tea 1"): program(of: 1, [.readResponses]),
                .bearer("tea 2"): program(of: 2, [.readResponses]),
            ]
        return LiveFeed(database: DatabaseReader(database), doorbell: follower) { callers in
            known.filter { callers.contains($0.key) }
        }
    }

    private func program(of account: Int64, _ permissions: Set<Permission>) -> Principal {
        Principal(
            caller: .token(7), accountID: account, accountName: "Tea", name: "Tea", email: nil, role: nil,
            permissions: permissions, csrfToken: nil, timeZone: "UTC", language: nil)
    }

    /// Listens from `start` until `count` events were heard; their positions.
    private func hear(_ count: Int, of account: Int64, after start: Int, on feed: LiveFeed) async throws
        -> [Int]
    {
        let head = try await feed.head(account: account)
        let listener = feed.listen(account: account, head: head, as: .bearer("tea \(account)"))
        defer { feed.leave(listener) }
        var heard: [Int] = []
        for await _ in listener.rings {
            while true {
                let after = heard.last ?? start
                let messages = try await feed.messages(after: after, account: account)
                if messages.isEmpty { break }
                heard += messages.map(\.position)
            }
            if heard.count >= count { break }
        }
        return heard
    }

    @Test(arguments: Backend.available)
    func `leaves no gap and tells nothing twice, old and new`(backend: Backend) async throws {
        let database = try await backend.emptyDatabase()
        try await tell(450, of: 1, in: database)
        let feed = feed(of: database)
        let running = Task { await feed.run() }
        defer { running.cancel() }
        async let fromTheStart = hear(1700, of: 1, after: 0, on: feed)
        async let fromTheMiddle = hear(1500, of: 1, after: 200, on: feed)
        try await tell(1, of: 1, in: database)
        try await tell(1249, of: 1, in: database)
        #expect(try await fromTheStart == Array(1...1700))
        #expect(try await fromTheMiddle == Array(201...1700))
    }

    @Test(arguments: Backend.available)
    func `tells each account of its own`(backend: Backend) async throws {
        let database = try await backend.emptyDatabase()
        let feed = feed(of: database)
        let running = Task { await feed.run() }
        defer { running.cancel() }
        async let first = hear(2, of: 1, after: 0, on: feed)
        async let second = hear(3, of: 2, after: 0, on: feed)
        try await tell(2, of: 1, in: database)
        try await tell(3, of: 2, in: database)
        #expect(try await first == [1, 2])
        #expect(try await second == [1, 2, 3])
    }

    @Test func `ends its listeners with itself`() async throws {
        let database = try await Backend.sqlite.emptyDatabase()
        let feed = feed(of: database)
        let listener = feed.listen(account: 1, head: 0, as: .bearer("tea 1"))
        let running = Task { await feed.run() }
        running.cancel()
        await running.value
        for await _ in listener.rings {}
        for await _ in feed.listen(account: 1, head: 0, as: .bearer("tea 1")).rings {}
    }

    @Test func `beats for who is known and ends who is not`() async throws {
        let known: [Credential: Principal] = [
            .bearer("a"): program(of: 1, [.readResponses]), .session("b"): program(of: 1, [.readCases]),
            .session("turned away"): program(of: 2, [.readResponses]),
        ]
        let feed = feed(of: try await Backend.sqlite.emptyDatabase(), known: known)
        let callers: [Credential] = [
            .bearer("a"), .bearer("a"), .session("b"), .session("a"), .session("turned away"),
        ]
        let listeners = callers.map { feed.listen(account: 1, head: 0, as: $0) }
        await feed.beat { _ in true }
        listeners.forEach(feed.leave)
        var heard: [[Set<Permission>]] = []
        for listener in listeners {
            var beats: [Set<Permission>] = []
            for await case .beat(let permissions) in listener.rings { beats.append(permissions) }
            heard.append(beats)
        }
        #expect(heard == [[[.readResponses]], [[.readResponses]], [[.readCases]], [], []])
    }

    private struct Silence: Error {}

    @Test func `ends those whom nobody can look up`() async throws {
        let database = try await Backend.sqlite.emptyDatabase()
        let feed = LiveFeed(database: DatabaseReader(database), doorbell: follower) { _ in
            throw Silence()
        }
        let listener = feed.listen(account: 1, head: 0, as: .bearer("a"))
        await feed.beat { _ in true }
        var rings = 0
        for await _ in listener.rings { rings += 1 }
        #expect(rings == 1)
        await #expect(throws: Silence.self) { try await feed.permissions(of: listener) }
    }
}
