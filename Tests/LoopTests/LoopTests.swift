import Accounts
import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing

@Suite struct `The closed loop` {
    private func survey(_ loop: Loop) async throws -> (id: String, slug: String) {
        let made = try await loop.api(.post, "/surveys", #"{"name": "Kettle delivery", "metric": "nps"}"#)
        return (made["id"]?.string ?? made.text, made["slug"]?.string ?? "")
    }

    private func cases(_ loop: Loop, _ query: String = "") async throws -> [JSONValue] {
        try await loop.api(.get, "/cases?limit=200" + query)["data"]?.array ?? []
    }

    private func resolve(_ loop: Loop, _ id: String) async throws -> String {
        _ = try await loop.api(
            .post, "/cases/\(id)/contacts", #"{"channel": "phone", "outcome": "reached"}"#)
        let resolved = try await loop.api(
            .put, "/cases/\(id)/resolution", #"{"cause": "late van", "remedy": "new kettle"}"#)
        return String((resolved["verdict_url"]?.string ?? "").dropFirst("https://rapport.example".count))
    }

    private func verdict(_ loop: Loop, _ path: String, _ verdict: String) async throws {
        _ = try await loop.visit(path, form: [("verdict", verdict)])
        try await loop.settle()
    }

    @Test(arguments: Backend.available)
    func `runs from a score of 3 to the customer's own word that it is put right`(backend: Backend)
        async throws
    {
        let loop = try await Loop(on: backend)
        let survey = try await survey(loop)
        _ = try await loop.visit(
            "/s/\(survey.slug)", form: [("score", "3"), ("comment", "Cold"), ("key", "k1")])
        try await loop.settle()
        let opened = try #require(try await cases(loop).first)
        #expect(opened["nobody_to_call"]?.bool == true)
        // The customer says who they are on the page that follows the score.
        _ = try await loop.visit(
            "/s/\(survey.slug)",
            form: [("key", "k1"), ("contact[name]", "Anna"), ("contact[email]", "anna@example.org")])
        try await loop.settle()
        let found = try #require(try await cases(loop).first)
        let id = try #require(found["id"]?.string)
        #expect(found["id"] == opened["id"])
        #expect(found["customer"]?.string?.hasPrefix("cus_") == true)
        #expect(found["owner"]?.string == loop.member.id.description)
        // Monday 13:00 in Warsaw: 4 + 8 + 4 business hours.
        #expect(found["due_at"]?.string == "2026-11-25T12:00:00Z")

        let first = try await resolve(loop, id)
        #expect(try await loop.visit(first).contains(#"name="verdict""#))
        try await verdict(loop, first, "still_unhappy")
        let again = try await loop.api(.get, "/cases/\(id)")
        #expect(again["stage"]?.string == "open" && again["round"]?.exactInteger == 2)

        try await verdict(loop, try await resolve(loop, id), "satisfied")
        let ended = try await loop.api(.get, "/cases/\(id)")
        #expect(ended["stage"]?.string == "verified")
        #expect(ended["verdicts"]?.array?.compactMap { $0["word"]?.string } == ["customer", "customer"])

        let figure = try await loop.api(.get, "/scores?survey=\(survey.id)")["overall"]
        #expect(figure?["n"]?.exactInteger == 1)
        #expect(figure?["detractors"]?.exactInteger == 1)
        #expect(try await loop.differences() == [])
        let customer = found["customer"]?.string ?? ""
        let story = try await loop.api(.get, "/customers/\(customer)/timeline?limit=200")["data"]?.array ?? []
        let kinds = Set(story.compactMap { $0["event"]?.string })
        #expect(
            kinds.isSuperset(of: ["case.resolved", "case.reopened", "case.verified", "customer.created"]))
    }

    @Test(arguments: Backend.available)
    func `runs by mail: who must act is told at once, the customer is asked, and their word closes it`(
        backend: Backend
    ) async throws {
        let loop = try await Loop(on: backend)
        let survey = try await survey(loop)
        _ = try await loop.api(
            .post, "/surveys/\(survey.id)/responses",
            #"{"score": 2, "comment": "Cold", "customer": {"email": "anna@x.example", "name": "Anna"}}"#)
        try await loop.settle()
        let told = try #require(try await loop.mails().first)
        #expect(told.to == "olga@kettles.example")
        let id = try #require(try await cases(loop).first?["id"]?.string)
        #expect(told.text.contains("https://rapport.example/cases/\(id)\n") && told.text.contains("> Cold"))

        _ = try await resolve(loop, id)
        try await loop.settle()
        let asked = try #require(try await loop.mails().last)
        #expect(asked.to == "anna@x.example")
        let link = try #require(asked.text.firstMatch(of: /https:\/\/rapport\.example(\/v\/[0-9a-f]{32})\n/))
        try await verdict(loop, String(link.1), "satisfied")
        #expect(try await loop.api(.get, "/cases/\(id)")["stage"]?.string == "verified")
        try await loop.pass(days: 5)
        #expect(try await loop.mails().count == 2, "nobody is reminded of what is done")
        #expect(try await loop.differences() == [])
    }

    @Test(arguments: Backend.available)
    func `shows a score that was not sent apart for a day, and counts it then`(backend: Backend) async throws
    {
        let loop = try await Loop(on: backend)
        let survey = try await survey(loop)
        let link = try await loop.invitation(to: survey.id)
        func figure(_ query: String = "") async throws -> JSONValue? {
            try await loop.api(.get, "/scores?survey=\(survey.id)\(query)")["overall"]
        }
        _ = try await loop.visit(link + "?s=3")
        #expect(try await figure()?["provisional"]?.exactInteger == 0)
        _ = try await loop.visit(link + "/confirm", form: [("score", "3")])
        try await loop.settle()
        #expect(try await figure()?["provisional"]?.exactInteger == 1)
        #expect(try await figure("&to=2026-11-23")?["provisional"]?.exactInteger == 0)
        #expect(try await figure("&from=2026-11-23&to=2026-11-24")?["provisional"]?.exactInteger == 1)
        #expect(try await figure("&where%5Bchannel%5D=email")?["provisional"]?.exactInteger == nil)
        #expect(try await figure()?["n"]?.exactInteger == 0)
        #expect(try await cases(loop).isEmpty)
        try await loop.pass(days: 1)
        #expect(try await figure()?["provisional"]?.exactInteger == 0)
        #expect(try await figure()?["detractors"]?.exactInteger == 1)
        #expect(try await cases(loop).count == 1)
        #expect(try await loop.differences() == [])
    }

    @Test(arguments: Backend.available)
    func `goes on for thirty days, and what is left undone is told once to each`(backend: Backend)
        async throws
    {
        let loop = try await Loop(on: backend)
        let survey = try await survey(loop)
        for day in 0..<30 {
            for (index, score) in [(day * 7) % 11, (day * 5 + 2) % 11].enumerated() {
                _ = try await loop.api(
                    .post, "/surveys/\(survey.id)/responses",
                    #"{"score": \#(score), "customer": {"external_id": "c\#(day)-\#(index)"}}"#)
            }
            try await loop.pass(days: 1, hoursPerStep: 8)
            // Every third unhappy customer is called and helped, the others are forgotten.
            let todo = try await cases(loop, "&stage=open").compactMap { $0["id"]?.string }
            if day % 3 == 0, let id = todo.first {
                try await verdict(loop, try await resolve(loop, id), "satisfied")
            }
        }
        try await loop.pass(days: 7, hoursPerStep: 8)
        let answers = (0..<30).flatMap { day in [(day * 7) % 11, (day * 5 + 2) % 11] }
        let detractors = answers.filter { $0 <= 6 }.count
        let all = try await cases(loop)
        #expect(all.count == detractors)
        let verified = all.filter { $0["stage"]?.string == "verified" }
        #expect(verified.count == 10)
        let open = all.filter { $0["stage"]?.string == "open" }
        #expect(open.count == detractors - 10)
        #expect(open.allSatisfy { $0["overdue"]?.bool == true && $0["escalation"]?.exactInteger == 2 })

        let figure = try await loop.api(.get, "/scores?survey=\(survey.id)")["overall"]
        #expect(figure?["n"]?.exactInteger == answers.count)
        #expect(figure?["detractors"]?.exactInteger == detractors)
        #expect(figure?["promoters"]?.exactInteger == answers.filter { $0 >= 9 }.count)
        #expect(try await loop.differences() == [])
    }
}

@Suite struct `The sample's cases` {
    @Test func `stand in every stage, a few overdue and told of as the job would have told`() async throws {
        let loop = try await Loop(on: .sqlite)
        try await loop.fillSample(12_000)
        func cases() async throws -> [JSONValue] {
            try await loop.api(.get, "/cases?limit=200")["data"]?.array ?? []
        }
        let found = try await cases()
        let stages = Dictionary(grouping: found) { $0["stage"]?.string ?? "" }
        #expect(Set(stages.keys) == ["open", "contacted", "resolved", "verified", "closed"])
        #expect((stages["verified"]?.count ?? 0) > (stages["closed"]?.count ?? 0))
        let now = loop.clock.now.rfc3339
        let late = found.filter {
            ["open", "contacted"].contains($0["stage"]?.string) && $0["due_at"]?.string ?? now < now
        }
        #expect((2...8).contains(late.count))
        #expect(Set(late.compactMap { $0["escalation"]?.exactInteger }) == [1, 2])
        try await loop.settle()
        #expect(try await cases() == found)
        #expect(try await loop.differences().isEmpty)
    }
}
