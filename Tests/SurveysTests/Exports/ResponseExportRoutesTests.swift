import Formats
import HTTPTypes
import Kernel
import Surveys
import TestKit
import Testing

@Suite struct ResponseExportRoutesTests {
    private func answer(_ house: House, _ survey: String, _ body: String) async throws -> String {
        let made = try await house.site.api(.post, "/surveys/\(survey)/responses", body)
        return try #require(made.json["id"]?.string)
    }

    @Test(arguments: Backend.available)
    func `a file holds what the list shows, and no formula`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        let low = try await answer(
            house, survey,
            #"""
            {"score": 2, "comment": "=1+1 \"leaks\"", "touchpoint": "+shop",
              "customer": {"external_id": "a", "attributes": {"plan": "gold"}}}
            """#
        )
        let high = try await answer(house, survey, #"{"score": 10, "channel": "sms"}"#)
        let all = try await house.site.page("/responses/export?format=csv")
        #expect(all.status == 200 && all.headers[.contentType] == "text/csv; charset=utf-8")
        #expect(all.headers[.contentDisposition] == "attachment; filename=\"responses.csv\"")
        #expect(all.text.contains("\"'=1+1 \"\"leaks\"\"\",'+shop,api"))
        #expect(all.text.contains(low) && all.text.contains(high) && all.text.contains("gold"))
        #expect(all.text.split(separator: "\r\n").count == 3)
        let some = try await house.site.page("/responses/export?format=jsonl&band=promoter")
        #expect(try JSONValue(parsing: Array(some.text.utf8))["id"]?.string == high)
        for query in ["channel=sms", "from=2026-11-23", "to=2026-11-23&band=promoter"] {
            #expect(try await house.site.page("/responses/export?\(query)").text.contains(high), "\(query)")
        }
        for query in ["channel=email", "from=2026-11-24", "to=2026-11-22"] {
            let nothing = try await house.site.page("/responses/export?\(query)").text
            #expect(nothing.split(separator: "\r\n").count == 1, "\(query)")
        }
    }

    @Test(arguments: Backend.available)
    func `a file goes on past its first part and holds nothing of another account`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        let lines = (0..<1003).map { #"{"score": \#($0 % 11)}"# }.joined(separator: "\n")
        _ = try await house.site.api(.post, "/surveys/\(survey)/responses/bulk", lines)
        let file = try await house.site.page("/responses/export?format=jsonl").text
        let ids = file.split(separator: "\n").compactMap {
            try? JSONValue(parsing: Array($0.utf8))["id"]?.string
        }
        #expect(ids.count == 1003 && Set(ids).count == 1003)
        #expect(try await house.site.page("/responses/export?format=jsonl", account: 2).text.isEmpty)
        #expect(try await house.site.page("/responses/export?format=doc").status == 422)
    }

    @Test(arguments: Backend.available)
    func `several answers are marked at once, and only the account's own`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let survey = try await house.survey().id
        var ids: [String] = []
        for score in [1, 5, 10] { ids.append(try await answer(house, survey, #"{"score": \#(score)}"#)) }
        let chosen = [("id", ids[0]), ("id", ids[2]), ("id", "rsp_nonsense")]
        _ = try await house.site.page("/responses/marks", form: chosen + [("do", "done")], account: 2)
        #expect(try await !house.site.page("/responses?state=done").text.contains(ids[0]))
        let back = try await house.site.page(
            "/responses/marks", form: chosen + [("do", "done"), ("back", "/responses?band=detractor")])
        #expect(back.status == 303 && back.location == "/responses?band=detractor")
        let done = try await house.site.page("/responses?state=done").text
        #expect(done.contains(ids[0]) && !done.contains(ids[1]) && done.contains(ids[2]))
        let elsewhere = [("id", ids[1]), ("do", "read"), ("back", "//evil.example")]
        #expect(try await house.site.page("/responses/marks", form: elsewhere).location == "/responses")
        #expect(try await !house.site.page("/responses?state=unread").text.contains(ids[1]))
    }
}
