import Accounts
package import Database
import Hummingbird
package import Kernel
import Language
package import Web

/// The page on which people find the case to work on next.
package struct WorklistRoutes: Sendable {
    private let reader: DatabaseReader
    private let world: World

    package init(database: any Database, world: World) {
        reader = DatabaseReader(database)
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        table.get("/cases", .page(.readCases), use: list)
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let principal = try call.principal()
        let me = principal.memberID.map { Member.ID($0) }
        let (choice, now) = (WorklistChoice(try call.query()), world.now())
        let worklist = try await reader.read { tx in
            try Worklist.find(
                choice.filter(for: me), account: principal.accountID, page: choice.page, at: now, in: tx)
        }
        let page = WorklistPage(
            worklist: worklist, choice: choice, messages: call.messages, now: now, hasOwnCases: me != nil)
        return try call.page("cases", page.model)
    }
}
