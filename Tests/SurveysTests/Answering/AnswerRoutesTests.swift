import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing

private let questions = #"""
    {"name": "Kettle", "metric": "nps", "questions": [
      {"key": "why", "kind": "choice", "text": {"en": "Why so?", "pl": "Czemu?"}, "required": true,
       "options": [{"key": "price", "text": {"en": "Price"}}, {"key": "staff", "text": {"en": "Staff"}}]},
      {"key": "reach", "kind": "contact", "text": {"en": "How to reach you"}}]}
    """#

@Suite struct AnswerRoutesTests {
    @Test(arguments: Backend.available)
    func `a page needs one request, no cookie and no script, and is small`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let slug = try await house.survey(questions).slug
        let plain = try await house.site.call(.get, "/s/\(slug)")
        #expect(plain.status == 200)
        #expect(plain.headers[.setCookie] == nil)
        for foreign in ["<script", "<link", "<img", " src=", "style="] {
            #expect(!plain.text.contains(foreign), "\(foreign)")
        }
        let policy = try #require(plain.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(!policy.contains("unsafe"))
        let packed = try await house.site.call(.get, "/s/\(slug)", headers: [.acceptEncoding: "gzip"])
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(packed.bytes.starts(with: [0x1F, 0x8B]))
        #expect(packed.bytes.count < 14_336)
        #expect(packed.bytes.count < plain.bytes.count / 2)
        let smaller = try await house.site.call(.get, "/s/\(slug)", headers: [.acceptEncoding: "gzip, br"])
        #expect(smaller.headers[.contentEncoding] == "br")
        #expect(smaller.bytes.count < packed.bytes.count)
    }

    @Test(arguments: [
        ("?lang=pl", "Na ile prawdopodobne", "pl"), ("?lang=zh-TW", "推薦給", "zh-Hant"),
        ("?lang=zh", "推荐给", "zh-Hans"),
        ("?lang=xx", "How likely", "en"), ("", "How likely", "en"),
    ])
    func `it speaks the reader's language`(query: String, words: String, tag: String) async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        let page = try await house.site.call(.get, "/s/\(slug)\(query)").text
        #expect(page.contains(words))
        #expect(page.contains("<html lang=\"\(tag)\" dir=\"ltr\">"))
    }

    @Test func `a language from right to left turns the page round`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps", "languages": ["ar", "en"],
             "texts": {"question": {"ar": "هل توصي بنا؟"}}}
            """#
        ).slug
        let page = try await house.site.call(.get, "/s/\(slug)").text
        #expect(page.contains("<html lang=\"ar\" dir=\"rtl\">"))
        #expect(page.contains("هل توصي بنا؟"))
    }

    @Test func `a link may choose the score and name the touchpoint`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        let page = try await house.site.call(.get, "/s/\(slug)?score=7&touchpoint=till%204").text
        #expect(page.contains(#"value="7" required checked"#))
        #expect(page.matches(of: /\ checked/).count == 1)
        #expect(page.contains(#"name="touchpoint" value="till 4""#))
    }

    @Test(arguments: Backend.available)
    func `no GET or HEAD writes anything`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let slug = try await house.survey().slug
        _ = try await house.site.post("/s/\(slug)", form: [("score", "9"), ("key", "k")])
        let before = try await house.census()
        for path in ["/s/\(slug)", "/s/\(slug)?score=3&key=new", "/s/\(slug)/promoter?key=k", "/s/none"] {
            for method in [HTTPRequest.Method.get, .head] {
                _ = try await house.site.call(method, path)
            }
        }
        #expect(try await house.census() == before)
    }

    @Test(arguments: [
        ("0-10", "3", "detractor"), ("0-10", "8", "passive"), ("0-10", "９", "promoter"),
        ("-10..10", "0", "unassigned"),
        ("-10..10", "-10", "detractor"), ("csat-1-5", "3", "neutral"), ("ces-1-7", "7", "satisfied"),
    ])
    func `a score leads to the page of its band`(scale: String, score: String, band: String) async throws {
        let house = try await House(on: .sqlite)
        let metric = scale.hasPrefix("c") ? scale.prefix { $0 != "-" } : "nps"
        let slug = try await house.survey(
            #"{"name": "K", "slug": "kettle", "metric": "\#(metric)", "scale": "\#(scale)"}"#
        ).slug
        let sent = try await house.site.post("/s/\(slug)", form: [("score", score)])
        #expect(sent.status == 303)
        let location = try #require(sent.location)
        #expect(location.hasPrefix("/s/kettle/\(band)?"))
        let page = try await house.site.call(.get, location)
        #expect(page.status == 200)
        #expect(page.text.contains("name=\"comment\""))
    }

    @Test(arguments: Backend.available)
    func `detractors are asked what went wrong and how to reach them`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let slug = try await house.survey().slug
        let sent = try await house.site.post(
            "/s/\(slug)", form: [("score", "2"), ("lang", "en"), ("touchpoint", "till")])
        let page = try await house.site.call(.get, try #require(sent.location)).text
        #expect(page.contains("What went wrong?"))
        #expect(page.contains("name=\"contact[phone]\""))
        let key = try #require(page.firstMatch(of: /name="key" value="([^"]+)"/)?.1)
        let more = try await house.site.post(
            "/s/\(slug)",
            form: [
                ("key", String(key)), ("comment", "It leaks"), ("contact[phone]", "+48 600 100 200"),
                ("lang", "en"),
            ])
        #expect(more.status == 303)
        let done = try await house.site.call(.get, try #require(more.location)).text
        #expect(!done.contains("<form"))
        let answer = try await house.site.api(.get, "/responses").json["data"]?.array?.first
        #expect(answer?["comment"] == "It leaks")
        #expect(answer?["touchpoint"] == "till")
        let customer = try #require(answer?["customer"]?.string)
        #expect(try await house.site.api(.get, "/customers/\(customer)").json["phone"] == "+48600100200")
        #expect(try await house.rows("responses") == 1)
    }

    @Test(arguments: Backend.available)
    func `who is known may be reached another way, and answers what was left open`(backend: Backend)
        async throws
    {
        let house = try await House(on: backend)
        let slug = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps", "questions": [
              {"key": "why", "kind": "choice", "text": {"en": "Why so?"},
               "options": [{"key": "price", "text": {"en": "Price"}}]}]}
            """#
        ).slug
        for more in [("contact[phone]", "+48 600 100 200"), ("contact[email]", "ada@example.org")] {
            let form =
                [("score", "2"), ("key", "k"), more] + (more.0.contains("email") ? [("why", "price")] : [])
            #expect(try await house.site.post("/s/\(slug)", form: form).status == 303)
        }
        let answer = try await house.site.api(.get, "/responses").json["data"]?.array?.first
        #expect(answer?["answers"]?["why"] == "price")
        let customer = try #require(answer?["customer"]?.string)
        let person = try await house.site.api(.get, "/customers/\(customer)").json
        #expect(person["phone"] == "+48600100200")
        #expect(person["email"] == "ada@example.org")
        #expect(try await house.rows("responses") == 1)
    }

    @Test(arguments: Backend.available)
    func `whoever is unhappy says how and when to be contacted`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let slug = try await house.survey().slug
        let low = [("score", "2"), ("key", "k"), ("comment", "It leaks")]
        let sent = try await house.site.post("/s/\(slug)", form: low)
        let page = try await house.site.call(.get, try #require(sent.location)).text
        #expect(page.contains("name=\"contact[way]\" value=\"phone\"") && page.contains("In the evening"))
        _ = try await house.site.post(
            "/s/\(slug)",
            form: [
                ("key", "k"), ("contact[phone]", "+48 600 100 200"), ("contact[way]", "phone"),
                ("contact[time]", "evening"),
            ])
        // What stands is not changed, and a choice that the page does not have is none.
        _ = try await house.site.post("/s/\(slug)", form: [("key", "k"), ("contact[way]", "none")])
        _ = try await house.site.post("/s/\(slug)", form: [("key", "k"), ("contact[way]", "owl")])
        let answer = try await house.site.api(.get, "/responses").json["data"]?.array?.first
        #expect(answer?["answers"] == ["contact": ["time": "evening", "way": "phone"]])
        let id = try #require(answer?["id"]?.string)
        #expect(try await house.site.page("/responses/\(id)").text.contains("By phone · In the evening"))
        let done = try await house.site.call(.get, "/s/\(slug)/detractor?key=k").text
        #expect(!done.contains("<form") && done.contains("within two working days"))
    }

    @Test func `whoever does not wish to be contacted is promised nothing`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        _ = try await house.site.post(
            "/s/\(slug)",
            form: [
                ("score", "2"), ("key", "k"), ("comment", "It leaks"), ("contact[way]", "none"),
                ("contact[time]", "evening"),
            ])
        let answer = try await house.site.api(.get, "/responses").json["data"]?.array?.first
        #expect(answer?["answers"] == ["contact": ["way": "none"]])
        let done = try await house.site.call(.get, "/s/\(slug)/detractor?key=k").text
        #expect(!done.contains("<form") && !done.contains("within two working days"))
    }

    @Test func `promoters may allow to be quoted, once`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        _ = try await house.site.post(
            "/s/\(slug)", form: [("score", "10"), ("key", "k"), ("comment", "Hot")])
        let page = try await house.site.call(.get, "/s/\(slug)/promoter?key=k").text
        #expect(page.contains("name=\"quote\""))
        #expect(!page.contains("name=\"comment\""))
        _ = try await house.site.post("/s/\(slug)", form: [("key", "k"), ("quote", "yes")])
        #expect(
            try await house.site.api(.get, "/responses").json["data"]?.array?.first?["answers"] == [
                "quote": "yes"
            ])
        #expect(try await !house.site.call(.get, "/s/\(slug)/promoter?key=k").text.contains("<form"))
    }

    @Test(arguments: Backend.available)
    func `the first score of a key stands and words are added once`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let slug = try await house.survey().slug
        let forms: [[(String, String)]] = [
            [("score", "9"), ("key", "k")], [("score", "2"), ("key", "k"), ("comment", "Late words")],
            [("score", "0"), ("key", "k"), ("comment", "Other words")],
        ]
        for form in forms {
            let sent = try await house.site.post("/s/\(slug)", form: form)
            #expect(sent.status == 303)
            #expect(sent.location?.hasPrefix("/s/\(slug)/promoter?") == true)
        }
        let answers = try await house.site.api(.get, "/responses").json["data"]?.array
        #expect(answers?.count == 1)
        #expect(answers?.first?["score"] == 9)
        #expect(answers?.first?["comment"] == "Late words")
    }

    @Test(arguments: Backend.available)
    func `100 forms of one key at once are one answer`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let slug = try await house.survey().slug
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await house.site.post("/s/\(slug)", form: [("score", "9"), ("key", "k")]).status
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(statuses == [303])
        #expect(try await house.rows("responses") == 1)
    }

    @Test func `what is wrong stands beside its field and nothing typed is lost`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey(questions).slug
        let sent = try await house.site.post(
            "/s/\(slug)",
            form: [("comment", "<b>Hello</b>"), ("reach[email]", "nobody"), ("why", "staff"), ("lang", "pl")])
        #expect(sent.status == 422)
        #expect(sent.text.contains("&lt;b&gt;Hello&lt;/b&gt;"))
        #expect(sent.text.contains("value=\"nobody\""))
        #expect(sent.text.contains(#"value="staff" checked"#))
        #expect(sent.text.contains("id=\"e-score\""))
        #expect(sent.text.contains("id=\"e-reach[email]\""))
        #expect(sent.text.contains("<html lang=\"pl\""))
        #expect(try await house.rows("responses") == 0)
    }

    @Test(arguments: ["11", "7.5", "x", "", "-1"])
    func `no number off the scale is recorded`(score: String) async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        #expect(try await house.site.post("/s/\(slug)", form: [("score", score)]).status == 422)
        #expect(try await house.rows("responses") == 0)
    }

    @Test func `fields that nobody asks for never leave an answer out`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        let sent = try await house.site.post(
            "/s/\(slug)", form: [("score", "9"), ("taste", "5"), ("utm", "x")])
        #expect(sent.status == 303)
    }

    @Test func `closed and unknown surveys say so`() async throws {
        let house = try await House(on: .sqlite)
        let (id, slug) = try await house.survey()
        _ = try await house.site.api(.patch, "/surveys/\(id)", #"{"status": "closed"}"#)
        #expect(try await house.site.call(.get, "/s/\(slug)").status == 410)
        #expect(try await house.site.post("/s/\(slug)", form: [("score", "9")]).status == 410)
        #expect(try await house.site.call(.get, "/s/nothing").status == 404)
        #expect(try await house.site.call(.get, "/s/\(slug)/loyal").status == 404)
        #expect(try await house.rows("responses") == 0)
    }

    @Test func `an address may send so many answers in a minute and no more`() async throws {
        let house = try await House(on: .sqlite, answersPerMinute: 2)
        let slug = try await house.survey().slug
        for _ in 0..<2 {
            #expect(try await house.site.post("/s/\(slug)", form: [("score", "9")]).status == 303)
        }
        let refused = try await house.site.post("/s/\(slug)", form: [("score", "9")])
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
        house.clock.advance(by: .seconds(60))
        #expect(try await house.site.post("/s/\(slug)", form: [("score", "9")]).status == 303)
    }

    @Test func `an open page changes nothing that the account knows of a customer`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey(questions).slug
        let known = try await house.site.api(
            .post, "/customers", #"{"email": "ann@example.com", "name": "Ann", "phone": "+48600100200"}"#)
        _ = try await house.site.post(
            "/s/\(slug)",
            form: [
                ("score", "1"), ("why", "price"), ("reach[email]", "ann@example.com"), ("reach[name]", "Eve"),
                ("reach[phone]", "+48999999999"),
            ])
        let id = try #require(known.json["id"]?.string)
        #expect(try await house.site.api(.get, "/customers/\(id)").json == known.json)
        #expect(
            try await house.site.api(.get, "/responses").json["data"]?.array?.first?["customer"]?.string == id
        )
    }
}
