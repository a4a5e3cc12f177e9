import Accounts
import Database
import FollowUp
import Formats
import HTTPTypes
import Kernel
import Ledger
import Outbound
import Surveys
import TestKit
import Testing
import Web

@testable import Alerts

@Suite struct `Who must act` {
    @Test(arguments: Backend.available)
    func `hears of a case at once, in their own language, and once`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.member(7, "agent", name: "Piet Pilot", language: "pl")
        try await house.answer()
        try await house.settle()
        let mail = try #require(house.mail.all.first)
        #expect(house.mail.heads == ["m7@kettles.example: Anna Nowak czeka na Ciebie: ocena 3"])
        // Due after 16 business hours in Warsaw, where it is one o'clock on a Monday.
        for part in [
            "Anna Nowak", "3 w skali do 10 (Krytyk)", "delivery", "Kettle delivery", "25 lis 2026, 13:00",
            "Cold tea", "https://rapport.example/cases/cas_", "https://rapport.example/me/notices",
        ] {
            #expect(mail.text.withPlainBlanks.contains(part), "the text lacks \(part)")
            #expect(mail.html.withPlainBlanks.contains(part), "the page lacks \(part)")
        }
        #expect(mail.headers.map { "\($0.name): \($0.value)" }.contains("Auto-Submitted: auto-generated"))
        #expect(!mail.headers.contains { "\($0.name)".hasPrefix("List-") })
        #expect(mail.from.name == "Kettles 1" && mail.account == 1 && mail.customer != nil)
        #expect(try mail.bytes().count > 1000)

