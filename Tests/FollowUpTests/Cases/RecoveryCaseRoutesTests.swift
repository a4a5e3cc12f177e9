import HTTPTypes
import Accounts
import Formats
import Kernel
import TestKit
import Testing

@testable import FollowUp

@Suite struct `Cases by the API` {
    @Test(arguments: Backend.available)
    func `go from open to verified`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let opened = try await house.opened()
        let id = try #require(opened["id"]?.string)
        #expect(opened["stage"]?.string == "open")
        #expect(opened["owner"]?.string?.hasPrefix("mem_") == true)
        #expect(opened["due_at"]?.string == "2026-11-25T12:00:00Z")
        let missed = try await house.site.api(
            .post, "/cases/\(id)/contacts", #"{"channel": "sms", "outcome": "no_answer"}"#)
        #expect(missed.status == 201)
        #expect(missed.json["stage"]?.string == "open")
        let reached = try await house.contact(id)
        #expect(reached.status == 201)
        #expect(reached.json["stage"]?.string == "contacted")
        let resolved = try await house.resolve(id)
        #expect(resolved.status == 200)
        #expect(resolved.json["stage"]?.string == "resolved")
        #expect(resolved.json["verdict_url"]?.string?.hasPrefix("https://rapport.example/v/") == true)
        let verified = try await house.site.api(
            .put, "/cases/\(id)/verdict", #"{"verdict": "satisfied", "note": "all well"}"#)
        #expect(verified.json["stage"]?.string == "verified")
        #expect(verified.json["verdict_url"]?.isNull == true)
        let shown = try await house.site.api(.get, "/cases/\(id)").json
        #expect(shown["contacts"]?.array?.count == 2)
        #expect(shown["verdicts"]?.array?.first?["word"]?.string == "reported")
        #expect(
            try await house.events() == [
                "case.opened", "case.contacted", "case.contacted", "case.resolved", "case.verified",
            ])
    }

    @Test(arguments: Backend.available)
    func `refuse a step out of order with 409 and its code`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let open = try await house.recovery(at: .open, customer: "c1")
        let closed = try await house.recovery(at: .closed, customer: "c2")
        let verified = try await house.recovery(at: .verified, customer: "c3")
        for (id, path, body, code) in [
            (open, "resolution", #"{"cause": "a", "remedy": "b"}"#, "case-not-contacted"),
            (open, "verdict", #"{"verdict": "satisfied"}"#, "case-not-awaiting-verdict"),
            (closed, "closure", #"{"reason": "again"}"#, "case-ended"),
            (verified, "closure", #"{"reason": "again"}"#, "case-ended"),
            (verified, "resolution", #"{"cause": "a", "remedy": "b"}"#, "case-not-open-for-work"),
            (verified, "verdict", #"{"verdict": "still_unhappy"}"#, "case-not-awaiting-verdict"),
        ] {
            let answer = try await house.site.api(.put, "/cases/\(id)/\(path)", body)
            #expect(answer.status == 409, "\(path)")
            #expect(answer.code == code)
        }
        let late = try await house.contact(closed)
        #expect(late.status == 409 && late.code == "case-ended")
    }

    @Test(arguments: Backend.available)
    func `open again when the customer is still unhappy`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        house.clock.advance(by: .seconds(86_400))
        let again = try await house.site.api(.put, "/cases/\(id)/verdict", #"{"verdict": "still_unhappy"}"#)
        #expect(again.status == 200)
        #expect(again.json["stage"]?.string == "open")
        #expect(again.json["round"]?.exactInteger == 2)
        #expect(again.json["due_at"]?.string == "2026-11-26T12:00:00Z")
        #expect(try await house.resolve(id).code == "case-not-contacted")
    }

    @Test(arguments: Backend.available)
    func `name every field that is wrong`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .open)
        let long = String(repeating: "x", count: 201)
        let site = house.site
        #expect(
            try await site.api(.post, "/cases/\(id)/contacts", #"{"channel": "pigeon"}"#).wrong == [
                "/outcome missing", "/channel unknown-value",
            ])
        #expect(
            try await site.api(.put, "/cases/\(id)/resolution", #"{"cause": "\#(long)"}"#).wrong == [
                "/cause too-long", "/remedy missing",
            ])
        #expect(
            try await site.api(.put, "/cases/\(id)/closure", #"{"reason": ""}"#).wrong == ["/reason missing"])
        #expect(
            try await site.api(.put, "/cases/\(id)/verdict", #"{"verdict": "perhaps"}"#).wrong == [
                "/verdict unknown-value"
            ])
        #expect(
            try await site.api(.put, "/cases/\(id)/owner", #"{"member": "mem_0000000000009"}"#).wrong == [
                "/member not-found"
            ])
        #expect(try await site.api(.get, "/cases?stage=lost").status == 422)
        #expect(try await house.rows("case_contacts") == 0)
    }

