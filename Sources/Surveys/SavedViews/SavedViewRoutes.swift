import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
package import Web

/// Keeping what a list of answers is narrowed by, under a name.
package struct SavedViewRoutes: Sendable {
    private let database: any Database
    private let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        table.post("/responses/views", .page(.readResponses), use: save)
        table.post("/responses/views/{id}/removal", .page(.readResponses), use: remove)
    }

    @Sendable private func save(_ call: Call) async throws -> Response {
        var form = try call.form()
        let name = form.requiredText("name", 1...SavedView.longestName)
        let asked = (try? FormFields(parsing: form.fields["query"] ?? "")) ?? FormFields()
        let query = SavedView.kept(asked)
        if query.encoded().utf8.count > SavedView.longestQuery {
            form.refuse("query", "too-long", ["max": String(SavedView.longestQuery)])
        }
        try form.finish()
        let (account, isShared) = (try call.account(), form.flag("shared"))
        let view = SavedView(
            id: world.id(), account: account, member: try Self.member(call), name: name, query: query,
            isShared: isShared, createdAt: world.now())
        try await database.write { tx in try view.save(in: tx) }
        let address = view.address
        return .seeOther(address + (address.contains("?") ? "&" : "?") + "done=view-saved")
    }

    @Sendable private func remove(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as SavedView.ID)
        let principal = try call.principal()
        try await database.write { tx in
            try SavedView.remove(
                id, of: principal.memberID, keepsAccount: principal.may(.writeAccount), account: account,
                in: tx)
        }
        return .seeOther("/responses?done=view-removed")
    }

    /// A view belongs to somebody who signs in.
    private static func member(_ call: Call) throws -> Member.ID {
        guard let member = try call.principal().memberID else {
            throw DomainError(.unauthenticated, "session-ended")
        }
        return Member.ID(member)
    }
}
