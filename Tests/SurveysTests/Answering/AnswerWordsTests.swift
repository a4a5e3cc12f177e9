import Database
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@testable import Surveys

/// What the answer page says, and in whose words and colour.
@Suite struct `The answer page` {
    @Test func `says every word as its sender words it`() async throws {
        let house = try await House(on: .sqlite)
        let texts = SurveyText.allCases.map { #""\#($0.rawValue)": {"eo": "eo-\#($0.rawValue)"}"# }
            .joined(separator: ",")
        let slug = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps", "languages": ["eo"], "texts": {\#(texts)},
             "questions": [{"key": "fine", "kind": "rating", "text": {"eo": "eo-fine"}}]}
            """#
        ).slug
        var said = try await house.site.call(.get, "/s/\(slug)").text
        for score in ["0", "7", "10"] {
            let sent = try await house.site.post("/s/\(slug)", form: [("score", score), ("key", score)])
            said += try await house.site.call(.get, try #require(sent.location)).text
        }
        let done = try await house.site.post(
            "/s/\(slug)", form: [("key", "0"), ("comment", "x"), ("contact[phone]", "+48 600 100 200")])
        said += try await house.site.call(.get, try #require(done.location)).text
        for text in SurveyText.allCases {
            #expect(said.contains("eo-\(text.rawValue)"), "\(text.rawValue)")
        }
    }

    @Test func `calls each language what it calls itself`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey(
            #"{"name": "Kettle", "metric": "nps", "languages": ["en", "ar", "pl"]}"#
        ).slug
        let page = try await house.site.call(.get, "/s/\(slug)").text
        for name in ["العربية", "English", "polski"] { #expect(page.contains(">\(name)</a>"), "\(name)") }
    }

    @Test(arguments: [
        ("csat-1-5", "coloured", 5), ("csat-1-5", "neutral", 0), ("csat-0-5", "coloured", 0),
        ("ces-1-7", "coloured", 0),
    ])
    func `shows faces on a coloured scale of five alone`(scale: String, style: String, faces: Int)
        async throws
    {
        let house = try await House(on: .sqlite)
        let metric = scale.prefix { $0 != "-" }
        let slug = try await house.survey(
            #"{"name": "K", "metric": "\#(metric)", "scale": "\#(scale)", "style": "\#(style)"}"#
        ).slug
        let page = try await house.site.call(.get, "/s/\(slug)").text
        #expect(page.split(separator: "<svg ").count - 1 == faces)
    }

    @Test(arguments: [("", false), ("+48 600 100 200", true)])
    func `promises a call to those who left a number alone`(phone: String, isPromised: Bool) async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        _ = try await house.site.post("/s/\(slug)", form: [("score", "1"), ("key", "k"), ("lang", "en")])
        let sent = try await house.site.post(
            "/s/\(slug)",
            form: [("key", "k"), ("lang", "en"), ("comment", "It leaks"), ("contact[phone]", phone)])
        let done = try await house.site.call(.get, try #require(sent.location)).text
        #expect(done.contains("What you wrote has reached us"))
        #expect(done.contains("We get in touch with you") == isPromised)
    }

    @Test func `says that words have reached us only where there are some`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        _ = try await house.site.post("/s/\(slug)", form: [("score", "1"), ("key", "k"), ("lang", "en")])
        let sent = try await house.site.post(
            "/s/\(slug)", form: [("key", "k"), ("lang", "en"), ("comment", " "), ("contact[phone]", "")])
        let done = try await house.site.call(.get, try #require(sent.location)).text
        #expect(!done.contains("What you wrote") && !done.contains("<form"))
        #expect(done.contains("Thank you for telling us."))
    }

    @Test func `tells what is wrong with an address beside it and nowhere else`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey(
            #"""
            {"name": "Kettle", "metric": "nps",
             "questions": [{"key": "reach", "kind": "contact", "text": {"en": "How to reach you"}}]}
            """#
        ).slug
        let page = try await house.site.post(
            "/s/\(slug)", form: [("score", "9"), ("lang", "en"), ("reach[email]", "no address")])
        #expect(page.status == 422)
        #expect(page.text.matches(of: /does not look like an e-mail address/).count == 1)
        #expect(page.text.contains(#"id="e-reach[email]""#))
    }

    @Test func `leads a customer nowhere when something goes wrong`() async throws {
        let house = try await House(on: .sqlite, answersPerMinute: 1)
        let slug = try await house.survey().slug
        _ = try await house.site.post("/s/\(slug)", form: [("score", "9")])
        let refused = try await house.site.post("/s/\(slug)", form: [("score", "9")])
        #expect(refused.status == 429)
        #expect(refused.text.contains("Please wait a moment"))
        #expect(!refused.text.contains("<a ") && !refused.text.contains("/assets/"))
    }

    @Test func `leads whoever is content to the company's website, nobody else`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        try await house.database.write { tx in
            _ = try tx.run("UPDATE accounts SET website = 'https://acme.example/?a=1&b=2' WHERE id = 1")
        }
        for (score, isLed) in [("3", false), ("8", true), ("10", true)] {
            let sent = try await house.site.post(
                "/s/\(slug)", form: [("score", score), ("key", "key-\(score)-0123456789abcdef")])
            let page = try await house.site.call(.get, try #require(sent.location)).text
            #expect(page.contains(#"href="https://acme.example/?a=1&amp;b=2""#) == isLed, "\(score)")
        }
    }

    @Test func `wears the company's colour under a hash of its own`() async throws {
        let house = try await House(on: .sqlite)
        let slug = try await house.survey().slug
        let before = try await house.site.call(.get, "/s/\(slug)")
        try await house.database.write { tx in
            _ = try tx.run("UPDATE accounts SET colour = '#ffcc00' WHERE id = 1")
        }
        let after = try await house.site.call(.get, "/s/\(slug)")
        let policy = try #require(after.headers[.contentSecurityPolicy])
        #expect(before.headers[.contentSecurityPolicy]?.matches(of: /sha256-/).count == 1)
        #expect(policy.matches(of: /sha256-/).count == 2)
        #expect(after.text.contains("--accent:light-dark(") && !policy.contains("unsafe"))
    }
}

@Suite struct `A company's colour` {
    @Test(arguments: ["#ffcc00", "#000000", "#ffffff", "#0b5d5e", "#FF0000", "#7f7f7f", "#00ff00"])
    func `is readable on light paper and on dark`(hex: String) throws {
        let style = try #require(BrandColour(hex)).style
        let colours = style.matches(of: /#[0-9a-f]{6}/).compactMap { BrandColour(String($0.output)) }
        try #require(colours.count == 4)
        let papers = ["#faf8f3", "#1b1a17"].compactMap(BrandColour.init)
        for (accent, (ink, paper)) in zip(colours, zip(colours[2...], papers)) {
            #expect(accent.contrast(to: paper) >= 4.5)
            #expect(accent.contrast(to: ink) >= 4.5)
        }
    }

    @Test func `stays as it is where it can be read`() throws {
        #expect(try #require(BrandColour("#0B5D5E")).style.contains("--accent:light-dark(#0b5d5e,"))
    }

    @Test(arguments: ["", "0b5d5e", "#0b5d5", "#0b5d5e0", "#0b5d5g", "#+b5d5e", "#-b5d5e", "teal"])
    func `is six hexadecimal digits after a sharp sign`(text: String) {
        #expect(BrandColour(text) == nil)
    }

    @Test func `has the contrasts of WCAG's own examples`() throws {
        let white = try #require(BrandColour("#ffffff"))
        #expect(abs(white.contrast(to: try #require(BrandColour("#000000"))) - 21) < 0.001)
        #expect(abs(white.contrast(to: try #require(BrandColour("#767676"))) - 4.54) < 0.005)
    }
}
