import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
package import Web

/// The contact policy of an account over the API; people set it among the account's settings.
package struct ContactPolicyRoutes: Sendable {
    private let database: any Database
    private let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        let views = ContactPolicyViews(reader: DatabaseReader(database))
        table.get("/api/v1/contact-policy", .api(.readSurveys), use: views.find)
        table.patch("/api/v1/contact-policy", .api(.writeAccount), use: change)
    }

    /// A merge patch.
    @Sendable private func change(_ call: Call) async throws -> Response {
        var body = try call.json()
        let quiet = body.integer("quiet_days", in: Account.quietDaysRange)
        let heldOut = body.integer("held_out_percent", in: 0...100)
        let consent = body.bool("consent_first")
        try body.finish()
        let (id, actor) = (Account.ID(try call.account()), try call.actor())
        let account = try await database.write { [world] tx in
            let before = try Account.find(id, in: tx)
            var account = before
            account.quietDays = quiet ?? before.quietDays
            account.heldOutPercent = heldOut ?? before.heldOutPercent
            account.asksConsentFirst = consent ?? before.asksConsentFirst
            try account.save(over: before, by: actor, world: world, in: tx)
            return account
        }
        return .json(account.policyJSON)
    }
}

/// The policy as it is read.
struct ContactPolicyViews: Sendable {
    let reader: DatabaseReader

    @Sendable func find(_ call: Call) async throws -> Response {
        let account = Account.ID(try call.account())
        return .json(try await reader.read { tx in try Account.find(account, in: tx) }.policyJSON)
    }
}

extension Account {
    fileprivate var policyJSON: JSONValue {
        [
            "quiet_days": .integer(Int64(quietDays)), "held_out_percent": .integer(Int64(heldOutPercent)),
            "consent_first": .bool(asksConsentFirst),
        ]
    }
}
