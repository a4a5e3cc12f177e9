import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
package import Web

/// Restricting what is done with one customer's data, and lifting it.
package struct RestrictionRoutes: Sendable {
    private let database: any Database
    private let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        table.put("/api/v1/customers/{id}/restriction", .api(.writeCustomers), use: put)
        table.post("/customers/{id}/restriction", .page(.writeCustomers), use: putForm)
    }

    @Sendable private func put(_ call: Call) async throws -> Response {
        var body = try call.json()
        body.require("restricted")
        let isRestricted = body.bool("restricted")
        try body.finish()
        guard let isRestricted else { throw DomainError.invalid("/restricted", "missing") }
        let (account, id) = (try call.account(), try call.id() as Customer.ID)
        try await put(isRestricted, call)
        let (card, since) = try await database.read { tx in
            (
                try CustomerCard.find(id, account: account, in: tx),
                try Restriction.since(of: id, account: account, in: tx)
            )
        }
        return .json(card.json(restrictedSince: since))
    }

    @Sendable private func putForm(_ call: Call) async throws -> Response {
        let isRestricted = try call.form().flag("restricted")
        try await put(isRestricted, call)
        let id: Customer.ID = try call.id()
        return .seeOther("/customers/\(id)?done=customer-\(isRestricted ? "restricted" : "unrestricted")")
    }

    private func put(_ isRestricted: Bool, _ call: Call) async throws {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Customer.ID)
        try await database.write { [world] tx in
            try Restriction.put(
                isRestricted, on: id, account: account, by: actor, world: world, in: tx)
        }
    }
}
