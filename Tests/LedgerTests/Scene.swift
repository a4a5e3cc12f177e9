import Database
import Kernel
import Ledger
import Synchronization
import TestKit

extension EventKind {
    static let kettleBoiled = EventKind("kettle.boiled")
    static let teaServed = EventKind("tea.served")
}

/// A database, a clock and short ways to fill them.
struct Scene: Sendable {
    let database: TestDatabase
    let clock = TestClock()
    var world: World { clock.world }

    init(_ backend: Backend) async throws { database = try await backend.emptyDatabase() }

    func append(
        _ count: Int, _ kind: EventKind = .kettleBoiled, account: Int64 = 1, subject: Int64 = 5,
        customer: Int64? = nil, by actor: Actor = .system
    ) async throws {
        let (now, ids) = (clock.now, (0..<count).map { _ in world.newID() })
        try await database.write(.insertOnly) { tx in
            for id in ids {
                try Ledger.append(
                    kind, about: subject, customer: customer, by: actor, id: id, account: account, at: now,
                    in: tx)
            }
        }
    }

    func follower(_ consumers: [Consumer] = [], holder: String = "test") -> Follower {
        Follower(database: database, now: { clock.now }, holder: holder, consumers: consumers)
    }

    func seal() async throws { try await follower().runUntilIdle() }

    func count(_ sql: SQL) async throws -> Int {
        try await database.read { tx in try tx.run(sql)[0].int("n") }
    }

    func run(_ sql: SQL) async throws {
        try await database.write { tx in _ = try tx.run(sql) }
    }

    /// A table that effects write into, one row for each time that they happen.
    func withEffects() async throws -> Scene {
        try await run("CREATE TABLE effects (what TEXT NOT NULL, number BIGINT NOT NULL)")
        return self
    }

    func effects(_ what: String = "") async throws -> [Int] {
        try await database.read { tx in
            try tx.run("SELECT number FROM effects WHERE what = \(what) ORDER BY number").map {
                try $0.int("number")
            }
        }
    }
}

/// Something that happens in tests' effects.
struct Mishap: Error {}

/// Counts what concurrent tasks report.
final class Tally: Sendable {
    private let seen = Mutex<[Int]>([])
    var all: [Int] { seen.withLock { $0 } }
    func add(_ number: Int) { seen.withLock { $0.append(number) } }
}

func effect(_ number: Int, _ what: String = "", in tx: any Connection) throws {
    try tx.run("INSERT INTO effects (what, number) VALUES (\(what), \(number))")
}
