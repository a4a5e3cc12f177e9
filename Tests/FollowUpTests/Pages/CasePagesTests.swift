import HTTPTypes
import Accounts
import Database
import Formats
import Kernel
import TestKit
import Testing

@testable import FollowUp

@Suite struct `The list of cases` {
    @Test(arguments: Backend.available)
    func `shows who waits, what they said and what is overdue`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.answer(
            2,
            #", "comment": "Cold again\nand late", "customer": {"external_id": "c1", "name": "Anna Nowak"}"#)
        try await house.answer(0, "")
        try await house.follow()
        let page = try await house.site.page("/cases")
        #expect(page.status == 200)
        #expect(page.text.contains("Anna Nowak"))
        #expect(page.text.contains("Cold again") && !page.text.contains("and late"))
        #expect(page.text.contains("Nobody to call"))
        #expect(page.text.contains("Olga Owner"))
        #expect(!page.text.contains("badge overdue"))
        house.clock.advance(by: .seconds(7 * 86_400))
        let later = try await house.site.page("/cases?overdue=true")
        #expect(later.text.contains("badge overdue"))
        #expect(later.text.contains("2 cases are overdue."))
    }

    @Test(arguments: Backend.available)
    func `tells how its customer wishes to be contacted`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.opened()["id"]?.string ?? ""
        #expect(try await !house.site.page("/cases/\(id)").text.contains("Wishes to be contacted"))
        try await house.database.write { tx in
            try tx.run(
                """
                INSERT INTO answers (response_id, question, item, account_id, choice)
                SELECT id, 'contact', 'way', account_id, 'email' FROM responses
                """)
        }
        let page = try await house.site.page("/cases/\(id)").text
        #expect(page.contains("Wishes to be contacted") && page.contains("By e-mail"))
    }

    @Test(arguments: Backend.available)
    func `says who has heard of an overdue case`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let path = "/cases/\(try await house.recovery(at: .open))"
        house.clock.advance(by: .seconds(7 * 86_400))
        for (brief, whole) in [
            ("Managers told", "Overdue · managers told"), ("Owner told", "Overdue · owner told"),
        ] {
            #expect(try await !house.site.page("/cases").text.contains(brief))
            try await house.database.write { [world = house.clock.world] tx in
                try RecoveryCaseJobs.tellOfLate(account: 1, world: world, in: tx)
            }
            #expect(try await house.site.page("/cases").text.contains(brief))
            #expect(try await house.site.page(path).text.contains(whole))
        }
    }

    @Test(arguments: Backend.available)
    func `pages through many, what is due first coming first`(backend: Backend) async throws {
        let house = try await House(on: backend)
        for number in 1...52 { try await house.answer(1, #", "customer": {"external_id": "c-\#(number)-"}"#) }
        try await house.follow()
        let first = try await house.site.page("/cases")
        #expect(first.text.contains("c-1-") && !first.text.contains("c-51-"))
        #expect(first.text.contains("/cases?page=2"))
        let second = try await house.site.page("/cases?page=2")
        #expect(second.text.contains("c-52-") && !second.text.contains("c-50-"))
        #expect(try await house.site.page("/cases?stage=verified").text.contains("No case is like that"))
    }

    @Test func `keeps what was chosen in its address`() throws {
        let query = try FormFields(parsing: "stage=open&owner=me&overdue=true&page=3")
        #expect(WorklistChoice(query).address == "/cases?stage=open&owner=me&overdue=true&page=3")
        #expect(WorklistChoice(query).changed { $0.owner = nil }.address == "/cases?stage=open&overdue=true")
        let wrong = try FormFields(parsing: "stage=lost&owner=x&page=-1")
        #expect(WorklistChoice(wrong).address == "/cases")
        #expect(WorklistChoice(query).filter(for: Member.ID(4)).owner == Member.ID(4))
    }
}

@Suite struct `A case's page` {
    @Test(arguments: Backend.available)
    func `leads through the whole case by forms`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .open)
        let path = "/cases/\(id)"
        #expect(try await house.site.page(path).text.contains("Reach the customer"))
        let contact = try await house.site.page(
            path + "/contacts", form: [("channel", "phone"), ("outcome", "reached"), ("note", "Very upset")])
        #expect(contact.status == 303)
        #expect(contact.location == path)
        let second = try await house.site.page(path, cookie: contact.cookie)
        #expect(second.text.contains("The contact is noted."))
        #expect(second.headers[.setCookie]?.contains("Max-Age=0") == true)
        #expect(try await !house.site.page(path).text.contains("The contact is noted."))
        #expect(second.text.contains("Very upset") && second.text.contains("Put it right"))
        let resolved = try await house.site.page(
            path + "/resolution", form: [("cause", "late van"), ("remedy", "new kettle")])
        #expect(resolved.location == path)
        let third = try await house.site.page(path)
        #expect(third.text.contains("https://rapport.example/v/"))
        let verdict = try await house.site.page(path + "/verdict", form: [("verdict", "satisfied")])
        #expect(verdict.status == 303)
        try await house.follow()
        let last = try await house.site.page(path)
        #expect(last.text.contains("Nothing is left to do"))
        #expect(!last.text.contains("<form class=\"form\""))
        #expect(last.text.contains("late van · new kettle"))
    }

    @Test(arguments: Backend.available)
    func `gives a refused form back with all that was typed`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .contacted)
        let long = String(repeating: "z", count: 201)
        let refused = try await house.site.page(
            "/cases/\(id)/resolution", form: [("cause", long), ("remedy", ""), ("note", "half done")])
        #expect(refused.status == 422)
        #expect(refused.text.contains(long) && refused.text.contains("half done"))
        #expect(refused.text.contains(#"aria-invalid="true""#))
        let out = try await house.site.page("/cases/\(id)/verdict", form: [("verdict", "satisfied")])
        #expect(out.status == 409)
        #expect(out.text.contains("A verdict can be given once the case is resolved"))
    }

    @Test(arguments: Backend.available)
    func `cuts a long comment and leads to the whole`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let words = String(repeating: "Cold again. ", count: 60)
        let answer = try await house.answer(2, #", "comment": "\#(words)""#)
        try await house.follow()
        let id = try await house.site.api(.get, "/cases").json["data"]?.array?.first?["id"]?.string ?? ""
        let page = try await house.site.page("/cases/\(id)").text
        #expect(page.contains("class=\"quote said long\"") && page.contains("href=\"/responses/\(answer)\""))
    }

    @Test(arguments: Backend.available)
    func `chooses nothing for anybody`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.recovery(at: .resolved)
        let blank = try await house.site.page("/cases/\(id)/verdict", form: [("verdict", "")])
        #expect(blank.status == 422)
        #expect(blank.text.contains("<details class=\"fold\" open>"))
        #expect(try await house.rows("case_verdicts") == 0)
    }

    @Test(arguments: Backend.available)
    func `offers the words that the account has used`(backend: Backend) async throws {
        let house = try await House(on: backend)
        _ = try await house.recovery(at: .resolved, customer: "c1")
        let id = try await house.recovery(at: .contacted, customer: "c2")
        let page = try await house.site.page("/cases/\(id)")
        #expect(page.text.contains(#"<option value="late van">"#))
        #expect(page.text.contains(#"<option value="new kettle">"#))
    }

    @Test(arguments: Backend.available)
    func `says plainly that there is nobody to call and gives no link`(backend: Backend) async throws {
        let house = try await House(on: backend)
        try await house.answer(1, "")
        try await house.follow()
        let id = try await house.site.api(.get, "/cases").json["data"]?.array?.first?["id"]?.string ?? ""
        #expect(
            try await house.site.page("/cases/\(id)").text.contains("This answer came without a customer."))
        _ = try await house.contact(id)
        _ = try await house.resolve(id)
        #expect(try await !house.site.page("/cases/\(id)").text.contains("/v/"))
    }
}
