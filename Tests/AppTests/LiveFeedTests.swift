import Database
import Kernel
import Ledger
import TestKit
import Testing

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

    /// Listens from `start` until `count` events were heard; their positions.
    private func hear(_ count: Int, of account: Int64, after start: Int, on feed: LiveFeed) async throws
        -> [Int]
    {
        let head = try await feed.head(account: account)
        let listener = feed.listen(account: account, head: head)
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
        let feed = LiveFeed(database: DatabaseReader(database), doorbell: follower)
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
        let feed = LiveFeed(database: DatabaseReader(database), doorbell: follower)
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
        let feed = LiveFeed(database: DatabaseReader(database), doorbell: follower)
        let listener = feed.listen(account: 1, head: 0)
        let running = Task { await feed.run() }
        running.cancel()
        await running.value
        for await _ in listener.rings {}
        for await _ in feed.listen(account: 1, head: 0).rings {}
    }
}
