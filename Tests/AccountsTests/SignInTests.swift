import HummingbirdTesting
import Database
import Accounts
import HTTPTypes
import Kernel
import TestKit
import Testing

@Suite(.serialized) struct `Signing in` {
    @Test(arguments: Backend.available)
    func `leads to the overview, and out again to the door`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        try await house.browse { browser in
            #expect(try await browser.get("/").location == "/sign-in")
            let welcome = try await browser.signIn(" Anna@Example.com ")
            #expect(welcome.status == 303 && welcome.location == "/")
            let home = try await browser.get("/")
            #expect(home.status == 200 && home.text.contains("Acme"))
            let bye = try await browser.post("/sign-out", [:])
            #expect(bye.status == 303 && bye.location == "/sign-in")
            #expect(try await browser.get("/").status == 303)
        }
        #expect(try await house.kinds(account) == ["account.made", "member.joined", "session.opened"])
    }

    @Test(arguments: Backend.available)
    func `fails with one text, whoever it was and whatever was wrong`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            let wrong = try await browser.signIn("anna@example.com", "not the password")
            let unknown = try await browser.signIn("nobody@example.com")
            let blank = try await browser.signIn("", "")
            #expect([wrong.status, unknown.status, blank.status] == [401, 401, 401])
            #expect(wrong.text.contains("do not match") && wrong.value(of: "email") == "anna@example.com")
            #expect(!wrong.text.contains("not the password"))
            let same = unknown.text.replacing("nobody@example.com", with: "anna@example.com")
            #expect(same == wrong.text)
        }
    }

    @Test(arguments: Backend.available)
    func `needs the form of this browser and no other site's`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            let fields = ["email": "anna@example.com", "password": House.password]
            #expect(try await browser.post("/sign-in", fields).status == 403)
            _ = try await browser.get("/sign-in")
            let foreign = try await browser.post("/sign-in", fields, [.origin: "http://evil.test"])
            #expect(foreign.status == 403)
            let right = browser.csrf
            browser.csrf = String(repeating: "0", count: 32)
            #expect(try await browser.post("/sign-in", fields).status == 403)
            browser.csrf = right
            #expect(
                try await browser.post("/sign-in", fields, [.origin: "http://rapport.test"]).status == 303)
        }
    }

    @Test func `sets cookies that scripts and other sites cannot reach`() async throws {
        let house = try await House(.sqlite, baseURL: "https://rapport.test")
        try await house.member("anna@example.com")
        try await house.browse { browser in
            let welcome = try await browser.signIn("anna@example.com")
            let session = try #require(
                welcome.headers[values: .setCookie].first { $0.hasPrefix("__Host-rapport_session=") })
            for part in ["; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/"] {
                #expect(session.contains(part))
            }
        }
    }

    @Test(arguments: Backend.available)
    func `makes a new session each time and ends the one before`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            let first = try #require(browser.cookies["rapport_session"])
            _ = try await browser.signIn("anna@example.com")
            let second = try #require(browser.cookies["rapport_session"])
            #expect(first != second && second.count == 64)
            let old = try await browser.client.execute(
                uri: "/", method: .get, headers: [.cookie: "rapport_session=\(first)"]
            ) { $0.status.code }
            #expect(old == 303)
        }
    }

    @Test(arguments: Backend.available, [(11 * 3600, 200), (13 * 3600, 303)])
    func `lasts twelve idle hours`(backend: Backend, idle: (seconds: Int, status: Int)) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            house.clock.advance(by: .seconds(idle.seconds))
            #expect(try await browser.get("/").status == idle.status)
        }
    }

    @Test(arguments: Backend.available)
    func `lasts thirty days at most, however busy`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            for day in 0..<60 {
                #expect(try await browser.get("/").status == 200, "half day \(day)")
                try await house.settle(after: house.clock.now)
                house.clock.advance(by: .seconds(43_199))
            }
            house.clock.advance(by: .seconds(60))
            #expect(try await browser.get("/").status == 303)
        }
    }

    @Test(arguments: Backend.available)
    func `writes down who is there at most once a minute`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            let begun = house.clock.now
            house.clock.advance(by: .seconds(59))
            _ = try await browser.get("/")
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await house.lastSeen() == begun)
            house.clock.advance(by: .seconds(1))
            _ = try await browser.get("/")
            try await house.settle(after: house.clock.now)
            #expect(try await house.lastSeen() == house.clock.now)
        }
    }

    @Test func `speaks the language that was chosen`() async throws {
        let house = try await House(.sqlite)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            #expect(try await browser.get("/sign-in?lang=pl").text.contains("Zaloguj się"))
            #expect(try await browser.get("/sign-in").text.contains("Zaloguj się"))
            _ = try await browser.signIn("anna@example.com")
            _ = try await browser.get("/")
            let chosen = try await browser.post("/language", ["language": "zh-Hant", "back": "/me"])
            #expect(chosen.location == "/me")
            browser.forget("rapport_language")
            #expect(try await browser.get("/me").text.contains("個人設定"))
            for elsewhere in ["//evil.test", "https://evil.test", "/\\evil.test", "/a\nb"] {
                let back = try await browser.post("/language", ["language": "en", "back": elsewhere])
                #expect(back.location == "/")
            }
        }
    }

    @Test(arguments: Backend.available)
    func `lets a member of two accounts choose between them and no other`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        let second = try await house.member("anna@example.com", .viewer, of: "Beta")
        let foreign = try await house.member("bob@example.com", .owner, of: "Gamma")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            #expect(try await browser.get("/").text.contains("Beta"))
            let before = browser.cookies["rapport_session"]
            let moved = try await browser.post("/account", ["account": String(second.id.number)])
            #expect(moved.status == 303 && browser.cookies["rapport_session"] != before)
            // Viewer there, owner here.
            #expect(try await browser.get("/tokens").status == 403)
            _ = try await browser.get("/")
            #expect(try await browser.post("/account", ["account": String(foreign.id.number)]).status == 404)
        }
    }
}

