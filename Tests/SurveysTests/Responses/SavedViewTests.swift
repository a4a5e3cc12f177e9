import Accounts
import Database
import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@testable import Surveys

@Suite struct `A saved view` {
    /// A house whose session is the number of a member of account 1.
    private func signedIn(on backend: Backend) async throws -> (House, TestSite) {
        let house = try await House(on: backend)
        for (number, name) in [(71, "Olga"), (72, "Piet")] as [(Int64, String)] {
            _ = try await house.member(number, name)
        }
        let (database, world) = (house.database, house.clock.world)
        let known: @Sendable (String) async throws -> Principal? = { text in
            guard let number = Int64(text) else { return nil }
            return Principal(
                caller: .member(number), accountID: 1, accountName: "Kettles", name: "Test", email: nil,
                role: "agent", permissions: Role.agent.permissions, csrfToken: "form", timeZone: "UTC",
                language: nil)
        }
        let site = TestSite(authenticator: Authenticator(session: known, bearer: known)) { table, _ in
            SavedViewRoutes(database: database, world: world).add(to: &table)
            ResponsePageRoutes(database: database, world: world, recovery: { _, _, _ in nil }).add(to: &table)
            ResponseHandlingRoutes(database: database, world: world).add(to: &table)
        }
        return (house, site)
    }

    private func call(
        _ site: TestSite, _ path: String, as member: Int, form: [(String, String)]? = nil
    ) async throws -> TestAnswer {
        var headers: HTTPFields = [.cookie: "\(site.site.cookieName(Site.sessionCookie))=\(member)"]
        guard let form else { return try await site.call(.get, path, headers: headers) }
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await site.call(
            .post, path, headers: headers, body: FormFields(form + [("csrf", "form")]).encoded())
    }

    @Test(arguments: Backend.available)
    func `is one of thirty at most`(backend: Backend) async throws {
        let (house, site) = try await signedIn(on: backend)
        for number in 1...SavedView.most + 1 {
            let form = [("name", "View \(number)"), ("query", "q=x")]
            let saved = try await call(site, "/responses/views", as: 71, form: form)
            #expect((saved.status == 303) == (number <= SavedView.most), "\(number)")
        }
        #expect(try await house.rows("response_views") == SavedView.most)
    }

    @Test(arguments: Backend.available)
    func `is its keeper's until it is shared, and leads to its list`(backend: Backend) async throws {
        let (house, site) = try await signedIn(on: backend)
        func save(_ name: String, _ query: String, _ more: [(String, String)] = []) async throws -> TestAnswer
        {
            try await call(
                site, "/responses/views", as: 71, form: [("name", name), ("query", query)] + more)
        }
        let saved = try await save("Angry <b>", "band=detractor&owner=me&evil=1&after=x&q=")
        #expect(saved.status == 303 && saved.location == "/responses?band=detractor&owner=me")
        #expect(try await call(site, "/responses", as: 71).text.contains("Angry &lt;b&gt;"))
        #expect(try await !call(site, "/responses", as: 72).text.contains("Angry"))
        _ = try await save("Angry <b>", "band=detractor", [("shared", "yes")])
        #expect(try await house.rows("response_views") == 1, "one name stands for one view")
        let page = try await call(site, "/responses?band=detractor", as: 72).text
        #expect(page.contains("href=\"/responses?band=detractor\" aria-current=\"page\">Angry"))
        #expect(try await save(" ", "band=detractor").status == 422)
        #expect(try await save("Long", "q=" + String(repeating: "x", count: 1001)).status == 422)

        let id = try await house.database.read { tx in
            SavedView.ID(try tx.run("SELECT id FROM response_views WHERE account_id = 1")[0].int64("id"))
        }
        let removal = "/responses/views/\(id)/removal"
        #expect(try await call(site, removal, as: 72, form: []).status == 404)
        #expect(try await call(site, removal, as: 71, form: []).location == "/responses")
        #expect(try await house.rows("response_views") == 0)
    }

    @Test(arguments: Backend.available)
    func `that names somebody goes with them`(backend: Backend) async throws {
        let (house, site) = try await signedIn(on: backend)
        let made = try await house.site.api(
            .post, "/customers", #"{"external_id": "k-1", "name": "Żaneta Kot", "email": "z@x.example"}"#)
        let customer = try #require(made.json["id"]?.string)
        for (name, query) in [("a", "q=%C5%BBANETA+kot+leak"), ("b", "q=z%40x.example"), ("c", "q=leak")] {
            _ = try await call(site, "/responses/views", as: 71, form: [("name", name), ("query", query)])
        }
        #expect(try await house.site.api(.delete, "/customers/\(customer)").status == 204)
        let left = try await house.database.read { tx in
            try tx.run("SELECT name FROM response_views WHERE account_id = 1").map { try $0.text("name") }
        }
        #expect(left == ["c"])
    }

    @Test(arguments: Backend.available)
    func `of a member's own answers is each reader's own`(backend: Backend) async throws {
        let (house, site) = try await signedIn(on: backend)
        let survey = try await house.survey().id
        let answer = try await house.answer(survey)
        let taken = try await call(
            site, "/responses/marks", as: 71, form: [("do", "mine"), ("id", answer)])
        #expect(taken.status == 303)
        #expect(try await call(site, "/responses?owner=me", as: 71).text.contains(answer))
        #expect(try await !call(site, "/responses?owner=me", as: 72).text.contains(answer))
        #expect(
            try await call(site, "/responses", as: 72).text.contains(
                "<span class=\"hidden-text\">Owner </span>Olga"))
    }
}
