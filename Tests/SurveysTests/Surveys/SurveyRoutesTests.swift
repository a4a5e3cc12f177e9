import Formats
import HTTPTypes
import TestKit
import Testing

@Suite struct SurveyRoutesTests {
    @Test(arguments: Backend.available)
    func `a survey takes answers at once and says where`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let made = try await house.site.api(
            .post, "/surveys", #"{"name": "Żółty czajnik", "metric": "csat"}"#)
        #expect(made.status == 201)
        #expect(made.json["slug"] == "zolty-czajnik")
        #expect(made.json["url"] == "https://rapport.example/s/zolty-czajnik")
        #expect(made.json["status"] == "open")
        #expect(made.json["metric"] == "csat")
        #expect(made.json["scale"] == "csat-1-5")
        #expect(made.json["version"] == 1)
        let id = try #require(made.json["id"]?.string)
        #expect(try await house.site.api(.get, "/surveys/\(id)").json == made.json)
        #expect(try await house.site.api(.get, "/surveys").json["data"]?.array?.count == 1)
    }

    @Test(
        arguments: [
            (#"{"metric": "nps"}"#, ["/name missing"]),
            (#"{"name": "K"}"#, ["/metric missing"]),
            (#"{"name": "K", "metric": "love"}"#, ["/metric unknown-value"]),
            (#"{"name": "K", "metric": "nps", "scale": "csat-1-5"}"#, ["/scale scale-of-another-metric"]),
            (#"{"name": "K", "metric": "nps", "scale": "0-11"}"#, ["/scale unknown-value"]),
            (#"{"name": "K", "metric": "nps", "slug": "No Way"}"#, ["/slug not-a-slug"]),
            (#"{"name": "K", "metric": "nps", "slug": "ab"}"#, ["/slug too-short"]),
            (#"{"name": "K", "metric": "nps", "languages": []}"#, ["/languages too-few"]),
            (#"{"name": "K", "metric": "nps", "languages": ["en", "?"]}"#, ["/languages/1 not-a-language"]),
            (
                #"{"name": "K", "metric": "nps", "#
                    + #""questions": [{"key": "score", "kind": "text", "text": {"en": "?"}}]}"#,
                ["/questions/0/key reserved"]
            ),
            (
                #"{"name": "K", "metric": "nps", "#
                    + #""questions": [{"key": "a", "kind": "choice", "text": {"en": "?"}}]}"#,
                ["/questions/0/options too-few"]
            ),
            (
                #"{"name": "K", "metric": "nps", "questions": [{"key": "a b", "kind": "poem", "text": {}}]}"#,
                [
                    "/questions/0/key not-a-key", "/questions/0/kind unknown-value",
                    "/questions/0/text missing",
                ]
            ),
            (
                #"{"name": "K", "metric": "nps", "texts": {"hello": {"en": "Hi"}}}"#,
                ["/texts/hello unknown-field"]
            ),
            (#"{"name": "K", "metric": "nps", "colour": 1}"#, ["/colour unknown-field"]),
        ] as [(String, [String])])
    func `what is wrong with a survey is named`(body: String, expected: [String]) async throws {
        let house = try await House(on: .sqlite)
        let answer = try await house.site.api(.post, "/surveys", body)
        #expect(answer.status == 422)
        #expect(answer.wrong == expected)
        #expect(try await house.rows("surveys") == 0)
    }

    @Test(arguments: Backend.available)
    func `a slug is one in the installation, and one made from a name gives way`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let asked = #"{"name": "Kettles", "metric": "nps", "slug": "kettles"}"#
        #expect(try await house.site.api(.post, "/surveys", asked).status == 201)
        let again = try await house.site.api(.post, "/surveys", asked, account: 2)
        #expect(again.status == 409)
        #expect(again.code == "slug-taken")
        let made = try await house.survey(#"{"name": "Kettles", "metric": "nps"}"#, account: 2)
        #expect(made.slug == "kettles-2")
        let chinese = try await house.survey(#"{"name": "水壶", "metric": "nps"}"#)
        #expect(chinese.slug.hasPrefix("survey-"))
    }

    @Test(arguments: Backend.available)
    func `another account's survey is unknown`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        #expect(try await house.site.api(.get, "/surveys/\(id)", account: 2).status == 404)
        #expect(
            try await house.site.api(.patch, "/surveys/\(id)", #"{"name": "Mine"}"#, account: 2).status == 404
        )
        #expect(
            try await house.site.api(.post, "/surveys/\(id)/responses", #"{"score": 9}"#, account: 2).status
                == 404)
        #expect(try await house.site.api(.get, "/surveys", account: 2).json["data"] == [])
    }

    @Test(arguments: Backend.available)
    func `changed questions are a new version, a changed name is not`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let named = try await house.site.api(.patch, "/surveys/\(id)", #"{"name": "Tea"}"#)
        #expect(named.json["name"] == "Tea")
        #expect(named.json["version"] == 1)
        let asked = try await house.site.api(
            .patch, "/surveys/\(id)",
            #"{"questions": [{"key": "why", "kind": "text", "text": {"en": "Why?"}}]}"#)
        #expect(asked.json["version"] == 2)
        #expect(asked.json["questions"]?.array?.count == 1)
        #expect(try await house.rows("survey_versions") == 2)
        #expect(
            try await house.site.api(.patch, "/surveys/\(id)", #"{"metric": "ces"}"#).wrong == [
                "/metric unknown-field"
            ])
    }

    @Test(arguments: Backend.available)
    func `a closed survey takes no answers until it is opened again`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        _ = try await house.site.api(.patch, "/surveys/\(id)", #"{"status": "closed"}"#)
        let refused = try await house.site.api(.post, "/surveys/\(id)/responses", #"{"score": 9}"#)
        #expect(refused.status == 409)
        #expect(refused.code == "survey-closed")
        _ = try await house.site.api(.patch, "/surveys/\(id)", #"{"status": "open"}"#)
        #expect(try await house.site.api(.post, "/surveys/\(id)/responses", #"{"score": 9}"#).status == 201)
    }
}
