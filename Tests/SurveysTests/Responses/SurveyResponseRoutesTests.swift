import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@Suite struct SurveyResponseRoutesTests {
    @Test(arguments: Backend.available)
    func `an answer is recorded with what was true of its customer`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let made = try await house.site.api(
            .post, "/surveys/\(id)/responses",
            #"""
            {"score": 3, "comment": "Leaks", "touchpoint": "delivery", "agent": "Jo",
             "occurred_at": "2026-11-20T08:00:00Z",
             "customer": {"external_id": "k-1", "email": "Ann@Example.com", "language": "pl",
               "attributes": {"plan": "gold"}}}
            """#)
        #expect(made.status == 201)
        #expect(made.json["band"] == "detractor")
        #expect(made.json["score"] == 3)
        #expect(made.json["survey"]?.string == id)
        #expect(made.json["occurred_at"] == "2026-11-20T08:00:00Z")
        let found = try await house.site.api(.get, "/responses/\(made.json["id"]?.string ?? "")").json
        #expect(found["comment"] == "Leaks")
        #expect(found["language"] == "pl")
        #expect(found["channel"] == "api")
        #expect(found["attributes"] == ["plan": "gold"])
        #expect(found["customer"] == made.json["customer"])
        let contacts = try await house.database.read { tx in
            try tx.run("SELECT value FROM contact_points").map { try $0.text("value") }
        }
        #expect(contacts == ["ann@example.com"])
    }

    @Test(arguments: Backend.available)
    func `answers to further questions come back as they were given`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps", "questions": [
              {"key": "why", "kind": "choice", "text": {"en": "?"},
               "options": [{"key": "price", "text": {"en": "Price"}}]},
              {"key": "used", "kind": "choices", "text": {"en": "?"},
               "options": [{"key": "a"}, {"key": "b"}]},
              {"key": "parts", "kind": "matrix", "text": {"en": "?"},
               "options": [{"key": "lid"}, {"key": "base"}]},
              {"key": "speed", "kind": "rating", "text": {"en": "?"}},
              {"key": "idea", "kind": "text", "text": {"en": "?"}}]}
            """#
        ).id
        let answers: JSONValue = [
            "why": "price", "used": ["a", "b"], "parts": ["lid": 2, "base": 5], "speed": 4, "idea": "blue",
        ]
        let body: JSONValue = ["score": 9, "answers": answers]
        let made = try await house.site.api(.post, "/surveys/\(id)/responses", body.text)
        #expect(made.status == 201)
        let found = try await house.site.api(.get, "/responses/\(made.json["id"]?.string ?? "")").json[
            "answers"]
        for (key, value) in answers.object?.members.map({ ($0.key, $0.value) }) ?? [] where key != "parts" {
            #expect(found?[key] == value)
        }
        #expect(found?["parts"]?["lid"] == 2)
        #expect(found?["parts"]?["base"] == 5)
    }

    @Test(arguments: Backend.available)
    func `a body over 64 KB is refused by its size`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let body = #"{"score": 9, "comment": "\#(String(repeating: "a", count: 65_536))"}"#
        #expect(try await house.site.api(.post, "/surveys/\(id)/responses", body).status == 413)
        #expect(try await house.rows("responses") == 0)
    }

    @Test(arguments: Backend.available)
    func `the same key and body is the same answer, another body is refused`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let first = try await house.site.api(.post, "/surveys/\(id)/responses", #"{"score": 9}"#, key: "k")
        let again = try await house.site.api(.post, "/surveys/\(id)/responses", #"{"score": 9}"#, key: "k")
        #expect(again.status == 201)
        #expect(again.json == first.json)
        #expect(
            try await house.site.api(.post, "/surveys/\(id)/responses", #"{"score": 8}"#, key: "k").status
                == 422)
        #expect(try await house.rows("responses") == 1)
    }

    @Test(arguments: Backend.available)
    func `100 submits of one key at once are one answer`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let body = #"{"score": 2, "customer": {"email": "ann@example.com"}}"#
        let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    // Whoever waited in vain for the first, on a slow machine, is told to come again.
                    while true {
                        let answer = try await house.site.api(
                            .post, "/surveys/\(id)/responses", body, key: "k")
                        if answer.status != 409 { return answer }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers.map(\.status)) == [201])
        #expect(Set(answers.map { $0.json["id"]?.string }).count == 1)
        #expect(try await house.rows("responses") == 1)
        #expect(try await house.rows("customers") == 1)
    }

    /// They share a transaction: one that is refused takes none of the others along, and each hears of its
    /// own.
    @Test(arguments: Backend.available)
    func `many at once are each recorded once, whatever becomes of their neighbours`(
        backend: Backend
    ) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        // The id of one and the address of another: nobody knows who that is.
        for customer in [#""external_id": "a""#, #""email": "b@example.com""#] {
            _ = try await house.site.api(
                .post, "/surveys/\(id)/responses", #"{"score": 9, "customer": {\#(customer)}}"#)
        }
        let unclear = #""external_id": "a", "email": "b@example.com""#
        let heard = try await withThrowingTaskGroup(of: (Int, TestAnswer).self) { group in
            for number in 0..<120 {
                let customer = number % 10 == 3 ? unclear : #""external_id": "c\#(number % 40)""#
                let body = #"{"score": 5, "comment": "n\#(number)", "customer": {\#(customer)}}"#
                group.addTask {
                    let key = number % 3 == 0 ? "key \(number)" : nil
                    let path = "/surveys/\(id)/responses"
                    return (number, try await house.site.api(.post, path, body, key: key))
                }
            }
            return try await group.reduce(into: [Int: TestAnswer]()) { $0[$1.0] = $1.1 }
        }
        for number in 0..<120 {
            #expect(heard[number]?.status == (number % 10 == 3 ? 409 : 201), "\(number)")
        }
        let comments = try await house.database.read { tx in
            try tx.run("SELECT id, comment FROM responses WHERE comment IS NOT NULL").map { row in
                let id: SurveyResponse.ID = try row.id("id")
                return (id.description, try row.text("comment"))
            }
        }
        let comment = Dictionary(uniqueKeysWithValues: comments)
        #expect(comments.count == 108)
        for (number, answer) in heard where answer.status == 201 {
            #expect(comment[try #require(answer.json["id"]?.string)] == "n\(number)")
        }
        #expect(try await house.rows("idempotency_keys") == 36)
        // Of forty customers those of 3, 13, 23 and 33 never came.
        #expect(try await house.rows("customers") == 2 + 36)
    }

    @Test(arguments: Backend.available)
    func `lists are newest first and go on where they stopped`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        for (score, day) in [(1, 20), (2, 22), (3, 21)] {
            _ = try await house.site.api(
                .post, "/surveys/\(id)/responses",
                #"{"score": \#(score), "occurred_at": "2026-11-\#(day)T00:00:00Z", "channel": "shop"}"#)
        }
        let first = try await house.site.api(.get, "/responses?limit=2&channel=shop").json
        #expect(first["data"]?.array?.map { $0["score"] } == [2, 3])
        #expect(first["has_more"] == true)
        let cursor = try #require(first["next_cursor"]?.string)
        let rest = try await house.site.api(.get, "/surveys/\(id)/responses?cursor=\(cursor)").json
        #expect(rest["data"]?.array?.map { $0["score"] } == [1])
        #expect(try await house.site.api(.get, "/responses?band=promoter").json["data"] == [])
        #expect(try await house.site.api(.get, "/responses?cursor=never").status == 422)
    }

    @Test(arguments: Backend.available)
    func `words are found in any of the languages once the ledger has told of them`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let id = try await house.survey(
            #"""
            {"name": "Kettle delivery", "metric": "nps", "languages": ["en"],
             "questions": [{"key": "why", "kind": "text", "text": {"en": "Why?"}}]}
            """#
        ).id
        for said in [
            #""comment": "Zażółć gęślą jaźń""#, #""comment": "水壶漏水了""#,
            #""answers": {"why": "The lid rattles"}"#,
        ] {
            let made = try await house.site.api(.post, "/surveys/\(id)/responses", #"{"score": 3, \#(said)}"#)
            #expect(made.status == 201)
        }
        try await house.follow(ResponseSearch.consumer)
        for query in ["gesla", "%E6%BC%8F%E6%B0%B4", "lid"] {
            let found = try await house.site.api(.get, "/responses?q=\(query)").json["data"]?.array
            #expect(found?.count == 1, "\(query)")
        }
        #expect(try await house.site.api(.get, "/responses?q=kettle").json["data"] == [])
    }

    @Test(
        arguments: [
            (nil, SurveyResponse.Source.api, 6, true), (nil, .api, 8, false), (nil, .page, 0, true),
            (nil, .import, 0, false), (nil, .sample, 0, false), (true, .import, 300, true),
            (false, .api, 0, false),
        ] as [(Bool?, SurveyResponse.Source, Int, Bool)])
    func `fresh answers may open a case, loaded and old ones only when asked`(
        asked: Bool?, source: SurveyResponse.Source, ageInDays: Int, expected: Bool
    ) async throws {
        let house = try await House(on: .sqlite)
        let id = try #require(Survey.ID(try await house.survey().id))
        let (world, now) = (house.clock.world, house.clock.now)
        let followUp = try await house.database.write { tx in
            var draft = ResponseDraft(score: Score(1, on: .nps0to10)!)
            draft.opensCase = asked
            draft.occurredAt = now - .seconds(ageInDays * 86_400)
            let survey = try Survey.find(id, account: 1, in: tx)
            let recording = Recording(source: source, actor: .system, world: world, now: now)
            return try SurveyResponse.record(draft, for: survey, recording, in: tx).followUp
        }
        #expect(followUp == expected)
    }
}
