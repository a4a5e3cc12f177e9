import Database
import Kernel
import TestKit
import Testing

@testable import Ledger

@Suite struct LeaseTests {
    private static func take(_ holder: String, _ scene: Scene) async throws -> Lease? {
        try await scene.database.write { [now = scene.clock.now] tx in
            try Lease.take("kettle", holder: holder, for: .seconds(10), at: now, in: tx)
        }
    }
    private static func holds(_ lease: Lease?, _ scene: Scene) async throws -> Bool {
        guard let lease else { return false }
        return try await scene.database.read { [now = scene.clock.now] tx in
            do {
                try lease.require(at: now, in: tx)
                return true
            } catch is LeaseLost {
                return false
            }
        }
    }

    @Test(arguments: Backend.available)
    func `of a hundred who ask at once one gets it`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let held = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 { group.addTask { try await Self.take("holder \(number)", scene) != nil } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(held == 1)
    }

    @Test(arguments: Backend.available)
    func `its token grows with each new holder and with each gap, not when it is prolonged`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend)
        let first = try await Self.take("a", scene)
        scene.clock.advance(by: .seconds(9))
        #expect(try await Self.take("b", scene) == nil)
        let prolonged = try await Self.take("a", scene)
        #expect(prolonged?.token == first?.token)
        scene.clock.advance(by: .seconds(10))
        #expect(try await !Self.holds(prolonged, scene))
        let again = try await Self.take("a", scene)
        #expect(again?.token == 2)
        #expect(try await !Self.holds(prolonged, scene))
        try await scene.database.write { tx in try again?.release(in: tx) }
        #expect(try await !Self.holds(again, scene))
        let next = try await Self.take("b", scene)
        #expect(next?.token == 3)
        try await scene.database.write { tx in try again?.release(in: tx) }
        #expect(try await Self.holds(next, scene))
    }

    @Test(arguments: Backend.available)
    func `what killed processes held is free at once where nobody else can be`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend)
        let killed = try await Self.take("a", scene)
        try await scene.database.write { [now = scene.clock.now] tx in try Lease.endAll(at: now, in: tx) }
        #expect(try await !Self.holds(killed, scene))
        #expect(try await Self.take("b", scene)?.token == 2)
    }

    @Test(arguments: Backend.available)
    func `an end that a wrong clock wrote holds nobody up, and keeps out who wrote it`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend)
        scene.clock.advance(by: .seconds(3600))
        let ahead = try await Self.take("a", scene)
        scene.clock.advance(by: .seconds(-3600))
        let right = try await Self.take("b", scene)
        #expect(right?.token == 2)
        #expect(try await Self.holds(right, scene))
        #expect(try await !Self.holds(ahead, scene))
        scene.clock.advance(by: .seconds(-9))
        #expect(try await Self.take("a", scene) == nil)
    }
}

@Suite struct NodeLeaseTests {
    private static func take(_ holder: String, _ scene: Scene) async throws -> NodeLease {
        try await scene.database.write { [now = scene.clock.now] tx in
            try NodeLease.take(holder: holder, at: now, in: tx)
        }
    }

    @Test(arguments: Backend.available)
    func `a hundred processes get a hundred numbers`(backend: Backend) async throws {
        let scene = try await Scene(backend)
        let nodes = try await withThrowingTaskGroup(of: Int64?.self) { group in
            // Beside many others one may have to ask again.
            for number in 0..<100 {
                group.addTask {
                    for _ in 0..<50 {
                        if let one = try? await Self.take("\(number)", scene) { return one.node }
                    }
                    return nil
                }
            }
            return try await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
        }
        #expect(nodes.sorted() == Array(0..<100))
    }

    @Test(arguments: Backend.available)
    func `a number is not used again while it is leased, nor just after it was given back`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend)
        let now = scene.clock.now
        let all = try await scene.database.write { tx in
            try (0..<1024).map { try NodeLease.take(holder: "\($0)", at: now, in: tx) }
        }
        #expect(Set(all.map(\.node)).count == 1024)
        await #expect(throws: NoNodeLeft.self) { try await Self.take("late", scene) }

        try await scene.database.write { tx in try all[7].release(at: now, in: tx) }
        scene.clock.advance(by: .seconds(59))
        await #expect(throws: NoNodeLeft.self) { try await Self.take("late", scene) }
        scene.clock.advance(by: .seconds(1))
        #expect(try await Self.take("late", scene).node == all[7].node)
        await #expect(throws: LeaseLost.self) {
            try await scene.database.write { [now = scene.clock.now] tx in try all[7].renew(at: now, in: tx) }
        }
        try await scene.database.write { [now = scene.clock.now] tx in try all[8].renew(at: now, in: tx) }
        scene.clock.advance(by: .seconds(599))
        #expect(try await Self.take("later", scene).node != all[8].node)
        try await scene.database.write { [now = scene.clock.now] tx in try all[8].renew(at: now, in: tx) }
    }

    @Test(arguments: Backend.available)
    func `a process keeps its number until it is taken away or the database is gone`(backend: Backend)
        async throws
    {
        let scene = try await Scene(backend)
        let lease = try await Self.take("server", scene)
        let keep = { () -> Task<Void, any Error> in
            Task { try await lease.keep(in: scene.database, every: .milliseconds(5)) { scene.clock.now } }
        }
        let until = { try await scene.count("SELECT leased_until AS n FROM nodes") }
        let keeping = keep()
        for _ in 1...3 {
            scene.clock.advance(by: .seconds(500))
            while try await until() != scene.clock.now.milliseconds + 600_000 {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        keeping.cancel()
        try await keeping.value
        try await scene.run("UPDATE nodes SET holder = 'other'")
        await #expect(throws: LeaseLost.self) { try await keep().value }
        try await scene.run("UPDATE nodes SET holder = 'server'")
        await scene.database.close()
        let started = scene.clock.now
        await #expect(throws: DatabaseClosed.self) {
            try await lease.keep(in: scene.database, every: .milliseconds(5)) {
                scene.clock.advance(by: .seconds(100))
                return scene.clock.now
            }
        }
        #expect(scene.clock.now - started > NodeLease.term)
    }
}