        // Whoever looks again finds nothing to do, and a rule that runs again plans nothing twice.
        try await house.change("DELETE FROM consumers WHERE name = 'notices'")
        try await house.settle()
        #expect(house.mail.all.count == 1)
        #expect(try await house.standing() == ["case_assigned sent", "case_due_soon planned"])
    }

    @Test(arguments: Backend.available)
    func `hears of a case that is given to them, not of one that they took or lost`(backend: Backend)
        async throws
    {
        let house = try await AlertHouse(on: backend)
        try await house.answer()
        let id = try await house.opened()["id"]?.string ?? ""
        try await house.member(7, "agent")
        let (member, owner) = (Member.ID(7), Member.ID(1))
        _ = try await house.site.api(.put, "/cases/\(id)/owner", #"{"member": "\#(member)"}"#)
        try await house.settle()
        #expect(house.mail.all.map(\.to.address) == ["m7@kettles.example"])
        // And back again: that is news to the first one.
        _ = try await house.site.api(.put, "/cases/\(id)/owner", #"{"member": "\#(owner)"}"#)
        try await house.settle()
        #expect(house.mail.all.map(\.to.address) == ["m7@kettles.example", "m1@kettles.example"])
        #expect(
            try await house.standing().filter { $0.hasPrefix("case_assigned") }.sorted() == [
                "case_assigned not_theirs", "case_assigned sent", "case_assigned sent",
            ])
    }

    @Test(arguments: Backend.available)
    func `is reminded when three quarters of the time have gone, where nothing was done`(backend: Backend)
        async throws
    {
        let house = try await AlertHouse(on: backend)
        try await house.answer()
        try await house.settle()
        // 12 of 16 business hours: Monday 13-17, Tuesday 9-17, so Tuesday at 17:00 in Warsaw.
        house.clock.move(to: try #require(Timestamp(rfc3339: "2026-11-24T15:59:00Z")))
        try await house.settle()
        #expect(house.mail.all.count == 1)
        house.clock.advance(by: .seconds(60))
        try await house.settle()
        #expect(house.mail.heads.last?.withPlainBlanks == "m1@kettles.example: Due in 20 h: Anna Nowak")

        try await house.answer(2, #", "customer": {"external_id": "c2"}"#)
        let second = try await house.opened()["id"]?.string ?? ""
        try await house.resolve(second)
        house.clock.advance(by: .seconds(2 * 86_400))
        try await house.settle()
        #expect(house.mail.heads.filter { $0.contains("Due") }.count == 1)
        #expect(try await house.standing().contains("case_due_soon done"))
    }

    @Test(arguments: Backend.available)
    func `leads, and hears of what is late; then the owner`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        for (id, role) in [(5, "manager"), (6, "admin"), (7, "agent"), (8, "viewer")] as [(Int64, String)] {
            try await house.member(id, role)
        }
        try await house.member(9, "manager", account: 2)
        try await house.answer()
        try await house.settle()
        func escalate(_ moment: String) async throws {
            house.clock.move(to: try #require(Timestamp(rfc3339: moment)))
            try await house.database.write { [world = house.clock.world] tx in
                try RecoveryCaseJobs.tellOfLate(account: 1, world: world, in: tx)
            }
            try await house.settle()
        }
        try await escalate("2026-11-25T12:05:00Z")
        func late() -> [String] {
            house.mail.heads.filter { $0.contains("Late: Anna Nowak") }.map { String($0.prefix(2)) }.sorted()
        }
        #expect(late() == ["m5", "m6"])
        try await escalate("2026-11-26T12:05:00Z")
        #expect(late() == ["m1", "m5", "m6"])
        try await escalate("2026-11-27T12:05:00Z")
        #expect(late() == ["m1", "m5", "m6"])
    }

    @Test(arguments: Backend.available)
    func `gets none of a kind that they do without`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.database.write { tx in
            try NoticeChoice.refuse([.caseAssigned], by: Member.ID(1), account: 1, in: tx)
        }
        try await house.answer()
        try await house.settle()
        #expect(house.mail.all.isEmpty)
        #expect(try await house.standing().first == "case_assigned refused")
        try await house.database.write { tx in
            try NoticeChoice.refuse([.caseOverdue], by: Member.ID(1), account: 1, in: tx)
        }
        let refused = try await house.database.read { tx in
            try NoticeChoice.refused(by: Member.ID(1), account: 1, in: tx)
        }
        #expect(refused == [.caseOverdue])
        try await house.answer(2, #", "customer": {"external_id": "c2"}"#)
        try await house.settle()
        #expect(house.mail.heads == ["m1@kettles.example: A customer needs you: score 2"])
    }

    @Test func `hears nothing of history and of generated programmes`() async throws {
        let house = try await AlertHouse(on: .sqlite)
        try await house.answer()
        let clock = house.clock
        try await Follower(
            database: house.database, now: { clock.now }, holder: "test",
            consumers: [RecoveryCaseJobs.opener(world: clock.world)]
        ).runUntilIdle()
        house.clock.advance(by: .seconds(2 * 86_400))
        try await house.settle()
        #expect(try await house.standing().isEmpty)
        try await house.change("UPDATE surveys SET sample = \(true) WHERE account_id = 1")
        try await house.answer(1, #", "customer": {"external_id": "c3"}"#)
        try await house.settle()
        #expect(try await house.standing().isEmpty)
    }
}

@Suite struct `The customer of a resolved case` {
    private func asked(_ house: AlertHouse) -> [MailMessage] {
        house.mail.all.filter { $0.to.address == "anna@x.example" }
    }

    @Test(arguments: Backend.available)
    func `is asked whether it was put right, once each round`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.answer()
        let id = try await house.opened()["id"]?.string ?? ""
        try await house.settle()
        try await house.resolve(id)
        try await house.settle()
        let mail = try #require(asked(house).first)
        #expect(mail.subject == "Kettles 1: czy udało nam się to naprawić?")
        let token = house.links.token(of: try #require(RecoveryCase.ID(id)))
        #expect(mail.text.contains("https://rapport.example/v/\(token)\n"))
        #expect(mail.html.contains("https://rapport.example/v/\(token)\""))
        #expect(!mail.text.contains("Cold tea") && !mail.text.contains("/me/notices"))
        try await house.settle()
        #expect(asked(house).count == 1)
        let told = try await house.database.read { tx in
            try SealedEvent.about(
                subject: try #require(RecoveryCase.ID(id)).number, account: 1, limit: 20, in: tx)
        }
        #expect(told.contains { $0.kind == .caseAsked && $0.customer != nil })

        _ = try await house.site.post("/v/\(token)", form: [("verdict", "still_unhappy")])
        try await house.settle()
        try await house.resolve(id)
        try await house.settle()
        #expect(asked(house).count == 2)
        _ = try await house.site.post("/v/\(token)", form: [("verdict", "satisfied")])
        try await house.settle()
        let ended = try await house.site.api(.get, "/cases/\(id)").json
        #expect(ended["stage"]?.string == "verified")
    }

    @Test(arguments: Backend.available)
    func `leaves by the mail's own link, and is asked nothing more`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.answer()
        let id = try await house.opened()["id"]?.string ?? ""
        try await house.resolve(id)
        try await house.settle()
        let mail = try #require(asked(house).first)
        let token = house.links.token(of: try #require(RecoveryCase.ID(id)))
        let (path, link) = ("/v/\(token)/leave", "https://rapport.example/v/\(token)/leave")
        #expect(mail.headers.contains(.init("List-Unsubscribe", "<\(link)>")))
        #expect(mail.headers.contains(.init("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")))
        #expect(mail.text.contains("Proszę więcej mnie nie pytać: \(link)\n"))
        #expect(mail.html.contains("href=\"\(link)\""))
        #expect(
            house.mail.all.filter { $0.to.address != "anna@x.example" }.allSatisfy { mail in
                !mail.headers.contains { "\($0.name)".hasPrefix("List-") }
            })

        // Looking, as a scanner does, leaves nothing, and neither does the form that is for programs.
        for method in [HTTPRequest.Method.get, .head] {
            #expect(try await house.site.call(method, path).status == 200)
        }
        #expect(try await house.site.post("/v/\(token)", form: []).status == 422)
        #expect(try await leavings(house) == 0)
        let page = try await house.site.call(.get, path)
        #expect(page.text.contains("action=\"\(path)?lang=pl\""))

        let parts =
            "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--"
        let left = try await house.site.call(
            .post, path, headers: [.contentType: "multipart/form-data; boundary=x"], body: parts)
        #expect(left.status == 200 && left.headers[.location] == nil)
        #expect(try await house.site.post(path, form: [("List-Unsubscribe", "One-Click")]).status == 200)
        #expect(try await leavings(house) == 1)

        _ = try await house.site.post("/v/\(token)", form: [("verdict", "still_unhappy")])
        try await house.resolve(id)
        try await house.settle()
        #expect(asked(house).count == 1)
        #expect(try await house.standing().last == "verdict_asked unsubscribed")
    }

    private func leavings(_ house: AlertHouse) async throws -> Int {
        try await house.follow()
        return try await house.database.read { tx in
            try tx.run("SELECT COUNT(*) AS n FROM events WHERE kind = 'customer.left'")[0].int("n")
        }
    }

    private static func suppress(_ reason: String) -> SQL {
        """
        UPDATE contact_points SET suppressed_at = 1, suppressed_because = \(reason)
        WHERE account_id = 1 AND kind = 'email'
        """
    }

    @Test(
        arguments: [
            ("UPDATE customers SET restricted_at = 1 WHERE account_id = 1", "restricted"),
            (suppress("unsubscribed"), "unsubscribed"), (suppress("bounced"), "suppressed"),
            ("DELETE FROM contact_points WHERE kind = 'email'", "no_address"),
            ("UPDATE notices SET recipient_id = 5 WHERE kind = 'verdict_asked'", "erased"),
        ] as [(SQL, String)])
    func `is left alone where they may not be written to`(change: SQL, reason: String) async throws {
        let house = try await AlertHouse(on: .sqlite)
        try await house.answer()
        let id = try await house.opened()["id"]?.string ?? ""
        try await house.resolve(id)
        try await house.follow()
        try await house.change(change)
        try await house.settle()
        #expect(asked(house).isEmpty)
        #expect(try await house.standing().last == "verdict_asked \(reason)")
    }

    @Test(arguments: Backend.available)
    func `is asked nothing any more once erased`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.answer()
        let recovery = try await house.opened()
        let (id, customer) = (recovery["id"]?.string ?? "", recovery["customer"]?.string ?? "")
        let mailbox = MailboxCarrier(database: house.database, world: house.clock.world)
        _ = try await house.notices(mailbox).runUntilIdle()
        try await house.resolve(id)
        try await house.follow()
        func kept() async throws -> Int {
            try await house.database.read { tx in
                try tx.run("SELECT COUNT(*) AS n FROM mailbox_messages")[0].int("n")
            }
        }
        // What the owner was told holds the customer's words.
        #expect(try await kept() == 1)
        #expect(try await house.site.api(.delete, "/customers/\(customer)").status == 204)
        #expect(try await kept() == 0)
        try await house.settle()
        #expect(house.mail.all.isEmpty)
        #expect(try await house.standing().last == "verdict_asked erased")
        let named = try await house.database.read { tx in
            try tx.run(
                "SELECT COUNT(*) AS n FROM notices WHERE kind = 'verdict_asked' AND recipient_id <> 0")[0]
                .int("n")
        }
        #expect(named == 0)
    }
}

extension String {
    /// Dates and spans hold together by no-break spaces.
    fileprivate var withPlainBlanks: String {
        replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
    }
}

@Suite struct `A webhook that is switched off` {
    private func made(_ house: AlertHouse) async throws -> String {
        let made = try await house.site.api(
            .post, "/webhooks",
            #"{"url": "https://hooks.example.org/token-4711", "events": ["response.recorded"]}"#)
        return made.json["id"]?.string ?? made.text
    }

    /// Something happens, and its address says that it is gone.
    private func fail(_ house: AlertHouse) async throws {
        try await house.answer(9, "")
        try await house.follow()
        let gone = RecordingHook { _, _ in HookReply(status: 410) }
        try await house.webhooks(gone).runUntilIdle()
        try await house.follow()
    }

    @Test(arguments: Backend.available)
    func `is told to each owner once, without the secret part of its address`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        try await house.member(2, "manager")
        try await house.member(3, "owner", language: "pl")
        let id = try await made(house)
        try await fail(house)
        #expect(try await house.webhook(id)["state"] == "disabled")
        try await house.settle()
        try await house.settle()
        // They leave together, in whatever order.
        #expect(
            house.mail.heads.sorted() == [
                "m1@kettles.example: Webhook switched off: hooks.example.org",
                "m3@kettles.example: Wyłączono webhook: hooks.example.org",
            ])
        let mail = try #require(house.mail.all.first { $0.to.address.hasPrefix("m1@") })
        for part in [
            "Nothing is sent to hooks.example.org any more", "gone for good (410)", "Nothing delivered yet",
            "https://rapport.example/webhooks/\(id)", "you own the account Kettles 1",
        ] {
            #expect(mail.text.contains(part), "the mail lacks \(part)")
        }
        #expect(!(mail.text + mail.html).contains("token-4711"))
        #expect(try await house.standing() == ["webhook_disabled sent", "webhook_disabled sent"])
    }

    @Test(arguments: Backend.available)
    func `is not told any more once it is resumed or removed`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        let resumed = try await made(house)
        try await fail(house)
        let (path, body) = ("/webhooks/\(resumed)", #"{"state": "active"}"#)
        #expect(try await house.site.api(.patch, path, body).status == 200)
        try await house.settle()
        try await fail(house)
        #expect(try await house.site.api(.delete, path).status == 204)
        try await house.settle()
        #expect(house.mail.all.isEmpty)
        #expect(try await house.standing() == ["webhook_disabled done", "webhook_disabled done"])
    }
}
