import HummingbirdTesting
import Accounts
import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite(.serialized) struct `Members` {
    /// The path of a fresh invitation, made by the owner.
    private func invite(_ browser: Browser, _ email: String, _ role: Role) async throws -> String {
        _ = try await browser.get("/members")
        let page = try await browser.post("/members/invitations", ["email": email, "role": role.rawValue])
        #expect(page.status == 200)
        return try #require(page.path("/join/"))
    }

    @Test(arguments: Backend.available)
    func `come in by a link, once`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        try await house.open { client in
            let owner = Browser(client), guest = Browser(client)
            _ = try await owner.signIn("anna@example.com")
            let path = try await invite(owner, "ewa@example.com", .agent)
            #expect(try await owner.get("/members").text.contains("ewa@example.com"))
            #expect(try await guest.get(path).text.contains("ewa@example.com"))
            let short = try await guest.post(path, ["name": "Ewa", "password": "short"])
            #expect(short.status == 422 && short.value(of: "name") == "Ewa")
            let joined = try await guest.post(path, ["name": "Ewa", "password": "niebieska rzeka 4"])
            #expect(joined.status == 303 && joined.location == "/")
            #expect(try await guest.get("/").text.contains("Ewa"))
            #expect(try await guest.get("/members").status == 403)
            #expect(try await guest.get(path).status == 404)
            #expect(
                try await guest.post(path, ["name": "Eve", "password": "niebieska rzeka 5"]).status == 404)
            #expect(try await Browser(client).signIn("ewa@example.com", "niebieska rzeka 4").status == 303)
        }
        let kinds = try await house.kinds(account)
        #expect(
            kinds.filter { $0 == "member.invited" }.count == 1
                && kinds.filter { $0 == "member.joined" }.count == 2)
    }

    @Test(arguments: Backend.available)
    func `of another account prove their password and keep it`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.member("bob@example.com", .owner, of: "Beta")
        try await house.open { client in
            let owner = Browser(client), guest = Browser(client)
            _ = try await owner.signIn("anna@example.com")
            let path = try await invite(owner, "bob@example.com", .manager)
            _ = try await guest.get(path)
            #expect(
                try await guest.post(path, ["name": "Mallory", "password": "niebieska rzeka 4"]).status == 401
            )
            #expect(try await guest.post(path, ["password": House.password]).status == 303)
            let home = try await guest.get("/")
            #expect(home.text.contains("Acme") && home.text.contains("Beta"))
        }
    }

    @Test(arguments: Backend.available)
    func `cannot come in by a link that is old or taken back`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            let first = try await invite(browser, "ewa@example.com", .agent)
            let again = try await invite(browser, "ewa@example.com", .viewer)
            #expect(try await browser.get(first).status == 404)
            let page = try await browser.get("/members")
            let removal = try #require(page.path("/members/invitations/join_"))
            #expect(try await browser.post(removal + "/removal", [:]).status == 303)
            #expect(try await browser.get(again).status == 404)
            let late = try await invite(browser, "ewa@example.com", .agent)
            house.clock.advance(by: .seconds(7 * 86_400))
            #expect(try await browser.get(late).status == 404)
        }
    }

    @Test(arguments: Backend.available)
    func `change roles and go, and are out at once`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        let ewa = try await house.memberID("ewa@example.com", .agent)
        try await house.open { client in
            let owner = Browser(client), agent = Browser(client)
            _ = try await owner.signIn("anna@example.com")
            _ = try await agent.signIn("ewa@example.com")
            _ = try await owner.get("/members")
            #expect(try await owner.post("/members/\(ewa)/role", ["role": "admin"]).status == 303)
            #expect(try await agent.get("/members").status == 200)
            #expect(try await owner.post("/members/\(ewa)/role", ["role": "king"]).status == 422)
            #expect(try await owner.post("/members/\(ewa)/removal", [:]).status == 303)
            #expect(try await agent.get("/").status == 303)
            #expect(try await Browser(client).signIn("ewa@example.com").status == 401)
            #expect(try await owner.post("/members/\(ewa)/removal", [:]).status == 404)
        }
    }

    @Test(arguments: Backend.available)
    func `always include an owner`(backend: Backend) async throws {
        let house = try await House(backend)
        let anna = try await house.memberID("anna@example.com", .owner)
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            _ = try await browser.get("/members")
            let left = try await browser.post("/members/\(anna)/removal", [:])
            #expect(left.status == 409 && left.text.contains("needs an owner"))
            #expect(try await browser.post("/members/\(anna)/role", ["role": "viewer"]).status == 409)
        }
        let bob = try await house.memberID("bob@example.com", .owner)
        let statuses = try await house.open { client in
            let one = Browser(client), other = Browser(client)
            _ = try await one.signIn("anna@example.com")
            _ = try await other.signIn("bob@example.com")
            _ = try await one.get("/members")
            _ = try await other.get("/members")
            async let first = one.post("/members/\(bob)/role", ["role": "viewer"]).status
            async let second = other.post("/members/\(anna)/role", ["role": "viewer"]).status
            return try await [first, second].sorted()
        }
        #expect(statuses[0] == 303 && statuses[1] >= 403)
        #expect(try await house.owners() == 1)
    }

    @Test(arguments: Backend.available)
    func `of lower roles can neither make nor unmake an owner`(backend: Backend) async throws {
        let house = try await House(backend)
        let anna = try await house.memberID("anna@example.com", .owner)
        let ewa = try await house.memberID("ewa@example.com", .admin)
        try await house.member("max@example.com", .manager)
        try await house.open { client in
            let admin = Browser(client), manager = Browser(client)
            _ = try await admin.signIn("ewa@example.com")
            _ = try await admin.get("/members")
            #expect(try await admin.post("/members/\(anna)/role", ["role": "viewer"]).status == 403)
            #expect(try await admin.post("/members/\(anna)/removal", [:]).status == 403)
            #expect(try await admin.post("/members/\(ewa)/role", ["role": "owner"]).status == 403)
            let invited = try await admin.post(
                "/members/invitations", ["email": "x@example.com", "role": "owner"])
            #expect(invited.status == 403)
            _ = try await manager.signIn("max@example.com")
            let page = try await manager.get("/members")
            #expect(page.status == 200 && !page.text.contains("/removal"))
            #expect(try await manager.post("/members/\(ewa)/role", ["role": "viewer"]).status == 403)
        }
    }

    @Test(arguments: Backend.available)
    func `of another account are unknown here`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        let bob = try await house.memberID("bob@example.com", .agent, of: "Beta")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            #expect(try await !browser.get("/members").text.contains("bob@example.com"))
            #expect(try await browser.post("/members/\(bob)/role", ["role": "viewer"]).status == 404)
            #expect(try await browser.post("/members/\(bob)/removal", [:]).status == 404)
        }
    }

    @Test(arguments: Backend.available)
    func `are listed for programs, newest first, page by page`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        try await house.member("ewa@example.com", .agent)
        try await house.member("bob@example.com", .owner, of: "Beta")
        let secret = try await house.token(account, [.readMembers])
        try await house.open { client in
            let first = try await client.api("/api/v1/members?limit=1", secret)
            #expect(first.status == 200 && first.json["has_more"] == true)
            let ewa = try #require(first.json["data"]?.array?.first)
            #expect(ewa["email"] == "ewa@example.com" && ewa["role"] == "agent" && ewa["name"] == "ewa")
            let cursor = try #require(first.json["next_cursor"]?.string)
            let second = try await client.api("/api/v1/members?limit=1&cursor=\(cursor)", secret)
            #expect(second.json["data"]?.array?.map { $0["email"] } == ["anna@example.com"])
            #expect(second.json["has_more"] == false)
            #expect(try await client.api("/api/v1/members?cursor=rubbish", secret).status == 422)
        }
    }
}
