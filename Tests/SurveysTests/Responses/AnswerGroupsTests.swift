import Database
import HTTPTypes
import Surveys
import Synchronization
import TestKit
import Testing

@Suite struct AnswerGroupsTests {
    /// An answer comes while others are on their way to a database that is out of reach. It has waited for as
    /// long as the database was given, and is not made to wait for it a second time.
    @Test(arguments: Backend.available)
    func `who waits behind an answer hears with it that the database is gone`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let path = "/surveys/\(try await house.survey().id)/responses"
        let onTheirWay = house.database.dialect == .sqlite ? 2 : 1
        // One that comes late makes a try of its own: then the moment is sought again, and again.
        var tries = 0
        for _ in 1...20 where tries != onTheirWay {
            let lost = LostDatabase(house.database)
            let site = TestSite { table, _ in
                SurveyResponseRoutes(database: lost, world: house.clock.world).add(to: &table)
            }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...onTheirWay + 1 {
                    group.addTask { try await site.api(.post, path, #"{"score": 3}"#).status }
                    while lost.looks < number || lost.tries < min(number, onTheirWay) { await Task.yield() }
                }
                for _ in 1...1000 { await Task.yield() }
                lost.giveUp()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 503 })
            tries = lost.tries
        }
        #expect(tries == onTheirWay)
        #expect(try await house.rows("responses") == 0)
    }
}

/// Reads well; what is written is lost, and whoever writes hears of it when the time is over.
private final class LostDatabase: Database {
    private struct Lost: Error {}
    private let inner: any Database
    private let state = Mutex((looks: 0, tries: 0, isOver: false))

    var dialect: Dialect { inner.dialect }
    var looks: Int { state.withLock { $0.looks } }
    var tries: Int { state.withLock { $0.tries } }

    init(_ inner: any Database) { self.inner = inner }

    func giveUp() { state.withLock { $0.isOver = true } }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        defer { state.withLock { $0.looks += 1 } }
        return try await inner.read(body)
    }

    func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        do {
            _ = try await inner.write(isolation) { tx -> Value in
                _ = try body(tx)
                throw Lost()
            }
        } catch is Lost { state.withLock { $0.tries += 1 } }
        while !state.withLock({ $0.isOver }) { await Task.yield() }
        throw DatabaseUnavailable(reason: "out of reach")
    }

    func close() async {}
}
