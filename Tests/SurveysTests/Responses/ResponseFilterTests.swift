import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import TestKit
import Testing

@testable import Surveys

@Suite struct ResponseFilterTests {
    @Test(arguments: Backend.available)
    func `each condition narrows, and all must hold`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let (first, second) = (try await house.survey().id, try await house.survey().id)
        let lines = [
            #"{"score": 1, "agent": "Jo", "touchpoint": "till", "channel": "shop", "#
                + #""occurred_at": "2026-11-01T00:00:00Z"}"#,
            #"{"score": 9, "comment": "Warm", "customer": {"external_id": "a", "language": "pl"}}"#,
        ]
        #expect(try await house.bulk(first, lines).map { $0["status"] } == [201, 201])
        _ = try await house.bulk(second, [#"{"score": 9}"#])
        let customer =
            try await house.site.api(.get, "/customers").json["data"]?.array?.first?["id"]?.string ?? ""
        for (query, count) in [
            ("", 3), ("?survey=\(first)", 2), ("?agent=Jo", 1), ("?touchpoint=till&channel=shop", 1),
            ("?language=pl", 1), ("?customer=\(customer)", 1), ("?band=promoter&band=detractor", 3),
            ("?band=detractor&survey=\(second)", 0),
        ] {
            let found = try await house.site.api(.get, "/responses\(query)").json["data"]?.array
            #expect(found?.count == count, "\(query)")
        }
        for query in ["?survey=x", "?customer=x", "?band=loyal", "?limit=201", "?limit=0"] {
            #expect(try await house.site.api(.get, "/responses\(query)").status == 422, "\(query)")
        }
    }

    @Test(arguments: Backend.available)
    func `a survey that is gone, and a score that no scale has, are refused`(backend: Backend) async throws {
        let house = try await House(on: backend), world = house.clock.world
        let id = try #require(Survey.ID(try await house.survey().id))
        let missing = Survey.ID(7)
        await #expect(throws: DomainError.notFound) {
            try await house.database.read { tx in _ = try Survey.named("\(missing)", in: tx) }
        }
        let survey = try await house.database.read { tx in try Survey.named("\(id)", in: tx) }
        #expect(survey.id == id)
        try await house.database.write { tx in
            try tx.run("DELETE FROM survey_versions WHERE survey_id = \(id)")
            try tx.run("DELETE FROM surveys WHERE id = \(id)")
        }
        let recording = Recording(source: .api, actor: .system, world: world, now: house.clock.now)
        await #expect(throws: DomainError.notFound) {
            try await house.database.write { tx in
                let score = try #require(Score(9, on: .nps0to10))
                _ = try SurveyResponse.record(ResponseDraft(score: score), for: survey, recording, in: tx)
            }
        }
        await #expect(throws: RowError.self) {
            try await house.database.read { tx in
                _ = try tx.run(
                    """
                    SELECT 1 AS id, 1 AS account_id, 1 AS survey_id, 1 AS survey_version, '0-10' AS scale,
                      11 AS raw
                    """
                ).map(SurveyResponse.init)
            }
        }
        #expect(ResponsePlace("bm90aGluZw") == nil)
    }

    @Test(arguments: Backend.available)
    func `of each customer the last answer is found`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let lines = [("a", 1), ("a", 3), ("a", 2), ("b", 1)].map { name, day in
            #"{"score": \#(day), "occurred_at": "2026-11-0\#(day)T00:00:00Z", "#
                + #""customer": {"external_id": "\#(name)"}}"#
        }
        _ = try await house.bulk(try await house.survey().id, lines)
        let (last, none) = try await house.database.read { tx in
            let people = try Customer.list(account: 1, limit: 10, in: tx).map(\.id)
            return (
                try SurveyResponse.last(of: people, account: 1, in: tx),
                try SurveyResponse.last(of: [], account: 1, in: tx)
            )
        }
        #expect(last.map(\.score.raw).sorted() == [1, 3])
        #expect(none.isEmpty)
    }

    @Test(arguments: Backend.available)
    func `a period holds its first moment and not its last`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        for day in 1...3 {
            _ = try await house.bulk(survey, [#"{"score": 9, "occurred_at": "2026-11-0\#(day)T00:00:00Z"}"#])
        }
        var filter = ResponseFilter()
        filter.from = Timestamp(rfc3339: "2026-11-02T00:00:00Z")
        filter.to = Timestamp(rfc3339: "2026-11-03T00:00:00Z")
        let found = try await house.database.read { [filter] tx in
            try SurveyResponse.list(filter, account: 1, limit: 10, in: tx)
        }
        #expect(found.map(\.occurredAt) == [filter.from])
    }

    @Test(arguments: Backend.available)
    func `what an answerer adds of themselves goes to the customer the account names`(
        backend: Backend
    ) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps",
             "questions": [{"key": "reach", "kind": "contact", "text": {"en": "How to reach you"}}]}
            """#
        ).id
        let made = try await house.site.api(
            .post, "/surveys/\(survey)/responses",
            #"""
            {"score": 2, "customer": {"external_id": "a", "name": "Ann"},
             "answers": {"reach": {"name": "Eve", "phone": "+48 600 100 200"}}}
            """#)
        let id = try #require(made.json["customer"]?.string)
        let card = try await house.site.api(.get, "/customers/\(id)").json
        #expect(card["name"] == "Ann")
        #expect(card["phone"] == "+48600100200")
        let response = made.json["id"]?.string ?? ""
        let answers = try await house.site.api(.get, "/responses/\(response)").json["answers"]
        #expect(answers == ["reach": ["name", "phone"]])
    }

    @Test(arguments: Backend.available)
    func `a customer with too many attributes is refused where it stands in the answer`(
        backend: Backend
    ) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        let fifty = (1...50).map { #""a\#($0)": "x""# }.joined(separator: ", ")
        _ = try await house.site.api(.post, "/customers", #"{"external_id": "a", "attributes": {\#(fifty)}}"#)
        let refused = try await house.site.api(
            .post, "/surveys/\(survey)/responses",
            #"{"score": 2, "customer": {"external_id": "a", "attributes": {"more": 1}}}"#)
        #expect(refused.status == 422)
        #expect(refused.wrong == ["/customer/attributes too-many"])
        #expect(try await house.rows("responses") == 0)
    }

    @Test(arguments: Backend.available)
    func `what is true of somebody without a name is kept with the answer alone`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        let made = try await house.site.api(
            .post, "/surveys/\(survey)/responses",
            #"{"score": 2, "customer": {"language": "pl", "attributes": {"plan": "gold", "old": null}}}"#)
        #expect(made.status == 201)
        #expect(made.json["customer"] == .null)
        #expect(made.json["language"] == "pl")
        let id = made.json["id"]?.string ?? ""
        #expect(try await house.site.api(.get, "/responses/\(id)").json["attributes"] == ["plan": "gold"])
        #expect(try await house.rows("customers") == 0)
    }

    @Test(arguments: Backend.available)
    func `a customer's timeline tells of every answer and goes on where it stopped`(
        backend: Backend
    ) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        _ = try await house.bulk(
            survey, (0..<3).map { #"{"score": \#($0), "customer": {"external_id": "a"}}"# })
        try await house.follow(ResponseSearch.consumer)
        let customer =
            try await house.site.api(.get, "/customers").json["data"]?.array?.first?["id"]?.string ?? ""
        let first = try await house.site.api(.get, "/customers/\(customer)/timeline?limit=2").json
        #expect(first["data"]?.array?.map { $0["event"] } == ["response.recorded", "response.recorded"])
        let cursor = first["next_cursor"]?.string ?? ""
        let rest = try await house.site.api(.get, "/customers/\(customer)/timeline?cursor=\(cursor)").json
        #expect(rest["data"]?.array?.map { $0["event"] } == ["response.recorded", "customer.created"])
        #expect(rest["has_more"] == false)
        #expect(try await house.site.api(.get, "/customers/\(customer)/timeline?cursor=x").status == 422)
    }

    @Test(arguments: Backend.available)
    func `lists of surveys and customers go on where they stopped`(backend: Backend) async throws {
        let house = try await House(on: backend)
        for name in ["a", "b", "c"] {
            _ = try await house.survey(#"{"name": "\#(name)\#(name)\#(name)", "metric": "nps"}"#)
            _ = try await house.site.api(.post, "/customers", #"{"external_id": "\#(name)"}"#)
        }
        for path in ["/surveys", "/customers"] {
            let first = try await house.site.api(.get, "\(path)?limit=2").json
            let cursor = try #require(first["next_cursor"]?.string)
            let rest = try await house.site.api(.get, "\(path)?limit=2&cursor=\(cursor)").json
            let all = ((first["data"]?.array ?? []) + (rest["data"]?.array ?? [])).map { $0["id"]?.string }
            #expect(all.count == 3 && Set(all).count == 3)
            #expect(rest["has_more"] == false)
            #expect(try await house.site.api(.get, "\(path)?cursor=x").status == 422)
        }
    }
}
