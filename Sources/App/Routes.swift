import Accounts
package import Hummingbird
package import Web

/// The whole URL space of the product.
package struct Routes {
    let installation: Installation
    let site: Site

    package init(_ installation: Installation, site: Site) {
        self.installation = installation
        self.site = site
    }

    package var table: RouteTable {
        var table = RouteTable()
        OpenRoutes(database: installation.database).add(to: &table)
        Accounts.addRoutes(
            to: &table, database: installation.database, world: installation.world,
            timeZone: installation.settings.timeZone)
        return table
    }
}

extension Routes {
    package var authenticator: Authenticator {
        .accounts(database: installation.database, world: installation.world)
    }
    package var router: Router<RequestScope> { table.router(for: site, authenticator: authenticator) }
}
