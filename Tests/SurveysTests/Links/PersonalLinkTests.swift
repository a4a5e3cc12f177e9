import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Surveys
import TestKit
import Testing

@Suite struct `A personal link` {
    @Test(arguments: Backend.available)
    func `shows the page with its score chosen, small, safe and counting nothing`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let link = try await house.invited()
        let page = try await house.site.call(.get, link.path + "?s=9")
        #expect(page.status == 200)
        #expect(page.text.contains(#"value="9" required checked"#))
        #expect(page.text.matches(of: /\ checked/).count == 1)
        #expect(page.text.contains(#"action="\#(link.path)""#))
        #expect(!page.text.contains(#"name="key""#))
        #expect(page.text.contains(#"href="\#(link.leave)?lang=en""#), "no way out")
        let header = { (name: String) in page.headers[HTTPField.Name(name)!] ?? "" }
        #expect(header("Cache-Control") == "no-store")
        #expect(header("X-Robots-Tag") == "noindex")
        #expect(header("Referrer-Policy") == "no-referrer")
        #expect(page.headers[.setCookie] == nil)
        let policy = try #require(page.headers[.contentSecurityPolicy])
        #expect(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"))
        for foreign in ["<link", "<img", " src=", "style="] {
            #expect(!page.text.contains(foreign), "\(foreign)")
        }
        for coding in ["gzip", "br"] {
            let packed = try await house.site.call(
                .get, link.path + "?s=9", headers: [.acceptEncoding: coding])
            #expect(packed.headers[.contentEncoding] == coding)
            #expect(packed.bytes.count <= 14_336)
        }
        #expect(try await house.rows("responses") == 0)
        #expect(try await house.rows("provisional_scores") == 0)
    }

    @Test(arguments: Backend.available)
    func `notes a GET and nothing of a HEAD`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        let before = try await house.census()
        for path in ["", "?s=9", "/d", "/promoter", "/promoter?done=1"] {
            _ = try await house.site.call(.head, link.path + path)
        }
        #expect(try await house.census() == before)
        for score in ["9", "99", "x"] {
            house.clock.advance(by: .seconds(60))
            #expect(try await house.site.call(.get, link.path + "?s=" + score).status == 200)
        }
        var after = before
        after["invitation_intents"] = 3
        #expect(try await house.census() == after)
        let kept = try await house.database.read { tx in
            try tx.run("SELECT raw FROM invitation_intents WHERE kind = 'fetch' ORDER BY id")
                .map { try $0.optionalInt("raw") }
        }
        #expect(kept == [9, nil, nil])
    }

    @Test(arguments: Backend.available)
    func `counts at once what is sent, with customer, channel and touchpoint`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited(touchpoint: "delivery")
        let sent = try await house.site.post(
            link.path, form: [("score", "9"), ("touchpoint", "forged"), ("agent", "forged")])
        #expect(sent.status == 303)
        let location = try #require(sent.location)
        #expect(location == "\(link.path)/promoter?lang=en")
        let answer = try #require(try await house.answers().first)
        #expect(answer["customer"]?.string == link.customer)
        #expect(answer["channel"] == "email")
        #expect(answer["touchpoint"] == "delivery")
        #expect(answer["agent"]?.string == nil)
        #expect(answer["score"] == 9)
        let stored = try await house.value("response_id", of: "invitations").flatMap { Int64($0) }
        #expect(stored.map { SurveyResponse.ID($0).description } == answer["id"]?.string)
        let page = try await house.site.call(.get, location)
        #expect(page.status == 200)
        #expect(page.text.contains(#"name="comment""#))
        #expect(page.text.contains(link.leave))
        #expect(try await house.site.call(.get, link.path + "/loyal").status == 404)
        #expect(try await house.site.call(.get, link.path + "?s=2").text.contains("glad to hear"))
    }

    @Test(arguments: Backend.available)
    func `takes one score, and later only words that it lacks`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        let forms: [[(String, String)]] = [
            [("score", "9")], [("score", "2"), ("comment", "Late words")],
            [("score", "0"), ("comment", "Other words")],
        ]
        for form in forms {
            let sent = try await house.site.post(link.path, form: form)
            #expect(sent.status == 303)
            #expect(sent.location?.hasPrefix("\(link.path)/promoter?") == true)
        }
        let answers = try await house.answers()
        #expect(answers.count == 1)
        #expect(answers.first?["score"] == 9)
        #expect(answers.first?["comment"] == "Late words")
        let done = try await house.site.post(link.path, form: [("quote", "yes")])
        let page = try await house.site.call(.get, try #require(done.location)).text
        #expect(!page.contains(#"name="comment""#) && !page.contains(#"name="quote""#))
    }

    @Test(arguments: Backend.available)
    func `takes one answer of a hundred that arrive at once`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<100 {
                group.addTask {
                    try await house.site.post(link.path, form: [("score", String(index % 11))]).status
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(statuses == [303])
        #expect(try await house.rows("responses") == 1)
        #expect(try await house.rows("scores") == 1)
        let recorded = try await house.database.read { tx in
            try tx.run("SELECT id FROM unsealed_events WHERE kind = 'response.recorded'").count
        }
        #expect(recorded == 1)
    }

    @Test(arguments: Backend.available)
    func `of somebody who was erased still takes the answer, of nobody`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        _ = try await house.site.call(.get, link.path)
        _ = try await house.site.post(link.path + "/confirm", form: [("score", "9")])
        let (id, clock) = (link.customer, house.clock)
        let customer = try #require(Customer.ID(id))
        try await house.database.write { tx in
            try InvitationIntent.forget(customer: customer, account: 1, in: tx)
        }
        #expect(try await house.rows("invitation_intents") == 0)
        #expect(try await house.rows("provisional_scores") == 0)
        #expect(try await house.site.api(.delete, "/customers/\(id)").status == 204)
        clock.advance(by: .seconds(60))
        #expect(try await house.site.post(link.path, form: [("score", "3")]).status == 303)
        #expect(try await house.answers().first?["customer"]?.string == nil)
        #expect(try await house.site.post(link.leave, form: []).status == 200)
    }

    @Test func `speaks the language in which the customer was asked, else theirs, else the browser's`()
        async throws
    {
        let house = try await House(on: .sqlite)
        let survey = try await house.survey()
        func lang(_ link: Invited, _ query: String = "") async throws -> Substring? {
            try await house.site.call(.get, link.path + query, headers: [.acceptLanguage: "zh-TW"]).text
                .firstMatch(of: /<html lang="([^"]+)"/)?.1
        }
        let asked = try await house.invited("a", to: survey, customerLanguage: "zh-CN", language: "pl")
        #expect(try await lang(asked) == "pl")
        #expect(try await lang(asked, "?lang=en") == "en")
        let known = try await house.invited("b", to: survey, customerLanguage: "zh-CN")
        #expect(try await lang(known) == "zh-Hans")
        let strange = try await house.invited("c", to: survey, customerLanguage: "fi")
        #expect(try await lang(strange) == "zh-Hant")
        let page = try await house.site.call(.get, asked.path + "?s=7").text
        #expect(page.contains("?lang=en&amp;s=7"), "the menu loses the score")
    }

    @Test func `that expired, is closed or unknown says so`() async throws {
        let house = try await House(on: .sqlite)
        let survey = try await house.survey()
        let old = try await house.invited("old", to: survey, expiresIn: .seconds(60))
        let live = try await house.invited("live", to: survey)
        let answered = try await house.invited("done", to: survey)
        #expect(try await house.site.post(answered.path, form: [("score", "9")]).status == 303)
        house.clock.advance(by: .seconds(60))
        let expired = try await house.site.call(.get, old.path + "?s=9")
        #expect(expired.status == 410)
        #expect(expired.text.contains("expired") && expired.text.contains(old.leave))
        #expect(try await house.site.post(old.path, form: [("score", "9")]).status == 410)
        #expect(try await house.site.post(old.path + "/confirm", form: [("score", "9")]).status == 410)
        _ = try await house.site.api(.patch, "/surveys/\(survey.id)", #"{"status": "closed"}"#)
        #expect(try await house.site.call(.get, live.path).status == 410)
        #expect(try await house.site.post(live.path, form: [("score", "9")]).status == 410)
        #expect(try await house.site.post(live.path + "/confirm", form: [("score", "9")]).status == 410)
        let thanks = try await house.site.call(.get, answered.path)
        #expect(thanks.status == 200 && !thanks.text.contains("<textarea"))
        #expect(try await house.site.post(answered.path, form: [("comment", "x")]).status == 410)
        let none = "/r/" + String(repeating: "0", count: 32)
        for path in [none, none + "/d", none + "/promoter", "/r/x", live.path + "0"] {
            #expect(try await house.site.call(.get, path).status == 404, "\(path)")
        }
        for path in [none, none + "/d", none + "/confirm", "/r/x"] {
            #expect(try await house.site.post(path, form: [("score", "9")]).status == 404, "\(path)")
        }
        #expect(try await house.rows("responses") == 1)
    }

    @Test func `keeps what was typed beside what is wrong`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        for score in ["11", "7.5", "x", ""] {
            let refused = try await house.site.post(
                link.path, form: [("score", score), ("comment", "<b>Hello</b>")])
            #expect(refused.status == 422)
            #expect(refused.text.contains("&lt;b&gt;Hello&lt;/b&gt;"))
            #expect(refused.text.contains(#"action="\#(link.path)""#))
        }
        #expect(try await house.rows("responses") == 0)
        _ = try await house.site.post(link.path, form: [("score", "2")])
        let long = String(repeating: "y", count: 10_001)
        let refused = try await house.site.post(link.path, form: [("comment", long)])
        #expect(refused.status == 422)
        #expect(refused.text.contains(#"action="\#(link.path)""#) && refused.text.contains("e-comment"))
    }

    @Test func `shares the limit of all public pages`() async throws {
        let house = try await House(on: .sqlite, answersPerMinute: 2)
        let link = try await house.invited()
        #expect(try await house.site.post(link.path + "/confirm", form: [("score", "9")]).status == 204)
        #expect(try await house.site.post(link.path, form: [("score", "9")]).status == 303)
        #expect(try await house.site.post(link.path, form: [("score", "9")]).status == 429)
    }
}
