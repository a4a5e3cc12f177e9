import Database
import Formats
import Accounts
import Kernel
import TestKit
import Testing
import Web

@Suite(.serialized) struct `Settings` {
    @Test(arguments: Backend.available)
    func `of a member change name, language and password`(backend: Backend) async throws {
        let house = try await House(backend)
        try await house.member("anna@example.com")
        try await house.open { client in
            let browser = Browser(client), other = Browser(client)
            _ = try await browser.signIn("anna@example.com")
            _ = try await other.signIn("anna@example.com")
            _ = try await browser.get("/me")
            #expect(try await browser.post("/me", ["name": "Anna Maria", "language": "pl"]).status == 303)
            #expect(try await browser.get("/me").text.contains("Anna Maria"))
            #expect(try await browser.post("/me", ["name": "", "language": "pl"]).status == 422)
            let new = "niebieska rzeka 4"
            let wrong = try await browser.post("/me/password", ["current": "wrong", "password": new])
            #expect(wrong.status == 422 && wrong.text.contains("To nie jest właściwe hasło."))
            let before = browser.cookies["rapport_session"]
            let changed = try await browser.post(
                "/me/password", ["current": House.password, "password": new])
            #expect(changed.status == 303 && changed.location == "/me")
            #expect(browser.cookies["rapport_session"] != before)
            #expect(try await browser.get("/me").text.contains("Hasło zostało zmienione."))
            #expect(try await !browser.get("/me").text.contains("Hasło zostało zmienione."))
            #expect(try await other.get("/").status == 303)
            #expect(try await Browser(client).signIn("anna@example.com").status == 401)
            #expect(try await Browser(client).signIn("anna@example.com", new).status == 303)
        }
    }

    @Test func `of the account keep a colour, but not the product's own`() async throws {
        let house = try await House(.sqlite)
        let account = try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            #expect(try await browser.get("/settings").value(of: "colour") == "#0b5d5e")
            for (colour, status, kept) in [
                ("#FFCC00", 303, "#ffcc00"), ("yellow", 422, "#ffcc00"), ("#0B5D5E", 303, nil),
            ] as [(String, Int, String?)] {
                let form = ["name": "Acme", "time_zone": "UTC", "language": "en", "colour": colour]
                #expect(try await browser.post("/settings", form).status == status)
                let found = try await house.database.read { tx in try Account.find(account.id, in: tx) }
                #expect(found.colour?.hex == kept)
            }
        }
    }

    @Test(arguments: Backend.available)
    func `of the account name a website, or none`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            _ = try await browser.get("/settings")
            for (website, status, kept) in [
                ("acme.example/shop", 303, "https://acme.example/shop"),
                ("javascript:alert(1)", 422, "https://acme.example/shop"), ("", 303, nil),
            ] as [(String, Int, String?)] {
                let form = ["name": "Acme", "time_zone": "UTC", "language": "en", "website": website]
                #expect(try await browser.post("/settings", form).status == status)
                let found = try await house.database.read { tx in try Account.find(account.id, in: tx) }
                #expect(found.website?.description == kept)
            }
        }
    }

    @Test(arguments: Backend.available)
    func `of the account say how often and whom it asks`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            #expect(try await browser.get("/settings").value(of: "quiet_days") == "90")
            for (quiet, heldOut, status) in [
                ("30", "5", 303), ("-1", "5", 422), ("30", "101", 422), ("x", "5", 422), ("", "", 303),
            ] {
                let form = [
                    "name": "Acme", "time_zone": "UTC", "language": "en", "quiet_days": quiet,
                    "held_out_percent": heldOut,
                ]
                #expect(try await browser.post("/settings", form).status == status)
                let found = try await house.database.read { tx in try Account.find(account.id, in: tx) }
                #expect(found.quietDays == 30 && found.heldOutPercent == 5)
            }
        }
    }

    @Test(arguments: Backend.available)
    func `of the account are saved, and the event names what changed`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            _ = try await browser.get("/settings")
            let form = ["name": "Acme", "time_zone": "Asia/Shanghai", "language": "en"]
            #expect(try await browser.post("/settings", form).status == 303)
            #expect(try await browser.post("/settings", form).status == 303)
            let refused = try await browser.post(
                "/settings", ["name": "Other", "time_zone": "X/Y", "language": "en"])
            #expect(refused.status == 422 && refused.value(of: "name") == "Other")
        }
        let (found, payloads) = try await house.database.read { tx in
            (
                try Account.find(account.id, in: tx),
                try tx.run(
                    """
                    SELECT payload FROM unsealed_events
                    WHERE account_id = \(account.id) AND kind = 'account.changed'
                    """
                ).map { try $0.text("payload") }
            )
        }
        #expect(found.timeZone == "Asia/Shanghai" && payloads == [#"{"fields":["time_zone"]}"#])
    }

    @Test(arguments: Backend.available)
    func `of business hours are those that deadlines are counted in`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        let before = try await house.database.read { tx in
            try BusinessCalendar.find(account: account.id, in: tx)
        }
        #expect(before == .usual(in: account.zone))
        try await house.browse { browser in
            _ = try await browser.signIn("anna@example.com")
            #expect(try await browser.get("/settings").value(of: "hours_1") == "9:00-17:00")
            let wrong = try await browser.post("/settings/hours", ["hours_1": "17-9", "holidays": "soon"])
            #expect(
                wrong.status == 422 && wrong.value(of: "hours_1") == "17-9" && wrong.text.contains("soon"))
            #expect(try await browser.post("/settings/hours", [:]).status == 422)
            let right = ["hours_1": "8-12, 13-16", "holidays": "2026-12-25\n2027-01-01"]
            #expect(try await browser.post("/settings/hours", right).status == 303)
            #expect(try await browser.post("/settings/hours", right).status == 303)
        }
        let after = try await house.database.read { tx in
            try BusinessCalendar.find(account: account.id, in: tx)
        }
        #expect(
            after.week == [1: [480..<720, 780..<960]] && after.holidays.count == 2
                && after.zone == account.zone)
    }
}
