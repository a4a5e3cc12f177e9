import Accounts
import Database
import Formats
import Kernel
import Language
import Ledger
import Surveys
import Synchronization
import TestKit
import Testing

/// An account with one survey, and files that are taken into it.
struct ImportFixture {
    let database: TestDatabase
    let clock = TestClock()
    let survey: Survey
    let zone: Zone

    init(_ backend: Backend, scale: Scale = .nps0to10) async throws {
        database = try await backend.emptyDatabase()
        let (world, now) = (clock.world, clock.now)
        zone = try #require(Zone(named: "Europe/Warsaw"))
        survey = try await database.write { tx in
            let account = try Account.make(
                name: "Kettle", timeZone: "Europe/Warsaw", language: .en, by: .operator, world: world, in: tx)
            return try Survey.create(
                SurveyInput(name: "Calls", scale: scale), account: account.id.number, by: .operator,
                world: world, at: now, in: tx)
        }
    }

    static let fields: [(String, ImportField)] = [
        ("id", .id), ("score", .score), ("comment", .comment), ("time", .time), ("customer", .externalID),
        ("email", .email), ("phone", .phone), ("agent", .agent), ("lang", .language),
        ("region", .attribute("region")),
    ]

    func plan(_ headings: [String], opensCases: Bool = false) -> ImportPlan {
        ImportPlan(
            survey: survey,
            fields: Self.fields.compactMap { name, field in
                headings.firstIndex(of: name).map { ($0, field) }
            },
            width: headings.count, zone: zone, opensCases: opensCases
        ) { LocalDay(String($0.prefix(10))) }
    }

    /// Reads a whole file; throws what the database throws.
    func take(
        _ file: String, into database: any Database, opensCases: Bool = false
    ) async throws -> (feed: ImportFeed, refused: [(row: ImportRow, reason: ImportRefusal)]) {
        let (world, survey) = (clock.world, survey)
        let headings = file.prefix { $0 != "\n" }.split(separator: ",").map(String.init)
        let job = try await database.write { tx in
            try Import.begin(
                "\(file.utf8.count)-\(file.prefix(60))", named: "f.csv", into: survey, world: world, in: tx)
        }
        var feed = ImportFeed(job)
        var rows = ImportRows(plan(headings, opensCases: opensCases))
        var refused: [(row: ImportRow, reason: ImportRefusal)] = []
        let reader = CSVReader()
        var records: [CSVRow] = []
        try reader.read(Array(file.utf8)) { records.append($0.compact) }
        try reader.finish { records.append($0.compact) }
        var rest = records[...]
        while true {
            while !feed.isFull, let record = rest.popFirst() {
                if let known = feed.take(rows.read(record, begun: job.begun)) { refused.append(known) }
            }
            let waiting = feed.cut()
            if waiting.isEmpty { break }
            let (next, batch) = try await feed.job.settle(waiting, in: database, world: world)
            feed.note(next, batch)
            refused += batch.refused
            let ambiguous = batch.refused.filter { $0.reason == .ambiguousCustomer }.map(\.row)
            if job.rowsDone == 0 { rows.forget(through: next.rowsDone, refused: ambiguous) }
        }
        let last = feed.job
        _ = try await database.write { tx in try last.finish(at: world.now(), in: tx) }
        return (feed, refused)
    }

    /// What a whole file would become.
    func look(at file: String) async throws -> ImportLook {
        let headings = file.prefix { $0 != "\n" }.split(separator: ",").map(String.init)
        var look = ImportLook(plan(headings), at: clock.now)
        let reader = CSVReader()
        try reader.read(Array(file.utf8)) { look.take($0) }
        try reader.finish { look.take($0) }
        let ids = look.cut()
        look.note(taken: try await database.read { tx in try ids.taken(in: tx) })
        return look
    }

    func take(_ file: String) async throws -> (
        feed: ImportFeed, refused: [(row: ImportRow, reason: ImportRefusal)]
    ) {
        try await take(file, into: database)
    }

    /// Everything that an import wrote, without ids and clocks of its own.
    func content() async throws -> [String] {
        try await database.read { tx in
            let answers = try tx.run(
                """
                SELECT s.raw, s.band, s.occurred_at, r.comment, r.agent, r.language, r.channel, r.source,
                  r.follow_up, c.external_id, g.value AS region
                FROM scores s JOIN responses r ON r.id = s.response_id
                  LEFT JOIN customers c ON c.id = r.customer_id
                  LEFT JOIN response_segments g ON g.response_id = r.id
                ORDER BY r.id
                """
            ).map { "\($0.values)" }
            let customers = try tx.run(
                """
                SELECT c.external_id, p.kind, p.value FROM customers c
                  LEFT JOIN contact_points p ON p.customer_id = c.id ORDER BY 1, 2, 3
                """
            ).map { "\($0.values)" }
            let events = try tx.run("SELECT kind FROM unsealed_events ORDER BY id").map { "\($0.values)" }
            let jobs = try tx.run("SELECT rows_done, recorded, refused FROM imports").map { "\($0.values)" }
            let keys = try tx.run("SELECT client_key FROM answer_keys ORDER BY 1").map { "\($0.values)" }
            return answers + customers + events + jobs + keys
        }
    }
}

/// Dies now and then: before a transaction commits, or after it.
final class DyingDatabase: Database {
    struct Died: Error {}

    private let inner: any Database
    private let chance: Mutex<UInt64>
    var dialect: Dialect { inner.dialect }

    init(_ inner: any Database, seed: UInt64) {
        self.inner = inner
        chance = Mutex(seed)
    }

    private func fate() -> UInt64 {
        chance.withLock { state in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value { try await inner.read(body) }

    func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        let fate = fate() % 5
        let value = try await inner.write(isolation) { tx in
            let value = try body(tx)
            if fate == 0 { throw Died() }
            return value
        }
        if fate == 1 { throw Died() }
        return value
    }

    func close() async {}
}
