import Accounts
import Database
import Kernel
import TestKit
import Testing
import Web

@testable import Alerts

@Suite struct `The choice of mails` {
    private func site(_ database: TestDatabase) -> TestSite {
        let olga: @Sendable (String) async -> Principal? = { _ in
            Principal(
                caller: .member(1), accountID: 1, accountName: "Kettles", name: "Olga", email: nil,
                role: "owner", permissions: Role.owner.permissions, csrfToken: "form", timeZone: "UTC",
                language: nil)
        }
        return TestSite(authenticator: Authenticator(session: olga, bearer: olga)) { table, _ in
            NoticeChoiceRoutes(database: database).add(to: &table)
        }
    }

    @Test(arguments: Backend.available)
    func `is a member's own, and begins with all of them`(backend: Backend) async throws {
        let house = try await AlertHouse(on: backend)
        let site = site(house.database)
        func ticked() async throws -> [String] {
            try await site.page("/me/notices").text.matches(of: /name="(case_[a-z_]+)" value="yes" checked/)
                .map { String($0.1) }
        }
        #expect(try await ticked() == ["case_assigned", "case_due_soon", "case_overdue"])
        let saved = try await site.page("/me/notices", form: [("case_overdue", "yes")])
        #expect(saved.status == 303)
        #expect(try await ticked() == ["case_overdue"])
        try await house.answer()
        try await house.settle()
        #expect(house.mail.all.isEmpty)
        _ = try await site.page(
            "/me/notices", form: Notice.Kind.ofMembers.map { ($0.rawValue, "yes") })
        #expect(try await ticked().count == 3)
    }
}
