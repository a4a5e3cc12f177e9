import Accounts
package import Database
import Formats
import Hummingbird
package import Kernel
package import Web

/// What happened to customers, told by the account's own programs.
package struct CustomerEventRoutes: Sendable {
    private let database: any Database
    private let world: World

    /// Largest body of one event.
    private static let largestEvent = 64 * 1024

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        table.post(
            "/api/v1/customer-events", .api(.writeCustomers), bodyLimit: Self.largestEvent, use: record)
    }

    /// 202, for what follows from it comes later.
    @Sendable private func record(_ call: Call) async throws -> Response {
        let (account, actor, now) = (try call.account(), try call.actor(), world.now())
        let input = try CustomerEventInput(call.json(), at: now)
        return try await Idempotency.once(call, database: database, world: world) { [world] tx in
            let event = try CustomerEvent.record(
                input, account: account, by: actor, world: world, at: now, in: tx)
            return APIAnswer(.accepted, ["id": .id(event.id)])
        }.response
    }
}
