import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
package import Language
package import Ledger
package import Web

/// Recording that one customer agreed to be asked, and taking that back.
package struct ConsentRoutes: Sendable {
    private let database: any Database
    private let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        table.put("/api/v1/customers/{id}/consent", .api(.writeCustomers), use: put)
        table.post("/customers/{id}/consent", .page(.writeCustomers), use: putForm)
    }

    @Sendable private func put(_ call: Call) async throws -> Response {
        var body = try call.json()
        body.require("consented")
        let consents = body.bool("consented")
        try body.finish()
        guard let consents else { throw DomainError.invalid("/consented", "missing") }
        try await put(consents, call)
        let (account, id) = (try call.account(), try call.id() as Customer.ID)
        let (card, since) = try await database.read { tx in
            (
                try CustomerCard.find(id, account: account, in: tx),
                try Restriction.since(of: id, account: account, in: tx)
            )
        }
        return .json(card.json(restrictedSince: since))
    }

    @Sendable private func putForm(_ call: Call) async throws -> Response {
        let consents = try call.form().flag("consented")
        try await put(consents, call)
        let id: Customer.ID = try call.id()
        return .seeOther("/customers/\(id)?done=consent-\(consents ? "recorded" : "withdrawn")")
    }

    /// The first time stands, and what is so already is told of no second time.
    private func put(_ consents: Bool, _ call: Call) async throws {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Customer.ID)
        try await database.write { [world] tx in
            let (customer, now) = (try Customer.find(id, account: account, in: tx), world.now())
            var input = CustomerInput()
            input.consents = consents
            var people = try CustomerBook(for: input, about: customer, world: world, at: now, in: tx)
            let change = try people.hear(input, from: .account, about: id)
            try people.write(in: tx)
            if let event = change.event(by: actor, world: world, at: now) {
                try Ledger.append([event], in: tx)
            }
        }
    }
}

/// What the ledger tells of consent.
package enum Consent {
    /// Says of a changed customer that consent came or went.
    @Sendable package static func details(
        of events: [SealedEvent], _: Int64, _ messages: Messages, _: any Connection
    ) throws -> [Int64: EventDetail] {
        var details: [Int64: EventDetail] = [:]
        for event in events where [.customerCreated, .customerChanged].contains(event.kind) {
            guard let consents = (try? event.payload)?["consent"]?.bool else { continue }
            let key = "policy.consent.\(consents ? "given" : "taken-back")"
            details[event.id] = EventDetail(text: messages(key))
        }
        return details
    }
}
