import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@Suite struct `The way out` {
    private func suppressed(_ house: House) async throws -> Int {
        try await house.database.read { tx in
            try tx.run("SELECT id FROM contact_points WHERE suppressed_because = 'unsubscribed'").count
        }
    }

    private func left(_ house: House) async throws -> Int {
        try await house.database.read { tx in
            try tx.run("SELECT id FROM unsealed_events WHERE kind = 'customer.left'").count
        }
    }

    @Test(arguments: Backend.available)
    func `is asked for, taken by a form, and done`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        let before = try await house.census()
        for method in [HTTPRequest.Method.get, .head] {
            for query in ["", "?lang=pl", "?List-Unsubscribe=One-Click"] {
                #expect(try await house.site.call(method, link.leave + query).status == 200)
            }
        }
        #expect(try await house.census() == before)
        #expect(try await suppressed(house) == 0)
        let asked = try await house.site.call(.get, link.leave, headers: [.acceptEncoding: "gzip"])
        #expect(asked.bytes.count <= 14_336)
        #expect(asked.headers[.contentSecurityPolicy]?.contains("script-src") == false)
        let done = try await house.site.post(link.leave + "?lang=pl", form: [])
        #expect(done.status == 200)
        #expect(done.text.contains("Nie będziemy już"))
        #expect(done.headers[.cacheControl] == "no-store")
        #expect(try await suppressed(house) == 1)
        #expect(try await !house.site.call(.get, link.leave).text.contains("<form"))
        #expect(try await house.site.post(link.leave, form: []).status == 200)
        #expect(try await left(house) == 1)
    }

    @Test(
        arguments: [
            ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
                    + "--b--\r\n"
            ),
            ("", ""),
        ])
    func `is open to a mail program that posts for its reader`(type: String, body: String) async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited(language: "zh-TW")
        var headers: HTTPFields = [.origin: "https://mail.example"]
        if !type.isEmpty { headers[.contentType] = type }
        let answer = try await house.site.call(.post, link.leave, headers: headers, body: body)
        #expect(answer.status == 200)
        #expect(answer.text.contains(#"<html lang="zh-Hant""#))
        #expect(try await suppressed(house) == 1)
    }

    @Test(arguments: Backend.available)
    func `takes back what is planned for that customer and leaves others alone`(backend: Backend) async throws
    {
        let house = try await House(on: backend)
        let survey = try await house.survey()
        let link = try await house.invited("one", to: survey)
        let planned = try await house.invited("one", to: survey, state: .planned)
        let other = try await house.invited("two", to: survey, state: .planned)
        #expect(planned.customer == link.customer && other.customer != link.customer)
        _ = try await house.site.post(link.leave, form: [])
        let states = try await house.database.read { tx in
            try tx.run("SELECT id, state, reason FROM invitations ORDER BY id").map { row in
                "\(try row.text("state")) \(try row.optionalText("reason") ?? "-")"
            }
        }
        #expect(states == ["sent -", "withdrawn unsubscribed", "planned -"])
        #expect(try await suppressed(house) == 1)
        #expect(try await house.site.post(link.path, form: [("score", "2")]).status == 303)
    }

    @Test func `wins over a bounce, and reaches an address that somebody else has now`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        try await house.database.write { tx in
            try tx.run("UPDATE contact_points SET suppressed_at = 1, suppressed_because = 'bounced'")
            try tx.run("UPDATE invitations SET customer_id = NULL")
        }
        #expect(try await house.site.call(.get, link.leave).text.contains("<form"))
        _ = try await house.site.post(link.leave, form: [])
        #expect(try await suppressed(house) == 1)
    }

    @Test(arguments: Backend.available)
    func `stands in the customer's story`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let link = try await house.invited()
        _ = try await house.site.post(link.leave, form: [])
        try await house.follow(ResponseSearch.consumer)
        let story = try await house.site.api(.get, "/customers/\(link.customer)/timeline").json["data"]
        #expect(story?.array?.first?["event"]?.string == "customer.left")
        let page = try await house.site.page("/customers/\(link.customer)").text
        #expect(page.contains("Asked not to be asked again"))
    }

    @Test func `is unknown to strangers`() async throws {
        let house = try await House(on: .sqlite)
        let link = try await house.invited()
        for path in ["/u/" + String(repeating: "0", count: 32), link.leave + "0", "/u/x"] {
            #expect(try await house.site.call(.get, path).status == 404)
            #expect(try await house.site.post(path, form: []).status == 404)
        }
        #expect(try await suppressed(house) == 0)
    }
}
