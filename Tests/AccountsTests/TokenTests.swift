import Accounts
import Database
import Formats
import HTTPTypes
import HummingbirdTesting
import Kernel
import Ledger
import NIOCore
import TestKit
import Testing
import Web

@Suite(.serialized) struct `An API token` {
    @Test(arguments: Backend.available)
    func `is shown once, opens its account, and closes when it is revoked`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            _ = try await browser.get("/tokens")
            let made = try await browser.post("/tokens", ["name": "shop", "scope": "members:read"])
            let secret = try #require(made.path("rpt_"))
            #expect(made.status == 200 && secret.count == 68)
            let page = try await browser.get("/tokens")
            #expect(!page.text.contains(secret) && page.text.contains("Not used yet"))
            #expect(try await browser.client.api("/api/v1/members", secret).status == 200)
            let revocation = try #require(page.path("/tokens/tok_"))
            #expect(try await browser.post(revocation + "/revocation", [:]).status == 303)
            #expect(try await browser.client.api("/api/v1/members", secret).status == 401)
            #expect(try await browser.post(revocation + "/revocation", [:]).status == 404)
        }
        let kinds = try await house.kinds(account)
        #expect(kinds.contains("token.made") && kinds.contains("token.revoked"))
    }

    @Test(arguments: Backend.available)
    func `does what its scopes say and no more`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        let narrow = try await house.token(account, [.readScores]), whole = try await house.token(account, [])
        try await house.open { client in
            #expect(try await client.api("/api/v1/members", narrow).status == 403)
            #expect(try await client.api("/api/v1/members", whole).status == 200)
            let wrong = try await client.api("/api/v1/members", whole + "0")
            #expect(wrong.status == 401 && wrong.json["code"] == "token-missing-or-wrong")
            let asCookie = try await client.execute(
                uri: "/tokens", method: .get, headers: [.cookie: "rapport_session=\(whole)"]
            ) { $0.status.code }
            #expect(asCookie == 303)
        }
    }

    @Test(arguments: Backend.available)
    func `of another account cannot be revoked`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        let beta = try await house.member("bob@example.com", .owner, of: "Beta")
        let secret = try await house.token(beta, [])
        let id = try await house.database.read { tx in
            try APIToken.list(account: beta.id, limit: 1, in: tx)[0].id
        }
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            #expect(try await !browser.get("/tokens").text.contains("from a test"))
            #expect(try await browser.post("/tokens/\(id)/revocation", [:]).status == 404)
            #expect(try await browser.client.api("/api/v1/members", secret).status == 200)
        }
    }

    @Test func `needs a name and known scopes, and keeps what was ticked`() async throws {
        let house = try await House(.sqlite)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            _ = try await browser.get("/tokens")
            let refused = try await browser.post("/tokens", ["name": " ", "scope": "scores:read"])
            #expect(refused.status == 422 && refused.text.contains("value=\"scores:read\" checked"))
            #expect(try await browser.post("/tokens", ["name": "x", "scope": "session:own"]).status == 422)
        }
    }
}

extension House {
    func token(_ account: Account, _ scopes: Set<Permission>) async throws -> String {
        try await database.write { [world] tx in
            try APIToken.make(
                name: "from a test", scopes: scopes, account: account.id, by: .system, world: world, in: tx
            ).secret
        }
    }

    func memberID(_ email: String, _ role: Role, of account: String = "Acme") async throws -> Member.ID {
        try await member(email, role, of: account)
        return try await database.read { tx in try Member.known(by: email, in: tx)!.id }
    }

    func owners() async throws -> Int {
        try await database.read { tx in
            try tx.run("SELECT COUNT(*) AS n FROM memberships WHERE role = 'owner' AND left_at IS NULL")[0]
                .int("n")
        }
    }
}

extension TestClientProtocol {
    func api(
        _ path: String, _ secret: String, method: HTTPRequest.Method = .get, body: String? = nil,
        headers more: HTTPFields = [:]
    ) async throws -> (status: Int, json: JSONValue, text: String) {
        var headers = more
        headers[.authorization] = "Bearer \(secret)"
        if body != nil { headers[.contentType] = "application/json" }
        return try await execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) { response in
            let text = String(buffer: response.body)
            return (Int(response.status.code), text.isEmpty ? .null : try JSONValue(parsing: text), text)
        }
    }
}
