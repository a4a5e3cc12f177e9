import Accounts
import Columns
import Customers
import Database
import Foundation
import HTTPTypes
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@testable import Insight

/// The rows are the oracle: whatever the columns answer, they answer it too, and slower.
struct ScoreColumnsTests {
    /// A programme with columns in a folder of their own.
    fileprivate final class Bench: Sendable {
        let programme: Programme
        let folder = NSTemporaryDirectory() + "rapport-columns-\(getpid())-\(UUID().uuidString)"

        init(_ backend: Backend, zone: String = "UTC") async throws {
            programme = try await Programme(backend, zone: zone)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func open() throws -> ScoreColumns { try ScoreColumns(programme.database.inner, folder: folder) }

        /// Columns that hold all that happened, asked for as a question does.
        func followed() async throws -> ScoreColumns {
            let columns = try open()
            columns.now(of: 1).want()
            try await programme.count()
            await columns.catchUp()
            return columns
        }

        /// Each question answered by the columns as by the rows; how many answers it counted.
        @discardableResult
        func agree(_ columns: ScoreColumns, on questions: [ScoreQuery]) async throws -> Int {
            let standing = columns.now(of: 1)
            return try await programme.database.read { tx in
                try questions.reduce(0) { count, question in
                    let rows = try question.fromRows(.nps0to10, in: tx)
                    let packed = try #require(try question.fromColumns(standing, .nps0to10, in: tx))
                    #expect(packed == rows, "\(question)")
                    return count + rows.overall.n
                }
            }
        }

        func some(_ count: Int, seed: UInt64) -> [GivenAnswer] {
            GivenAnswer.some(count, from: "2026-10-20", days: 14, scale: .nps0to10, seed: seed)
        }
    }

    /// Cuts by chance: any names, values that some answers have and some that none has, any days.
    private static func questions(
        _ count: Int, _ surveys: [Survey.ID], zone: String = "UTC", seed: UInt64
    ) throws -> [ScoreQuery] {
        var chance = SeededRandom(seed: seed)
        let zone = try #require(Zone(named: zone)), first = try #require(LocalDay("2026-10-18"))
        let values = [
            "touchpoint": ["delivery", "repair", ""], "agent": ["ada", "bo", "cy", "nobody", ""],
            "language": ["pl", "en", ""], "channel": ["email", "import"], "city": ["Łódź", "台北", ""],
            "plan": ["gold", "tin", ""], "unheard": ["of", ""],
        ]
        let names = values.keys.sorted()
        return (0..<count).map { _ in
            let filters = names.filter { _ in Int.random(in: 0..<4, using: &chance) == 0 }.map { name in
                ScoreQuery.Filter(
                    name: name,
                    values: (values[name] ?? []).filter { _ in Bool.random(using: &chance) } + [
                        values[name]?.first ?? ""
                    ])
            }
            let from = first + Int.random(in: 0..<10, using: &chance)
            return ScoreQuery(
                account: 1, surveys: Bool.random(using: &chance) ? surveys : [surveys[0]],
                from: Bool.random(using: &chance) ? from : nil,
                to: Bool.random(using: &chance) ? from + Int.random(in: 0..<8, using: &chance) : nil,
                by: Bool.random(using: &chance) ? names.randomElement(using: &chance) : nil,
                filters: filters, zone: zone, byDay: Bool.random(using: &chance))
        }
    }

    @Test(arguments: Backend.available, ["UTC", "Europe/Warsaw", "America/New_York"])
    func `columns and rows give one table for any cut`(backend: Backend, zone: String) async throws {
        let bench = try await Bench(backend, zone: zone)
        let programme = bench.programme
        let surveys = [try await programme.survey("One"), try await programme.survey("Two")]
        for (survey, seed) in zip(surveys, [7, 8] as [UInt64]) {
            try await programme.record(bench.some(200, seed: seed), for: survey)
        }
        let columns = try await bench.followed()
        let questions = try Self.questions(60, surveys.map(\.id), zone: zone, seed: 3)
        #expect(try await bench.agree(columns, on: questions) > 500)
    }

    @Test(arguments: Backend.available)
    func `what came after them is counted from the rows`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let programme = bench.programme
        let survey = try await programme.survey()
        try await programme.record(bench.some(60, seed: 1), for: survey)
        let columns = try await bench.followed()
        let questions = try Self.questions(25, [survey.id], seed: 5)
        let before = try await bench.agree(columns, on: questions)
        // Not sealed, then sealed and not taken in, then some of each.
        try await programme.record(bench.some(60, seed: 2), for: survey)
        let unsealed = try await bench.agree(columns, on: questions)
        #expect(unsealed > before)
        try await programme.count()
        #expect(try await bench.agree(columns, on: questions) == unsealed)
        try await programme.record(bench.some(60, seed: 3), for: survey)
        #expect(try await bench.agree(columns, on: questions) > unsealed)
        await columns.catchUp()
        try await bench.agree(columns, on: questions)
    }

