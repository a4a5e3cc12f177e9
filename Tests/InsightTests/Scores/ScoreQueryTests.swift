import Accounts
import Database
import Kernel
import Surveys
import TestKit
import Testing

@testable import Insight

struct ScoreQueryTests {
    /// Weeks in which the clocks of a zone change, both ways.
    static let changes = [
        ("UTC", "2026-11-01"), ("Europe/Warsaw", "2026-10-20"), ("Europe/Warsaw", "2026-03-24"),
        ("America/New_York", "2026-10-27"), ("America/New_York", "2026-03-03"),
        ("Asia/Kathmandu", "2026-11-01"),
    ]

    @Test(arguments: Backend.available, changes)
    func `cells and rows give one table`(backend: Backend, change: (zone: String, from: String)) async throws
    {
        let programme = try await Programme(backend, zone: change.zone)
        let (first, second) = (try await programme.survey("One"), try await programme.survey("Two"))
        for (survey, seed) in [(first, 7), (second, 8)] as [(Survey, UInt64)] {
            try await programme.record(
                GivenAnswer.some(250, from: change.from, days: 14, scale: survey.scale, seed: seed),
                for: survey)
        }
        try await programme.count()
        let zone = try #require(Zone(named: change.zone))
        let (from, to) = (try #require(LocalDay(change.from)) + 3, try #require(LocalDay(change.from)) + 9)
        for query in Self.questions([first.id, second.id], from, to, zone) {
            try await programme.database.read { tx in
                let settings = try ScoreDays.settings(of: 1, in: tx)
                #expect(query.coveringDimension(settings) != nil)
                let cells = try query.table(scale: .nps0to10, in: tx)
                let rows = try query.fromRows(.nps0to10, in: tx)
                #expect(cells.overall.n > 0)
                #expect(cells == rows, "\(query)")
            }
        }
    }

    private static func questions(
        _ surveys: [Survey.ID], _ from: LocalDay, _ to: LocalDay, _ zone: Zone
    ) -> [ScoreQuery] {
        func ask(_ by: String?, _ filters: [ScoreQuery.Filter] = [], _ few: Bool = false) -> ScoreQuery {
            ScoreQuery(
                account: 1, surveys: few ? [surveys[0]] : surveys, from: from, to: to, by: by,
                filters: filters, zone: zone)
        }
        return ["touchpoint", "channel", "agent", "language", "city", "plan"].map { ask($0) } + [
            ask(nil), ask(nil, [], true),
            ask(nil, [.init(name: "agent", values: ["ada", "bo"])]),
            ask("agent", [.init(name: "agent", values: ["ada", ""])]),
            ask(nil, [.init(name: "city", values: [""])]),
            ask("city", [.init(name: "city", values: ["台北", "Łódź"])], true),
        ]
    }

    @Test(arguments: Backend.available)
    func `two dimensions at once are counted from the rows`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record(
            [
                GivenAnswer(10, touchpoint: "repair", agent: "ada"),
                GivenAnswer(9, touchpoint: "repair", agent: "bo"),
                GivenAnswer(1, touchpoint: "delivery", agent: "ada"), GivenAnswer(2, agent: "cy"),
            ], for: survey)
        try await programme.count()
        let query = ScoreQuery(
            account: 1, surveys: [survey.id], by: "agent",
            filters: [.init(name: "touchpoint", values: ["repair", ""])], zone: .utc)
        let table = try await programme.database.read { tx in
            #expect(query.coveringDimension(try ScoreDays.settings(of: 1, in: tx)) == nil)
            return try query.table(scale: .nps0to10, in: tx)
        }
        #expect(table.groups.map(\.value) == ["ada", "bo", "cy"])
        #expect(table.groups.map(\.histogram.n) == [1, 1, 1])
    }

    @Test
    func `the value that is missing stands last and months begin on their first`() {
        var table = ScoreTable(scale: .nps0to10)
        for (value, day) in [("", "2026-11-30"), ("b", "2026-11-01"), ("a", "2026-12-01")] {
            if let day = LocalDay(day) { table.add(value, day, raw: 9, times: 2) }
        }
        #expect(table.groups.map(\.value) == ["a", "b", ""])
        #expect(
            table.series(.month).map { "\($0.start) \($0.histogram.n)" } == ["2026-11-01 4", "2026-12-01 2"])
        #expect(table.groups[1].series(.week).map(\.start.description) == ["2026-10-26"])
        #expect(table.overall.n == 6)
    }
}
