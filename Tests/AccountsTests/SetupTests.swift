import Accounts
import Kernel
import TestKit
import Testing

@Suite(.serialized) struct `The first-run link` {
    static let form = [
        "account": "Zakład", "name": "Anna", "email": "anna@example.com", "password": House.password,
        "time_zone": "Asia/Shanghai", "language": "zh-Hans",
    ]

    private func path(_ house: House) async throws -> String {
        let link = try #require(
            try await SetupLink.issueIfNeeded(house.database, site: house.site, world: house.world))
        #expect(link.hasPrefix("http://rapport.test/setup/"))
        return String(link.dropFirst("http://rapport.test".count))
    }

    @Test(arguments: Backend.available)
    func `makes account and owner, signs in, and is gone for good`(backend: Backend) async throws {
        let house = try await House(backend)
        let first = try await path(house), second = try await path(house)
        try await house.browse { browser in
            #expect(try await browser.get(first).status == 200)
            let done = try await browser.post(first, Self.form)
            #expect(done.status == 303 && done.location == "/")
            let settings = try await browser.get("/settings")
            #expect(settings.value(of: "name") == "Zakład" && settings.text.contains("账户设置"))
            #expect(settings.text.contains("value=\"Asia/Shanghai\" selected"))
            for path in [first, second] {
                #expect(try await browser.get(path).status == 404)
                #expect(try await browser.post(path, Self.form).status == 404)
            }
        }
        #expect(
            try await SetupLink.issueIfNeeded(house.database, site: house.site, world: house.world) == nil)
    }

    @Test(arguments: Backend.available)
    func `ends when an owner is made at the console`(backend: Backend) async throws {
        let house = try await House(backend)
        let path = try await path(house)
        try await house.member("viewer@example.com", .viewer)
        #expect(try await house.browse { try await $0.get(path).status } == 200)
        try await house.member("owner@example.com")
        #expect(try await house.browse { try await $0.get(path).status } == 404)
    }

    @Test(arguments: Backend.available)
    func `makes one owner, however many use it at once`(backend: Backend) async throws {
        let house = try await House(backend)
        let path = try await path(house)
        let statuses = try await house.open { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let browser = Browser(client)
                        _ = try await browser.get(path)
                        var form = Self.form
                        form["email"] = "person\(number)@example.com"
                        return try await browser.post(path, form).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(statuses.filter { $0 == 303 }.count == 1 && statuses.filter { $0 == 404 }.count == 5)
    }

    @Test(arguments: [
        ("account", "", "fill this in"), ("email", "anna", "e-mail address"),
        ("password", "short", "12 characters"),
        ("password", "1234567890", "guess"), ("time_zone", "Mars/Olympus", "time zone"),
        ("language", "tlh", "One of these"), ("name", String(repeating: "x", count: 121), "120 characters"),
    ])
    func `says beside the field what is wrong and keeps the rest`(field: String, value: String, says: String)
        async throws
    {
        let house = try await House(.sqlite)
        let path = try await path(house)
        try await house.browse { browser in
            _ = try await browser.get(path)
            var form = Self.form
            form[field] = value
            let refused = try await browser.post(path, form)
            #expect(
                refused.status == 422 && refused.text.contains(says) && refused.text.contains("aria-invalid"))
            for (name, typed) in form where ["account", "name", "email"].contains(name) && name != field {
                #expect(refused.value(of: name) == typed)
            }
            #expect(!refused.text.contains(House.password))
        }
    }

    @Test func `is nothing to guess`() async throws {
        let house = try await House(.sqlite)
        _ = try await path(house)
        let path = "/setup/" + String(repeating: "0", count: 32)
        let status = try await house.browse { try await $0.get(path).status }
        #expect(status == 404)
    }
}
