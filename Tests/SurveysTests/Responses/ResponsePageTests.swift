import Formats
import HTTPTypes
import Surveys
import TestKit
import Testing

@Suite struct ResponsePageTests {
    private func answer(_ house: House, _ survey: String, _ body: String) async throws -> String {
        let made = try await house.site.api(.post, "/surveys/\(survey)/responses", body)
        return try #require(made.json["id"]?.string)
    }

    @Test(arguments: Backend.available)
    func `the inbox shows answers and narrows them`(backend: Backend) async throws {
        let house = try await House(on: backend)
        #expect(try await house.site.page("/responses").text.contains("No answer yet"))
        let id = try await house.survey().id
        let low = try await answer(
            house, id,
            #"{"score": 2, "comment": "<i>It leaks", "customer": {"external_id": "a", "name": "Ann"}}"#)
        let high = try await answer(house, id, #"{"score": 10}"#)
        try await house.follow(ResponseSearch.consumer)
        let all = try await house.site.page("/responses").text
        #expect(all.contains(low) && all.contains(high) && all.contains("Ann"))
        #expect(all.contains("&lt;i&gt;It leaks"))
        for (query, found) in [
            ("band=detractor", low), ("q=leaks", low), ("comment=yes", low), ("band=promoter", high),
            ("survey=\(id)&state=unread&band=promoter", high),
        ] {
            let page = try await house.site.page("/responses?\(query)").text
            #expect(page.contains(found) && !page.contains(found == low ? high : low), "\(query)")
        }
        #expect(try await house.site.page("/responses?state=done").text.contains("Nothing fits"))
        #expect(try await !house.site.page("/responses", account: 2).text.contains(low))
    }

    @Test(arguments: Backend.available)
    func `an answer is read, done with and taken up again`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await answer(house, try await house.survey().id, #"{"score": 2}"#)
        let path = "/responses/\(id)"
        for (step, state) in [("reading", "open"), ("completion", "done"), ("reopening", "open")] {
            #expect(try await house.site.page("\(path)/\(step)", form: []).location == path)
            #expect(try await house.site.page("/responses?state=\(state)").text.contains(id), "\(step)")
            #expect(try await !house.site.page("/responses?state=unread").text.contains(id))
        }
        #expect(try await house.site.page(path, account: 2).status == 404)
        #expect(try await house.site.page("\(path)/reading", form: [], account: 2).status == 404)
    }

    @Test(arguments: Backend.available)
    func `an answer's page says everything in the words of its survey`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps", "scale": "-10..10", "questions": [
              {"key": "why", "kind": "choices", "text": {"en": "Why so?"}, "options": [
                {"key": "p", "text": {"en": "The price"}}, {"key": "s", "text": {"en": "The staff"}}]},
              {"key": "lid", "kind": "rating", "text": {"en": "The lid?"}}]}
            """#
        ).id
        let id = try await answer(
            house, survey,
            #"""
            {"score": -9, "comment": "Cold", "touchpoint": "delivery",
             "answers": {"why": ["p", "s"], "lid": 4},
             "customer": {"external_id": "a", "name": "Ann", "attributes": {"plan": "gold"}}}
            """#)
        let page = try await house.site.page("/responses/\(id)").text
        for words in [
            "\u{2212}9", "Cold", "delivery", "Why so?", "The price", "The staff", "The lid?", "4 of 5", "Ann",
            "gold",
            "/customers/cus_",
        ] {
            #expect(page.contains(words), "\(words)")
        }
    }

    @Test(arguments: Backend.available)
    func `lists go on where they stopped and keep what they are narrowed to`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        _ = try await house.bulk(survey, Array(repeating: #"{"score": 2}"#, count: 60))
        let first = try await house.site.page("/responses?band=detractor").text
        let next = try #require(first.firstMatch(of: /href="(\/responses\?[^"]*after=[^"]*)"/)?.1)
        let second = try await house.site.page(String(next).replacing("&amp;", with: "&")).text
        #expect(second.matches(of: /class="row"/).count == 10)
        #expect(String(next).contains("band=detractor"))
    }
}
