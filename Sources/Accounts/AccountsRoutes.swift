package import Database
package import Kernel
package import Web

extension Accounts {
    /// All routes of this context. `timeZone` is offered where an account is made.
    package static func addRoutes(
        to table: inout RouteTable, database: any Database, world: World, timeZone: String = "UTC"
    ) {
        SessionRoutes(database: database, world: world).add(to: &table)
        SetupLinkRoutes(database: database, world: world, timeZone: (Zone(named: timeZone) ?? .utc).name).add(
            to: &table)
        MemberRoutes(database: database, world: world).add(to: &table)
        MemberInvitationRoutes(database: database, world: world).add(to: &table)
        APITokenRoutes(database: database, world: world).add(to: &table)
        OwnSettingsRoutes(database: database, world: world).add(to: &table)
        AccountRoutes(database: database, world: world).add(to: &table)
    }
}