@Suite(.serialized) struct `Guessing at the door` {
    @Test(arguments: Backend.available)
    func `is slowed down after ten failures, and the right password works again later`(backend: Backend)
        async throws
    {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.browse { browser in
            for _ in 0..<10 { #expect(try await browser.signIn("anna@example.com", "wrong").status == 401) }
            let slow = try await browser.signIn("anna@example.com")
            #expect(slow.status == 429 && slow.headers[.retryAfter] == "2")
            #expect(slow.text.contains("2 seconds"))
            house.clock.advance(by: .seconds(2))
            #expect(try await browser.signIn("anna@example.com", "wrong").status == 401)
            #expect(try await browser.signIn("anna@example.com").headers[.retryAfter] == "4")
            house.clock.advance(by: .seconds(4))
            #expect(try await browser.signIn("anna@example.com").status == 303)
            #expect(try await browser.signIn("anna@example.com", "wrong").status == 401)
        }
    }

    @Test(arguments: Backend.available)
    func `never keeps out a browser that was here before`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.open { client in
            let own = Browser(client), stranger = Browser(client)
            _ = try await own.signIn("anna@example.com")
            for _ in 0..<11 { _ = try await stranger.signIn("anna@example.com", "wrong") }
            #expect(try await stranger.signIn("anna@example.com").status == 429)
            #expect(try await own.signIn("anna@example.com").status == 303)
        }
    }

    @Test(arguments: Backend.available)
    func `counts tries at the same moment one by one`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.open { client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await Browser(client).signIn("anna@example.com", "wrong").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 401 }.count == 10 && statuses.filter { $0 == 429 }.count == 20)
        }
    }

    @Test(arguments: Backend.available)
    func `of many mailboxes from one address is slowed down too`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.browse { browser in
            for number in 0..<50 {
                let answer = try await browser.signIn("nobody\(number)@example.com", "wrong")
                #expect(answer.status == 401)
            }
            #expect(try await browser.signIn("nobody50@example.com", "wrong").status == 429)
        }
    }
}

extension House {
    func lastSeen() async throws -> Timestamp? {
        try await database.read { tx in
            try tx.run("SELECT MAX(last_seen_at) AS at FROM sessions").first?.optionalTimestamp("at")
        }
    }

    /// Waits until "last seen" has been written, for a request does not.
    func settle(after moment: Timestamp) async throws {
        for _ in 0..<200 {
            if let seen = try await lastSeen(), seen >= moment { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