    @Test(arguments: Backend.available)
    func `belong to one account`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .contacted)
        #expect(try await house.site.api(.get, "/cases", account: 2).json["data"]?.array?.isEmpty == true)
        #expect(try await house.site.api(.get, "/cases/\(id)", account: 2).status == 404)
        let stolen = try await house.site.api(
            .put, "/cases/\(id)/closure", #"{"reason": "mine now"}"#, account: 2)
        #expect(stolen.status == 404)
        #expect(try await house.site.page("/cases/\(id)", account: 2).status == 404)
        #expect(
            try await house.site.page("/cases/\(id)/owner", form: [("member", "x")], account: 2).status == 404
        )
    }

    @Test(arguments: Backend.available)
    func `are listed by stage, by what is overdue and by page`(backend: Backend) async throws {
        let house = try await House(on: backend)
        for number in 1...5 { _ = try await house.opened(customer: "c\(number)") }
        _ = try await house.recovery(at: .resolved, customer: "c9")
        let site = house.site
        #expect(try await site.api(.get, "/cases?stage=open").json["data"]?.array?.count == 5)
        #expect(try await site.api(.get, "/cases?stage=resolved").json["data"]?.array?.count == 1)
        #expect(try await site.api(.get, "/cases?overdue=true").json["data"]?.array?.isEmpty == true)
        house.clock.advance(by: .seconds(5 * 86_400))
        #expect(try await site.api(.get, "/cases?overdue=true").json["data"]?.array?.count == 5)
        var (seen, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await site.api(.get, "/cases?limit=4" + (cursor.map { "&cursor=\($0)" } ?? ""))
                .json
            seen += (page["data"]?.array ?? []).compactMap { $0["id"]?.string }
            cursor = page["next_cursor"]?.string
        } while cursor != nil
        #expect(seen.count == 6)
        #expect(seen == seen.sorted(by: >))
    }

    @Test(arguments: Backend.available)
    func `note one contact for one idempotency key`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .open)
        let body = #"{"channel": "phone", "outcome": "no_answer"}"#
        for _ in 1...3 {
            let answer = try await house.site.api(.post, "/cases/\(id)/contacts", body, key: "one call")
            #expect(answer.status == 201)
        }
        #expect(try await house.rows("case_contacts") == 1)
    }

    @Test(arguments: Backend.available)
    func `change hands`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .open)
        try await house.member(20, "agent", name: "Ada Agent")
        try await house.member(21, "agent", account: 2)
        let ada = Identifier<Member>(20).description
        let changed = try await house.site.api(.put, "/cases/\(id)/owner", #"{"member": "\#(ada)"}"#)
        #expect(changed.json["owner"]?.string == ada)
        let stranger = Identifier<Member>(21).description
        let refused = try await house.site.api(.put, "/cases/\(id)/owner", #"{"member": "\#(stranger)"}"#)
        #expect(refused.status == 422)
    }
}
