import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Customers for people: the list, one person's story, and erasing.
package struct CustomerPageRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let erasure: Erasure
    private let views: CustomerPageViews

    package init(
        database: any Database, world: World, erasure: Erasure, place: @escaping EventPlace,
        details: @escaping EventDetails, lastScores: @escaping LastScores
    ) {
        self.database = database
        self.world = world
        self.erasure = erasure
        views = CustomerPageViews(
            reader: DatabaseReader(database), world: world, place: place, details: details,
            lastScores: lastScores)
    }

    package func add(to table: inout RouteTable) {
        table.get("/customers", .page(.readCustomers), use: views.list)
        table.get("/customers/{id}", .page(.readCustomers), use: views.show)
        table.post("/customers/{id}/erasure", .page(.eraseCustomers), use: erase)
    }

    /// A person is erased for good, so the form must say so twice.
    @Sendable private func erase(_ call: Call) async throws -> Response {
        guard try call.form().flag("sure") else {
            var page = try await views.page(call)
            page.asksAgain = true
            return try call.page("customer", page.model, status: .unprocessableContent)
        }
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Customer.ID)
        try await database.write { [erasure, world] tx in
            try erasure.erase(id, account: account, by: actor, world: world, at: world.now(), in: tx)
        }
        return .seeOther("/customers?done=customer-erased")
    }
}

/// What people see of customers. Given a reader: looking changes nothing.
struct CustomerPageViews: Sendable {
    let reader: DatabaseReader
    let world: World
    let place: EventPlace
    let details: EventDetails
    let lastScores: LastScores
    private static let perPage = 50

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, query) = (try call.account(), try call.query())
        let asked = query["q"]?.trimmed ?? ""
        let before = query["after"].flatMap { Customer.ID($0) }
        let messages = call.messages
        let (found, scores) = try await reader.read { [lastScores] tx in
            let customers =
                asked.isEmpty
                ? try Customer.list(account: account, before: before, limit: Self.perPage + 1, in: tx)
                : try Customer.known(as: asked, account: account, limit: Self.perPage, in: tx)
            return (
                try customers.map { try CustomerCard.find($0.id, account: account, in: tx) },
                try lastScores(customers.map(\.id), account, messages, tx)
            )
        }
        let page = CustomerListPage(
            page: Page(asked: Self.perPage, found: found) { $0.customer.id.description }, scores: scores,
            query: asked, isFirst: before == nil, messages: messages, now: world.now())
        return try call.page("customers", page.model)
    }

    func page(_ call: Call) async throws -> CustomerTimelinePage {
        let (account, id) = (try call.account(), try call.id() as Customer.ID)
        let before = try call.query()["after"].flatMap { Int($0) }
        let (messages, now) = (call.messages, world.now())
        let mayErase = try call.principal().may(.eraseCustomers)
        let mayRestrict = try call.principal().may(.writeCustomers)
        return try await reader.read { [place, details] tx in
            let found = try SealedEvent.timeline(
                customer: id.number, account: account, before: before, limit: Self.perPage + 1, in: tx)
            return CustomerTimelinePage(
                card: try CustomerCard.find(id, account: account, in: tx),
                restrictedSince: try Restriction.since(of: id, account: account, in: tx),
                events: Page(asked: Self.perPage, found: found) { String($0.position) },
                details: try details(found, account, messages, tx),
                zone: try Account.find(Account.ID(account), in: tx).zone, place: place, messages: messages,
                now: now, mayErase: mayErase, mayRestrict: mayRestrict)
        }
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        try call.page("customer", try await page(call).model)
    }
}
