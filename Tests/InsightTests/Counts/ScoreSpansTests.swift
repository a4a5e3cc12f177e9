import Accounts
import Database
import Kernel
import Surveys
import TestKit
import Testing

@testable import Insight

struct ScoreSpansTests {
    /// Mondays, ends of months and neither: `nil` has no end.
    static let periods: [(String?, String?)] = [
        (nil, nil), ("2026-08-31", "2026-11-02"), ("2026-09-02", "2026-10-31"), ("2026-09-01", nil),
        (nil, "2026-10-15"), ("2026-09-08", "2026-09-11"), ("2026-09-29", "2026-10-06"),
    ]

    @Test(arguments: Backend.available, [Scale.nps0to10, .npsSigned, .csat1to5])
    func `weeks, months and totals are the sums of their days`(backend: Backend, scale: Scale) async throws {
        let programme = try await Programme(backend, zone: "Europe/Warsaw")
        let survey = try await programme.survey("One", scale)
        try await programme.record(
            GivenAnswer.some(400, from: "2026-08-20", days: 85, scale: scale, seed: 3), for: survey)
        try await programme.count()
        let zone = try #require(Zone(named: "Europe/Warsaw"))
        for (from, to) in Self.periods {
            for by in [nil, "agent"] {
                var query = ScoreQuery(
                    account: 1, surveys: [survey.id], from: from.flatMap { LocalDay($0) },
                    to: to.flatMap { LocalDay($0) }, by: by, zone: zone)
                let days = try await programme.table(query, scale)
                for interval in [Interval.week, .month] {
                    query.interval = interval
                    let spans = try await programme.table(query, scale)
                    #expect(spans.overall == days.overall, "\(query)")
                    #expect(spans.groups.map(\.value) == days.groups.map(\.value), "\(query)")
                    for (span, day) in zip(spans.groups, days.groups) {
                        let (some, all) = (span.series(interval), day.series(interval))
                        #expect(some.map(\.start) == all.map(\.start), "\(query)")
                        #expect(some.map(\.histogram) == all.map(\.histogram), "\(query)")
                    }
                }
                query.byDay = false
                #expect(try await programme.table(query, scale).overall == days.overall, "\(query)")
            }
        }
    }

    @Test(arguments: Backend.available)
    func `verify names a week that somebody has changed`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record([GivenAnswer(9), GivenAnswer(3)], for: survey)
        try await programme.count()
        try await programme.run(
            """
            UPDATE score_spans SET n19 = 7 WHERE account_id = 1 AND dimension = '' AND grain = 'week'
            """)
        #expect(
            try await programme.differences() == [
                "survey \(survey.id) week of 2026-11-16: published 8, counted 2"
            ])
    }
}

extension Programme {
    fileprivate func table(_ query: ScoreQuery, _ scale: Scale) async throws -> ScoreTable {
        try await database.read { tx in try query.table(scale: scale, in: tx) }
    }
}
