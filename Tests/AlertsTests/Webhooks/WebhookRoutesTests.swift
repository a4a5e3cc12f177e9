import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import TestKit
import Testing
import Web

@testable import Alerts

@Suite struct `Webhooks over the API` {
    private static let body = #"{"url": "https://Hooks.example.org", "events": ["case.opened"]}"#

    @Test(arguments: Backend.available)
    func `are made, read, changed and removed`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), site = office.site
        let made = try await site.api(.post, "/webhooks", Self.body)
        #expect(made.status == 201)
        #expect(made.json["url"] == "https://hooks.example.org/" && made.json["state"] == "active")
        let id = try #require(made.json["id"]?.string)
        #expect(made.json["secret"]?.string?.hasPrefix("whsec_") == true)
        let read = try await site.api(.get, "/webhooks/\(id)")
        #expect(read.status == 200 && !read.text.contains("whsec_"))
        let patched = try await site.api(
            .patch, "/webhooks/\(id)", #"{"events": ["case.opened", "case.closed"], "state": "paused"}"#)
        #expect(patched.json["events"] == ["case.opened", "case.closed"])
        #expect(patched.json["state"] == "paused")
        #expect(try await site.api(.patch, "/webhooks/\(id)", "{}").status == 200)
        let second = try await office.add().id
        let list = try await site.api(.get, "/webhooks?limit=1")
        #expect(list.json["data"]?.array?.compactMap { $0["id"]?.string } == [second])
        let cursor = try #require(list.json["next_cursor"]?.string)
        let rest = try await site.api(.get, "/webhooks?cursor=\(cursor)")
        #expect(rest.json["data"]?.array?.compactMap { $0["id"]?.string } == [id])
        #expect(!list.text.contains("whsec_"))
        #expect(try await site.api(.delete, "/webhooks/\(id)").status == 204)
        #expect(try await site.api(.get, "/webhooks/\(id)").status == 404)
        #expect(try await site.api(.delete, "/webhooks/\(id)").status == 404)
        #expect(
            try await office.events()
                == ["webhook.made": 2, "webhook.changed": 1, "webhook.removed": 1])
    }

    @Test(arguments: [
        (#"{}"#, ["/url missing", "/events missing"]),
        (#"{"url": 7, "events": 8}"#, ["/url wrong-type", "/events wrong-type"]),
        (#"{"url": "x", "events": []}"#, ["/url not-a-url", "/events missing"]),
        (
            #"{"url": "http://8.8.8.8", "events": ["case.opened", "tea.served", 7]}"#,
            ["/url url-not-https", "/events/1 unknown-event", "/events/2 unknown-event"]
        ),
        (#"{"url": "https://10.0.0.1/", "events": ["case.opened"]}"#, ["/url url-not-public"]),
        (#"{"url": "https://a:b@c.example/", "events": ["case.opened"]}"#, ["/url url-with-user"]),
        (
            #"{"url": "https://8.8.8.8:22/", "events": ["case.opened"], "x": 1}"#,
            ["/url url-other-port", "/x unknown-field"]
        ),
        (#"{"url": null, "events": null}"#, ["/url missing", "/events missing"]),
    ])
    func `are refused with every field that is wrong`(body: String, wrong: [String]) async throws {
        let office = try await HookOffice(on: .sqlite)
        let answer = try await office.site.api(.post, "/webhooks", body)
        #expect(answer.status == 422)
        #expect(answer.wrong.sorted() == wrong.sorted())
        // The same in a network that the operator allows.
        let allowed = try await office.site.api(
            .post, "/webhooks", #"{"url": "http://10.9.0.1:9000/", "events": ["case.opened"]}"#)
        #expect(allowed.status == 201)
    }

    @Test func `tell no more than their maker may read, and are kept by owners and admins`() async throws {
        let office = try await HookOffice(on: .sqlite)
        for (word, status) in [
            ("owner", 201), ("admin", 201), ("manager", 403), ("viewer", 403), ("cases:read", 403),
            ("webhooks:write", 422),
        ] {
            let answer = try await office.site.call(
                .post, "/api/v1/webhooks",
                headers: [.authorization: "Bearer account-1/\(word)", .contentType: "application/json"],
                body: Self.body)
            #expect(answer.status == status, "\(word)")
            if status == 422 { #expect(answer.wrong == ["/events/0 event-not-yours"]) }
        }
    }

    @Test(arguments: Backend.available)
    func `show a secret once for each key, and only the one that was made`(backend: Backend) async throws {
        let office = try await HookOffice(on: backend), site = office.site
        let first = try await site.api(.post, "/webhooks", Self.body, key: "k")
        let again = try await site.api(.post, "/webhooks", Self.body, key: "k")
        #expect(first.status == 201 && again.text == first.text)
        let id = try #require(first.json["id"]?.string)
        office.clock.advance(by: .seconds(1))
        let turned = try await site.api(.post, "/webhooks/\(id)/rotation", "{}", key: "r")
        #expect(turned.status == 201 && turned.json["id"] == .string(id))
        let new = try #require(turned.json["secret"]?.string)
        #expect(new != first.json["secret"]?.string)
        #expect(try await site.api(.post, "/webhooks/\(id)/rotation", "{}", key: "r").text == turned.text)
        let late = try await site.api(.post, "/webhooks", Self.body, key: "k")
        #expect(late.status == 201 && late.json["id"] == .string(id) && late.json["secret"] == nil)
        // None of it stands in the database as it is.
        let kept = try await office.database.read { tx in
            try tx.run("SELECT secret, COALESCE(old_secret, '') AS old_secret FROM webhooks")
                .flatMap { [try $0.text("secret"), try $0.text("old_secret")] }
                + tx.run("SELECT answer FROM idempotency_keys").map {
                    try $0.text("answer")
                }
        }
        #expect(kept.count == 4 && !kept.contains { $0.contains("whsec_") })
    }

    @Test func `are at most twenty, and belong to one account`() async throws {
        let office = try await HookOffice(on: .sqlite)
        for _ in 0..<20 { _ = try await office.add() }
        let one = try await office.site.api(.post, "/webhooks", Self.body)
        #expect(one.status == 409 && one.code == "too-many-webhooks")
        let other = try await office.add(account: 2).id
        for (method, path) in [
            (HTTPRequest.Method.get, ""), (.patch, ""), (.delete, ""), (.post, "/rotation"), (.post, "/test"),
            (.get, "/deliveries"), (.post, "/deliveries/dlv_0000000000001/replay"),
        ] {
            let body = method == .get || method == .delete ? nil : "{}"
            #expect(try await office.site.api(method, "/webhooks/\(other)\(path)", body).status == 404)
        }
    }

    @Test func `every event that is offered has its words`() {
        #expect(Set(Webhook.offered).count == Webhook.offered.count && Webhook.offered.count > 20)
        for kind in Webhook.offered {
            #expect(Webhook.offered.contains(kind) && !kind.rawValue.isEmpty)
            #expect(EventMessage.permission(for: kind) != .readOperations, "\(kind)")
        }
    }
}
