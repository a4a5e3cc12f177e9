import Database
import Foundation
import Kernel
import TestKit
import Testing

@testable import Ledger

@Suite struct ConsumerTests {
    private static func counter(_ name: String = "counter", kinds: [EventKind] = []) -> Consumer {
        Consumer(name, kinds: kinds) { _, events, tx in
            for event in events { try effect(event.position, name, in: tx) }
        }
    }

    @Test(arguments: Backend.available)
    func `each consumer sees every event of every account once and in order`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        let consumers = [Self.counter("one"), Self.counter("two"), Self.counter("tea", kinds: [.teaServed])]
        for _ in 0..<3 {
            try await scene.append(4, account: 1)
            try await scene.append(1, .teaServed, account: 1)
            try await scene.append(2, account: 2)
            try await scene.follower(consumers).runUntilIdle()
        }
        #expect(try await scene.effects("one") == (Array(1...15) + Array(1...6)).sorted())
        #expect(try await scene.effects("two") == scene.effects("one"))
        #expect(try await scene.effects("tea") == [5, 10, 15])
        let standings = try await scene.database.read { tx in try Consumer.Standing.all(account: 1, in: tx) }
        #expect(standings.map(\.name) == ["one", "tea", "two"])
        #expect(standings.allSatisfy { $0.behind == 0 && $0.position == 15 && $0.failures == 0 })
    }

    @Test(arguments: Backend.available)
    func `a transaction of many events is handed over in parts that an effect can take`(
        backend: Backend
    ) async throws {
        let scene = try await Scene(backend).withEffects()
        let sizes = Tally()
        let few = Consumer("few", atOnce: 4) { _, events, tx in
            sizes.add(events.count)
            for event in events { try effect(event.position, "few", in: tx) }
        }
        let many = Consumer("many", atOnce: 10) { _, events, _ in sizes.add(100 * events.count) }
        try await scene.append(10)
        let follower = Follower(
            database: scene.database, now: { scene.clock.now }, holder: "test", consumers: [few, many],
            largestBatch: 10)
        try await follower.runUntilIdle()
        #expect(try await scene.effects("few") == Array(1...10))
        #expect(sizes.all == [4, 4, 2, 1000])
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM ledger_links") == 1)
    }

    /// Dying between effect and cursor is what a rollback leaves behind; a new follower knows nothing of the
    /// old one.
    @Test(arguments: Backend.available)
    func `killed in the middle of an effect, it happens exactly once`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        try await scene.append(30)
        let deaths = Tally()
        let mortal = Consumer("counter") { _, events, tx in
            for event in events {
                try effect(event.position, "counter", in: tx)
                if event.position % 5 == 0, !deaths.all.contains(event.position) {
                    deaths.add(event.position)
                    throw Mishap()
                }
            }
        }
        for _ in 0..<40 {
            try await scene.follower([mortal]).runUntilIdle()
            scene.clock.advance(by: .seconds(400))
        }
        #expect(deaths.all == [5, 10, 15, 20, 25, 30])
        #expect(try await scene.effects("counter") == Array(1...30))
    }

    @Test(arguments: Backend.available)
    func `a hundred followers without a lease between them still count once`(backend: Backend) async throws {
        let scene = try await Scene(backend).withEffects()
        try await scene.append(40)
        try await scene.seal()
        let consumer = Self.counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask { [now = scene.clock.now] in
                    _ = try? await consumer.advance(account: 1, limit: 7, at: now, in: scene.database)
                }
            }
        }
        try await scene.follower([consumer]).runUntilIdle()
        #expect(try await scene.effects("counter") == Array(1...40))
    }

    @Test func `PostgreSQL knows how rows are spread once there are some`() async throws {
        guard Backend.available.contains(.postgres) else { return }
        let scene = try await Scene(.postgres)
        // Else the server itself may look first.
        try await scene.run("ALTER TABLE events SET (autovacuum_enabled = false)")
        func isKnown() async throws -> Bool {
            try await scene.count(
                """
                SELECT COUNT(*) AS n FROM pg_stats
                WHERE schemaname = current_schema() AND tablename = 'events' AND attname = 'account_id'
                """) == 1
        }
        let follower = scene.follower()
        try await scene.append(150)
        try await follower.runUntilIdle()
        #expect(try await !isKnown())
        try await scene.append(100)
        try await follower.runUntilIdle()
        #expect(try await isKnown())
    }

    /// They share a transaction while all goes well: whoever breaks it must take nobody along.
    @Test(arguments: Backend.available)
    func `consumers at one place go together, and one that fails leaves no trace in the others`(
        backend: Backend
    ) async throws {
        let scene = try await Scene(backend).withEffects()
        try await scene.append(10)
        let bad = Consumer("bad") { _, events, tx in
            for event in events {
                try effect(event.position, "bad", in: tx)
                if event.position == 4 { throw Mishap() }
            }
        }
        let late = Self.counter("late")
        try await scene.follower([late]).runUntilIdle()
        try await scene.append(3)
        try await scene.follower([Self.counter("one"), bad, Self.counter("two"), late]).runUntilIdle()
        for name in ["one", "two", "late"] {
            #expect(try await scene.effects(name) == Array(1...13), "\(name)")
        }
        #expect(try await scene.effects("bad").isEmpty)
        let standings = try await scene.database.read { tx in try Consumer.Standing.all(account: 1, in: tx) }
        #expect(standings.filter { $0.failures > 0 }.map(\.name) == ["bad"])
        #expect(standings.filter { $0.behind == 0 }.map(\.name) == ["late", "one", "two"])
    }

    @Test(arguments: Backend.available)
    func `one that fails stands before the bad event, waits longer each time and stops nobody`(
        backend: Backend
    ) async throws {
        let scene = try await Scene(backend).withEffects()
        try await scene.append(10, account: 1)
        try await scene.append(10, account: 2)
        let bad = Consumer("bad") { account, events, tx in
            for event in events {
                if account == 1 && event.position == 7 { throw Mishap() }
                try effect(event.position, "bad \(account)", in: tx)
            }
        }
        let standing = {
            try await scene.database.read { tx in try Consumer.Standing.find(["bad"], 1, in: tx)[0] }
        }
        try await scene.follower([bad, Self.counter()]).runUntilIdle()
        #expect(try await scene.effects("bad 2") == Array(1...10))
        #expect(try await scene.effects("counter").count == 20)
        var waits: [Duration] = []
        // The first failure is the whole batch's; then single events pass, and each success begins again.
        while try await standing().failures < 11 {
            let retryAt = try #require(try await standing().retryAt)
            waits.append(retryAt - scene.clock.now)
            scene.clock.move(to: retryAt)
            try await scene.follower([bad]).runUntilIdle()
        }
        let stuck = try await standing()
        #expect(try await scene.effects("bad 1") == Array(1...6))
        #expect(stuck.position == 6 && stuck.behind == 4 && stuck.lastError?.contains("Mishap") == true)
        #expect(waits == waits.sorted() && waits.first == .seconds(1) && waits.last == .seconds(300))

        try await scene.database.write { tx in try Consumer.Standing.retryNow("bad", account: 1, in: tx) }
        try await scene.follower([Self.counter("bad")]).runUntilIdle()
        #expect(try await scene.effects("bad") == [7, 8, 9, 10])
        #expect(try await standing().lastError == nil)
    }
}

