import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Outbound
import TestKit
import Testing
import Web

@testable import Surveys

extension House {
    /// A letter that the mailbox has taken.
    @discardableResult
    func mail(account: Int64? = 1, to address: String = "ann@example.com") async throws -> MailReceipt {
        var message = LetterExample().message
        message.account = account
        message.to = .init(name: "Ann <b>", address: address)
        return try await MailboxCarrier(database: database, world: clock.world).carry(message)
    }
}

@Suite struct `The mailbox of a trial` {
    @Test(arguments: Backend.available)
    func `shows a mail as its reader would get it, to its account alone`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let receipt = try await house.mail()
        let id = try #require(receipt.reply.split(separator: " ").last)
        #expect(receipt.reply.hasPrefix("250 2.0.0 Ok"))
        let list = try await house.site.page("/mailbox")
        #expect(list.text.contains("/mailbox/\(id)") && list.text.contains("Ann &lt;b&gt;"))
        let page = try await house.site.page("/mailbox/\(id)")
        #expect(page.text.contains("One question from Northwind") && page.text.contains("?s=10\n"))
        #expect(page.text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"))
        #expect(page.text.contains("Reply-To: &lt;ask+0123456789abcdef0123456789abcdef@mail.example&gt;\n"))
        #expect(page.text.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""))
        let mail = try await house.site.page("/mailbox/\(id)/html")
        #expect(mail.text.contains("<head><base target=\"_blank\">"))
        #expect(mail.text.replacing("<base target=\"_blank\">", with: "") == LetterExample().message.html)
        let policy = try #require(mail.headers[.contentSecurityPolicy])
        #expect(policy.hasSuffix("sandbox allow-popups allow-popups-to-escape-sandbox"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'unsafe-inline';"))
        for path in ["/mailbox/\(id)", "/mailbox/\(id)/html"] {
            #expect(try await house.site.page(path, account: 2).status == 404)
        }
        #expect(try await !house.site.page("/mailbox", account: 2).text.contains("Ann"))
    }

    @Test(arguments: Backend.available)
    func `keeps the newest of each account, and leafs through them`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.mail(account: 2)
        let (most, clock) = (MailboxMessage.mostKept, house.clock)
        let world = clock.world
        try await house.database.write { tx in
            for number in 1...(most + 2) {
                var message = LetterExample().message
                message.subject = "Letter \(number)."
                try MailboxMessage(message, id: world.id(), account: 1, at: clock.now).keep(in: tx)
            }
        }
        #expect(try await house.rows("mailbox_messages") == most + 1)
        var path = "/mailbox"
        var seen: [String] = []
        for _ in 0..<20 {
            let page = try await house.site.page(path).text
            seen += page.matches(of: />(Letter \d+\.)</).map { String($0.1) }
            guard let next = page.firstMatch(of: /rel="next" href="([^"]+)"/) else { break }
            path = String(next.1)
        }
        #expect(seen == (3...(most + 2)).reversed().map { "Letter \($0)." })
    }

    @Test(arguments: Backend.available)
    func `forgets the mails of an erased person`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let made = try await house.site.api(
            .post, "/customers", #"{"external_id": "a", "email": "Ann@Example.com"}"#)
        let id = try #require(Customer.ID(made.json["id"]?.string ?? ""))
        for address in ["ann@example.com", "ANN@example.com", "ben@example.com"] {
            try await house.mail(to: address)
        }
        try await house.mail(account: 2)
        try await house.database.write { tx in try MailboxMessage.forget(customer: id, account: 1, in: tx) }
        #expect(try await house.rows("mailbox_messages") == 2)
        #expect(try await house.site.page("/mailbox").text.contains("ben@example.com"))
    }

    @Test func `takes no mail that is nobody's, and asks for time where it cannot write`() async throws {
        let house = try await House(on: .sqlite)
        let nobody = await #expect(throws: MailFailure.self) { try await house.mail(account: nil) }
        #expect(nobody?.kind == .refused)
        await house.database.close()
        let late = await #expect(throws: MailFailure.self) { try await house.mail() }
        #expect(late?.kind == .later)
    }

    @Test func `says how a first mail comes`() async throws {
        let house = try await House(on: .sqlite)
        let bare = try await house.site.page("/mailbox").text
        #expect(bare.contains("href=\"/surveys/new\"") && !bare.contains("curl"))
        let id = try await house.survey().id
        let page = try await house.site.page("/mailbox").text
        #expect(page.contains("https://rapport.example/api/v1/surveys/\(id)/invitations"))
        #expect(page.contains("curl --oauth2-bearer TOKEN") && page.contains("href=\"/tokens\""))
        let cookie = "\(house.site.site.cookieName(Site.sessionCookie))=account-1/manager"
        let manager = try await house.site.call(.get, "/mailbox", headers: [.cookie: cookie]).text
        #expect(manager.contains("curl") && !manager.contains("class=\"button first\" href=\"/tokens\""))
    }

    @Test(arguments: [true, false])
    func `has its place in the menu of a trial alone`(isTrial: Bool) async throws {
        let database = try await Backend.sqlite.emptyDatabase()
        let world = TestClock().world
        let site = TestSite(hasMailbox: isTrial) { table, site in
            MailboxRoutes(database: database, world: world, site: site).add(to: &table)
        }
        for (role, isShown) in [("manager", isTrial), ("agent", false)] {
            let cookie = "\(site.site.cookieName(Site.sessionCookie))=account-1/\(role)"
            let page = try await site.call(.get, "/mailbox", headers: [.cookie: cookie])
            #expect(page.text.contains("<a href=\"/mailbox\"") == isShown, "\(role)")
            #expect(page.status == (role == "agent" ? 403 : 200))
        }
    }
}
