import Formats
import Database
import HTTPTypes
import TestKit
import Testing

@testable import FollowUp

@Suite struct `The customer's link` {
    private func link(_ house: House, _ id: String) async throws -> String {
        let url = try await house.site.api(.get, "/cases/\(id)").json["verdict_url"]?.string ?? ""
        return String(url.dropFirst("https://rapport.example".count))
    }
    private func stage(_ house: House, _ id: String) async throws -> String? {
        try await house.site.api(.get, "/cases/\(id)").json["stage"]?.string
    }

    @Test(arguments: Backend.available)
    func `asks, takes one word and shows it from then on`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        let link = try await link(house, id)
        let asked = try await house.site.call(.get, link)
        #expect(asked.status == 200)
        #expect(asked.text.contains(#"name="verdict""#))
        let said = try await house.site.post(
            link, form: [("verdict", "satisfied"), ("comment", "All <b>well</b>")])
        #expect(said.status == 200)
        #expect(said.text.contains("All &lt;b&gt;well&lt;/b&gt;"))
        #expect(try await stage(house, id) == "verified")
        let late = try await house.site.post(link, form: [("verdict", "still_unhappy")])
        #expect(late.status == 200)
        #expect(late.text.contains("All &lt;b&gt;well"))
        #expect(try await stage(house, id) == "verified")
        #expect(try await house.rows("case_verdicts") == 1)
        let shown = try await house.site.api(.get, "/cases/\(id)").json["verdicts"]?.array?.first
        #expect(shown?["word"]?.string == "customer")
    }

    @Test(arguments: Backend.available)
    func `records nothing when it is only looked at`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        let link = try await link(house, id)
        for method in [HTTPRequest.Method.get, .head] {
            for query in ["", "?verdict=satisfied", "?lang=pl"] {
                #expect(try await house.site.call(method, link + query).status == 200)
            }
        }
        #expect(try await house.rows("case_verdicts") == 0)
        #expect(try await stage(house, id) == "resolved")
    }

    @Test(arguments: Backend.available)
    func `opens the case again, and asks again after the next resolution`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        let link = try await link(house, id)
        _ = try await house.site.post(link, form: [("verdict", "still_unhappy"), ("round", "1")])
        #expect(try await stage(house, id) == "open")
        #expect(try await !house.site.call(.get, link).text.contains(#"name="verdict""#))
        _ = try await house.contact(id)
        _ = try await house.resolve(id)
        let stale = try await house.site.post(link, form: [("verdict", "satisfied"), ("round", "1")])
        #expect(stale.status == 200)
        #expect(try await stage(house, id) == "resolved", "a form of an earlier round decides nothing")
        _ = try await house.site.post(link, form: [("verdict", "satisfied"), ("round", "2")])
        #expect(try await stage(house, id) == "verified")
        #expect(
            try await house.events() == [
                "case.opened", "case.contacted", "case.resolved", "case.reopened", "case.contacted",
                "case.resolved", "case.verified",
            ])
    }

    @Test(arguments: Backend.available)
    func `says what is missing and loses nothing`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        let link = try await link(house, id)
        let long = String(repeating: "y", count: 4001)
        let blank = try await house.site.post(link, form: [("comment", "still cold")])
        #expect(blank.status == 422)
        #expect(blank.text.contains("still cold"))
        #expect(blank.text.contains(#"id="e-verdict""#))
        let wordy = try await house.site.post(link, form: [("verdict", "satisfied"), ("comment", long)])
        #expect(wordy.status == 422)
        #expect(wordy.text.contains(#"id="e-comment""#))
        #expect(try await stage(house, id) == "resolved")
    }

    @Test(arguments: Backend.available)
    func `speaks the customer's language, else the browser's`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        let link = try await link(house, id)
        #expect(
            try await house.site.call(.get, link, headers: [.acceptLanguage: "pl"]).text.contains(
                #"lang="pl""#))
        try await house.database.write { tx in
            try tx.run("UPDATE customers SET language = 'zh-TW' WHERE account_id = 1")
        }
        let own = try await house.site.call(.get, link, headers: [.acceptLanguage: "pl"])
        #expect(own.text.contains(#"<html lang="zh-Hant""#))
        #expect(try await house.site.call(.get, link + "?lang=en").text.contains(#"<html lang="en""#))
    }

    @Test(arguments: Backend.available)
    func `is small, safe and unknown to everybody else`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        let link = try await link(house, id)
        let page = try await house.site.call(.get, link, headers: [.acceptEncoding: "gzip"])
        #expect(page.bytes.count < 14_336)
        #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        let leaving = try await house.site.call(.get, link + "/leave")
        #expect(leaving.status == 200 && page.bytes.count < 14_336)
        for personal in [page, leaving] { #expect(personal.headers[.init("X-Robots-Tag")!] == "noindex") }
        for wrong in ["/v/" + String(repeating: "0", count: 32), link + "0", "/v/x"] {
            #expect(try await house.site.call(.get, wrong).status == 404)
            #expect(try await house.site.call(.get, wrong + "/leave").status == 404)
            #expect(try await house.site.post(wrong + "/leave", form: []).status == 404)
            #expect(try await house.site.post(wrong, form: [("verdict", "satisfied")]).status == 404)
        }
    }
}