@Suite struct FollowerTests {
    @Test(arguments: Backend.available)
    func `an idle follower commits nothing`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let follower = scene.follower([Consumer("idle") { _, _, _ in }])
        #expect(try await follower.pass() == .idle)
        #expect(try await scene.count("SELECT COUNT(*) AS n FROM leases") == 0)
        try await scene.append(1)
        #expect(try await follower.pass() == .went)
        #expect(try await follower.pass() == .idle)
    }

    @Test(arguments: Backend.available)
    func `of two processes one follows, the other takes over when it is gone`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let (first, second) = (scene.follower(holder: "first"), scene.follower(holder: "second"))
        try await scene.append(1)
        #expect(try await first.pass() == .went)
        try await scene.append(1)
        #expect(try await second.pass() == .elsewhere)
        scene.clock.advance(by: Follower.term)
        #expect(try await second.pass() == .went)
        #expect(try await first.pass() == .idle)
        try await scene.append(1)
        #expect(try await first.pass() == .elsewhere)
    }

    @Test(arguments: Backend.available)
    func `a running follower seals and counts what is committed, within 200 ms`(backend: Backend) async throws
    {
        let scene = try await Scene(backend).withEffects()
        let doorbell = Doorbell()
        let database = try backend.second(at: scene.database.address) { doorbell.ring() }
        let follower = Follower(
            database: database, now: { scene.clock.now }, holder: "server",
            consumers: [
                Consumer("counter") { _, events, tx in
                    for event in events { try effect(event.position, in: tx) }
                }
            ],
            doorbell: doorbell)
        let running = Task { await follower.run() }
        var fastest = Duration.seconds(60)
        // The promise is for an idle machine, and other suites run beside this one: the best of many tries
        // says.
        var number = 0
        while fastest >= .milliseconds(200), number < 200 {
            number += 1
            let (id, now, start) = (scene.world.newID(), scene.clock.now, ContinuousClock.now)
            try await database.write(.insertOnly) { tx in
                try Ledger.append(.teaServed, about: 1, by: .system, id: id, account: 1, at: now, in: tx)
            }
            let expected = number
            while try await scene.effects().count < expected { try await Task.sleep(for: .milliseconds(2)) }
            fastest = min(fastest, start.duration(to: .now))
        }
        #expect(fastest < .milliseconds(200))
        // What another process wrote rings nothing here, and is found by a look.
        try await scene.append(1)
        while try await scene.effects().count < number + 1 { try await Task.sleep(for: .milliseconds(2)) }
        running.cancel()
        await running.value
        #expect(try await scene.count("SELECT leased_until AS n FROM leases") == 0)
        await database.close()
    }
}

extension Backend {
    /// Another process's view of the same database.
    fileprivate func second(at address: String, committed: @escaping @Sendable () -> Void) throws
        -> any Database
    {
        switch self {
        case .sqlite: try SQLiteDatabase(path: address, readers: 1, committed: committed)
        case .postgres: try PostgresDatabase(url: address, writers: 1, readers: 1, committed: committed)
        }
    }
}
