import Accounts
import Database
import HummingbirdTesting
import Kernel
import Ledger
import TestKit
import Testing

@Suite(.serialized) struct `At the console` {
    @Test(arguments: Backend.available)
    func `the first member makes the account, named or not`(backend: Backend) async throws {
        let house = try await House(backend)
        let (member, account) = try await MemberAdmission.admit(
            email: "Anna@Example.com", password: House.password, role: .owner, account: nil,
            timeZone: "Asia/Shanghai",
            database: house.database, world: house.world)
        #expect(member.email == "anna@example.com" && account.name == "example.com")
        #expect(account.timeZone == "Asia/Shanghai")
        let second = try await house.member("ewa@example.com", .agent, of: "example.com")
        #expect(second.id == account.id)
        await #expect(throws: DomainError(.invalid, "account-unknown", ["name": "Beta"])) {
            try await MemberAdmission.admit(
                email: "bob@example.com", password: House.password, role: .owner, account: "Beta",
                timeZone: "UTC", database: house.database, world: house.world)
        }
        let accounts = try await house.database.read { tx in try Account.list(limit: 9, in: tx).map(\.name) }
        #expect(accounts == ["example.com"])
    }

    @Test(arguments: Backend.available)
    func `a member is not made twice, and a wrong one not at all`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        await #expect(throws: DomainError(.conflict, "member-already")) {
            try await house.member("anna@example.com")
        }
        await #expect(throws: DomainError.invalid("/email", "not-an-email")) {
            try await house.member("anna")
        }
    }

    @Test(arguments: Backend.available)
    func `a new password replaces the old one and ends every session`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        let new = "niebieska rzeka 4"
        try await house.open { client in
            let browser = Browser(client)
            _ = try await browser.signIn("anna@example.com")
            try await MemberAdmission.setPassword(
                email: "anna@example.com", password: new, database: house.database, world: house.world)
            #expect(try await browser.get("/").status == 303)
            #expect(try await browser.signIn("anna@example.com").status == 401)
            #expect(try await browser.signIn("anna@example.com", new).status == 303)
        }
        await #expect(throws: DomainError(.notFound, "member-unknown", ["email": "x@example.com"])) {
            try await MemberAdmission.setPassword(
                email: "x@example.com", password: new, database: house.database, world: house.world)
        }
    }

    @Test(arguments: Backend.available)
    func `an account is meant by its name, or by being the only one`(backend: Backend) async throws {
        let house = try await House(backend)
        func meant(_ name: String?) async throws -> String {
            try await house.database.read { tx in try Account.meant(by: name, in: tx).name }
        }
        await #expect(throws: DomainError(.notFound, "account-missing")) { try await meant(nil) }
        try await house.member("anna@example.com")
        #expect(try await meant(nil) == "Acme")
        try await house.database.write { [world = house.world] tx in
            _ = try Account.makeNamed("Beta", timeZone: "UTC", by: .operator, world: world, in: tx)
        }
        #expect(try await meant("Beta") == "Beta")
        await #expect(throws: DomainError(.invalid, "account-not-named")) { try await meant(nil) }
        await #expect(throws: DomainError(.invalid, "account-unknown", ["name": "Gamma"])) {
            try await meant("Gamma")
        }
        await #expect(throws: DomainError(.conflict, "account-taken", ["name": "Beta"])) {
            try await house.database.write { [world = house.world] tx in
                _ = try Account.makeNamed("Beta", timeZone: "UTC", by: .operator, world: world, in: tx)
            }
        }
        await #expect(throws: DomainError.invalid("/name", "missing")) {
            try await house.database.write { [world = house.world] tx in
                _ = try Account.makeNamed("  ", timeZone: "UTC", by: .operator, world: world, in: tx)
            }
        }
    }

    @Test(arguments: Backend.available)
    func `what is not there is not found`(backend: Backend) async throws {
        let database = try await House(backend).database
        await #expect(throws: DomainError.notFound) {
            try await database.read { tx in _ = try Account.find(Account.ID(99), in: tx) }
        }
        await #expect(throws: DomainError.notFound) {
            try await database.read { tx in _ = try Member.find(Member.ID(99), in: tx) }
        }
    }
}