    @Test(arguments: Backend.available)
    func `a person who is erased leaves the score`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let programme = bench.programme
        let survey = try await programme.survey()
        let answers = try await programme.record(bench.some(80, seed: 1), for: survey)
        let columns = try await bench.followed()
        let questions = try Self.questions(25, [survey.id], seed: 6)
        let before = try await bench.agree(columns, on: questions)
        let erasure = Erasure(secret: [1, 2, 3], others: [ScoreDays.forget, SurveyResponse.forget])
        for answer in answers.prefix(10) {
            let person = try #require(answer.customer)
            try await programme.database.write { [world = programme.world, now = programme.clock.now] tx in
                _ = try erasure.erase(person, account: 1, by: .operator, world: world, at: now, in: tx)
            }
        }
        // Traits may have been taken off: the rows answer until the columns are made again.
        let old = columns.now(of: 1)
        try await programme.database.read { tx in
            for question in questions {
                let packed = try question.fromColumns(old, .nps0to10, in: tx)
                #expect(packed == nil)
            }
        }
        try await programme.count()
        await columns.catchUp()
        #expect(try await bench.agree(columns, on: questions) == before)
    }

    @Test(arguments: Backend.available)
    func `another time zone is not answered before they are cut anew`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let programme = bench.programme
        let survey = try await programme.survey()
        try await programme.record(bench.some(120, seed: 1), for: survey)
        let columns = try await bench.followed()
        try await programme.run("UPDATE accounts SET time_zone = 'Asia/Tokyo' WHERE id = 1")
        let questions = try Self.questions(25, [survey.id], zone: "Asia/Tokyo", seed: 6)
        let old = columns.now(of: 1)
        try await programme.database.read { tx in
            for question in questions {
                #expect(try question.fromColumns(old, .nps0to10, in: tx) == nil)
                let answered = try question.table(scale: .nps0to10, columns: old, in: tx)
                #expect(try answered == question.fromRows(.nps0to10, in: tx))
            }
        }
        // A change of the zone is an event of its own; here an answer stands for it.
        try await programme.record(bench.some(1, seed: 2), for: survey)
        try await programme.count()
        await columns.catchUp()
        try await bench.agree(columns, on: questions)
    }

    @Test(arguments: Backend.available)
    func `a process goes on where the one before died, or begins anew`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let programme = bench.programme
        let survey = try await programme.survey()
        try await programme.record(bench.some(80, seed: 1), for: survey)
        let questions = try Self.questions(25, [survey.id], seed: 9)
        do {
            let first = try await bench.followed()
            await first.checkpoint()
        }
        try await programme.record(bench.some(80, seed: 2), for: survey)
        do {
            // The account is known by its folder: nobody has to ask first.
            let second = try await bench.followedFromFolder()
            try await bench.agree(second, on: questions)
        }
        // Cut off in the middle of a checkpoint, then of a block that no checkpoint knows.
        let account = bench.folder + "/1"
        let file = try #require(
            FileManager.default.contentsOfDirectory(atPath: account).first { $0.hasSuffix(".blocks") })
        for name in ["checkpoint", file, "checkpoint.new"] {
            let path = account + "/" + name
            let bytes = FileManager.default.contents(atPath: path) ?? Data()
            try (name == file ? bytes + Data("half a block".utf8) : bytes.prefix(bytes.count / 2))
                .write(to: URL(filePath: path))
            let next = try await bench.followedFromFolder()
            try await bench.agree(next, on: questions)
            await next.checkpoint()
        }
        try FileManager.default.removeItem(atPath: bench.folder)
        let last = try await bench.followedFromFolder()
        last.now(of: 1).want()
        await last.catchUp()
        try await bench.agree(last, on: questions)
    }

    @Test(arguments: Backend.available)
    func `columns of another history are thrown away`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let programme = bench.programme
        let survey = try await programme.survey()
        try await programme.record(bench.some(80, seed: 1), for: survey)
        do {
            let columns = try await bench.followed()
            await columns.checkpoint()
        }
        // As after a restore from before the last twenty answers, and others since.
        let last = "SELECT MAX(position) - 20 FROM events WHERE account_id = 1" as SQL
        try await programme.run(
            """
            DELETE FROM scores WHERE account_id = 1 AND response_id IN (
              SELECT subject_id FROM events WHERE account_id = 1 AND position > (\(last)))
            """)
        try await programme.run("UPDATE events SET id = id + 1 WHERE account_id = 1")
        let columns = try await bench.followedFromFolder()
        try await bench.agree(columns, on: try Self.questions(25, [survey.id], seed: 2))
    }

    @Test(arguments: Backend.available)
    func `a survey that is gone is counted no more`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let programme = bench.programme
        let (left, gone) = (try await programme.survey("Left"), try await programme.survey("Gone"))
        for survey in [left, gone] { try await programme.record(bench.some(40, seed: 4), for: survey) }
        let columns = try await bench.followed()
        let questions = try Self.questions(25, [gone.id, left.id], seed: 8)
        let before = try await bench.agree(columns, on: questions)
        let place = "account_id = 1 AND survey_id = \(gone.id)" as SQL
        try await programme.run("DELETE FROM scores WHERE \(place)")
        try await programme.run("DELETE FROM survey_versions WHERE survey_id = \(gone.id)")
        try await programme.run("DELETE FROM surveys WHERE account_id = 1 AND id = \(gone.id)")
        try await programme.database.write { [world = programme.world] tx in
            try Ledger.append(
                .sampleRemoved, about: 1, by: .operator, id: world.newID(), account: 1, at: world.now(),
                in: tx)
        }
        try await programme.count()
        await columns.catchUp()
        #expect(try await bench.agree(columns, on: questions) < before)
    }

    @Test(arguments: Backend.available)
    func `two processes do not keep columns in one folder`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let first = try bench.open()
        #expect(throws: ServeLock.Held.self) { try bench.open() }
        withExtendedLifetime(first) {}
    }

    @Test(arguments: Backend.available)
    func `the first question that no count covers has them kept`(backend: Backend) async throws {
        let bench = try await Bench(backend)
        let programme = bench.programme
        let survey = try await programme.survey()
        try await programme.record(bench.some(40, seed: 1), for: survey)
        try await programme.count()
        let columns = try bench.open()
        func ask(_ path: String) async throws -> String {
            let site = TestSite { table, _ in
                ScoreRoutes(database: programme.database.inner, columns: columns).add(to: &table)
            }
            let answer = try await site.api(.get, "/scores?survey=\(survey.id)" + path)
            #expect(answer.status == 200)
            return answer.text
        }
        let both = "&where[agent]=ada&where[city]=&by=touchpoint&interval=week"
        _ = try await ask("&where[agent]=ada")
        await columns.catchUp()
        #expect(columns.now(of: 1).view == nil)
        let slow = try await ask(both)
        await columns.catchUp()
        #expect(columns.now(of: 1).view?.position ?? 0 > 0)
        #expect(try await ask(both) == slow)
    }
}

extension ScoreColumnsTests.Bench {
    /// As a process that has just started. The one before lets go of the folder when its last question ends.
    fileprivate func followedFromFolder() async throws -> ScoreColumns {
        var opened = try? open()
        for _ in 0..<5000 where opened == nil {
            try await Task.sleep(for: .milliseconds(20))
            opened = try? open()
        }
        let columns = try #require(opened)
        try await programme.count()
        await columns.catchUp()
        return columns
    }
}
