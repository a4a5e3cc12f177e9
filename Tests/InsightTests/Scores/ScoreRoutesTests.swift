import Formats
import HTTPTypes
import Kernel
import Surveys
import TestKit
import Testing

@testable import Insight

struct ScoreRoutesTests {
    @Test(arguments: Backend.available)
    func `figures come with groups, their series and the null key`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record(
            [
                GivenAnswer(10, on: "2026-11-02", touchpoint: "repair"),
                GivenAnswer(9, on: "2026-11-09", touchpoint: "repair"),
                GivenAnswer(0, on: "2026-11-10"), GivenAnswer(7, on: "2026-11-16", touchpoint: "shop"),
            ], for: survey)
        try await programme.count()
        let answer = try await programme.site.api(
            .get, "/scores?survey=\(survey.id)&by=touchpoint&interval=week&from=2026-11-02&to=2026-11-16")
        #expect(answer.status == 200)
        #expect(answer.json["metric"] == "nps" && answer.json["scale"] == "0-10")
        let overall = try #require(answer.json["overall"])
        #expect(overall["n"] == 3 && overall["promoters"] == 2 && overall["detractors"] == 1)
        #expect(abs((overall["value"]?.double ?? 0) - 100.0 / 3) < 1e-9)
        #expect(overall["level"] == 0.95)
        let groups = try #require(answer.json["groups"]?.array)
        #expect(groups.map { $0["key"] } == ["repair", .null])
        #expect(groups[0]["series"]?.array?.map { $0["start"] } == ["2026-11-02", "2026-11-09"])
        #expect(answer.json["series"]?.array?.map { $0["figure"]?["n"] } == [1, 2])
    }

    @Test(arguments: Backend.available)
    func `a survey without answers has a figure without a value`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        let answer = try await programme.site.api(.get, "/scores?survey=\(survey.id)&interval=month")
        #expect(answer.json["overall"]?["n"] == 0)
        #expect(answer.json["overall"]?["value"] == .null)
        #expect(answer.json["series"] == [])
        let timing = answer.headers[HTTPField.Name("Server-Timing")!]
        #expect(timing?.wholeMatch(of: /store;dur=[0-9.]+/) != nil)
    }

    @Test(arguments: Backend.available)
    func `repeated values of one name mean any of, several names all of`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record(
            [
                GivenAnswer(10, touchpoint: "a", customer: "1", attributes: ["plan": "gold"]),
                GivenAnswer(9, touchpoint: "b", customer: "2", attributes: ["plan": "gold"]),
                GivenAnswer(0, touchpoint: "b", customer: "3"), GivenAnswer(5, touchpoint: "c"),
            ], for: survey)
        let counts = [
            "where[touchpoint]=a&where[touchpoint]=b": 3, "where%5Btouchpoint%5D=b&where[plan]=gold": 1,
            "where[plan]=": 2, "where[touchpoint]=nowhere": 0, "where[channel]=import": 4,
        ]
        for counted in [false, true] {
            if counted { try await programme.count() }
            for (query, n) in counts {
                let answer = try await programme.site.api(.get, "/scores?survey=\(survey.id)&\(query)")
                // What no cell covers is there at once; cells follow.
                if counted || query.contains("plan") || query.contains("where[plan]") {
                    #expect(answer.json["overall"]?["n"] == .integer(Int64(n)), "\(query)")
                }
            }
        }
    }

    @Test(arguments: Backend.available)
    func `several surveys are one figure where their scale is the same`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let (one, two) = (try await programme.survey("One"), try await programme.survey("Two"))
        let other = try await programme.survey("Other", .ces1to7)
        try await programme.record([GivenAnswer(9)], for: one)
        try await programme.record([GivenAnswer(9), GivenAnswer(1)], for: two)
        try await programme.record([GivenAnswer(7)], for: other)
        try await programme.count()
        let both = try await programme.site.api(.get, "/scores?survey=\(one.id)&survey=\(two.id)")
        #expect(both.json["overall"]?["n"] == 3)
        let mixed = try await programme.site.api(.get, "/scores?survey=\(one.id)&survey=\(other.id)")
        #expect(mixed.status == 422 && mixed.wrong == ["/survey scales-differ"])
        let effort = try await programme.site.api(.get, "/scores?survey=\(other.id)")
        #expect(effort.json["overall"]?["top"] == 1 && effort.json["overall"]?["mean_low"] == .null)
    }

    @Test(arguments: [
        ("", ["/survey missing"]), ("survey=SURVEY&from=2026-13-01", ["/from not-a-date"]),
        ("survey=SURVEY&to=tomorrow", ["/to not-a-date"]),
        ("survey=SURVEY&interval=year", ["/interval unknown-value"]),
        ("survey=SURVEY&by=", ["/by missing"]), ("survey=SURVEY&where=x", ["/where unknown-field"]),
        ("survey=SURVEY&form=2026-01-01&by=", ["/form unknown-field", "/by missing"]),
    ])
    func `a wrong question names each wrong field`(query: String, wrong: [String]) async throws {
        let programme = try await Programme(.sqlite)
        let survey = try await programme.survey()
        let path = "/scores?" + query.replacing("SURVEY", with: survey.id.description)
        let answer = try await programme.site.api(.get, path)
        #expect(answer.status == 422 && answer.wrong == wrong)
    }

    @Test(arguments: Backend.available)
    func `a survey of another account is as unknown as none`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        for id in [survey.id.description, "srv_0000000000001", "nonsense"] {
            let answer = try await programme.site.api(.get, "/scores?survey=\(id)", account: 2)
            #expect(answer.status == 404 && answer.code == "not-found")
        }
    }
}
