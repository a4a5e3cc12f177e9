package import Database
package import Kernel
package import Web

/// Acting for one customer: the recovery case that an unhappy answer opens, and the customer's own word that
/// ends it.
///
/// - `Cases/`: the case, its stages and deadlines, who owns it, what was tried; the API.
/// - `Worklist/`, `CaseFile/`: the pages of the people who work on cases.
/// - `Verdicts/`: the personal link by which a customer says whether it was put right.
///
/// **Invariant:** one response opens at most one case per rule. **Invariant:** an open case has an owner or
/// a queue. **Invariant:** a case never changes a score, and a verdict is never part of one. **Invariant:**
/// a GET records no verdict: its handler is given a reader.
package enum FollowUp {}

extension FollowUp {
    /// All routes of this context. `secret` is the installation's own: links are made of it.
    package static func addRoutes(
        to table: inout RouteTable, database: any Database, world: World, secret: [UInt8], site: Site
    ) {
        let work = CaseWork(world: world, links: VerdictLink(secret: secret))
        RecoveryCaseRoutes(database: database, work: work).add(to: &table)
        WorklistRoutes(database: database, world: world).add(to: &table)
        CaseFileRoutes(database: database, work: work).add(to: &table)
        VerdictRoutes(database: database, work: work, site: site).add(to: &table)
    }
}
