import Accounts
package import Database
package import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Customers over the API.
package struct CustomerRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let erasure: Erasure
    private let views: CustomerViews

    package init(database: any Database, world: World, erasure: Erasure) {
        self.database = database
        self.world = world
        self.erasure = erasure
        views = CustomerViews(reader: DatabaseReader(database))
    }

    package func add(to table: inout RouteTable) {
        table.get("/api/v1/customers", .api(.readCustomers), use: views.list)
        table.post("/api/v1/customers", .api(.writeCustomers), use: put)
        table.get("/api/v1/customers/{id}", .api(.readCustomers), use: views.find)
        table.delete("/api/v1/customers/{id}", .api(.eraseCustomers), use: erase)
        table.get("/api/v1/customers/{id}/timeline", .api(.readCustomers), use: views.timeline)
    }

    /// 201 where the customer is new, 200 where it was known. What is kept under an idempotency key is the
    /// id alone: an answer that outlives its customer must not say who it was.
    @Sendable private func put(_ call: Call) async throws -> Response {
        var body = try call.json()
        let input = CustomerInput(&body)
        if !input.identifies, body.problems.isEmpty { body.refuse("external_id", "missing") }
        try body.finish()
        let (account, actor, now) = (try call.account(), try call.actor(), world.now())
        let answer = try await Idempotency.once(call, database: database, world: world) { tx in
            var people = try CustomerBook(for: [input], account: account, world: world, at: now, in: tx)
            let change = try people.hear(input, from: .account)
            try people.write(in: tx)
            if let event = change.event(by: actor, world: world, at: now) {
                try Ledger.append([event], in: tx)
            }
            return APIAnswer(change.isNew ? .created : .ok, ["id": .id(change.customer.id)])
        }
        guard let id = answer.body?["id"]?.string.flatMap({ Customer.ID($0) }) else { return answer.response }
        let known: JSONValue? = try await database.read { tx in
            guard let card = try? CustomerCard.find(id, account: account, in: tx) else { return nil }
            return card.json(restrictedSince: try Restriction.since(of: id, account: account, in: tx))
        }
        return APIAnswer(answer.status, known ?? answer.body).response
    }

    @Sendable private func erase(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Customer.ID)
        try await database.write { tx in
            try erasure.erase(id, account: account, by: actor, world: world, at: world.now(), in: tx)
        }
        return Response(status: .noContent)
    }
}

/// What programs read of customers.
struct CustomerViews: Sendable {
    let reader: DatabaseReader

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, asked) = (try call.account(), try call.pageRequest())
        let before: Customer.ID? = try asked.cursor.map { text in
            guard let id = Customer.ID(text) else { throw DomainError(.invalid, "bad-cursor") }
            return id
        }
        let found = try await reader.read { tx in
            try Customer.list(account: account, before: before, limit: asked.limit + 1, in: tx)
                .map { try CustomerCard.find($0.id, account: account, in: tx) }
        }
        return .list(Page(asked: asked.limit, found: found) { $0.customer.id.description }, \.json)
    }

    @Sendable func find(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as Customer.ID)
        let (card, since) = try await reader.read { tx in
            (
                try CustomerCard.find(id, account: account, in: tx),
                try Restriction.since(of: id, account: account, in: tx)
            )
        }
        return .json(card.json(restrictedSince: since))
    }

    /// Every event about one person, newest first.
    @Sendable func timeline(_ call: Call) async throws -> Response {
        let (account, id, asked) = (try call.account(), try call.id() as Customer.ID, try call.pageRequest())
        let before = try asked.cursor.map { text in
            guard let position = Int(text) else { throw DomainError(.invalid, "bad-cursor") }
            return position
        }
        let found = try await reader.read { tx in
            _ = try Customer.find(id, account: account, in: tx)
            return try SealedEvent.timeline(
                customer: id.number, account: account, before: before, limit: asked.limit + 1, in: tx)
        }
        return .list(Page(asked: asked.limit, found: found) { String($0.position) }, \.timelineJSON)
    }
}

extension CustomerCard {
    package var json: JSONValue {
        [
            "id": .id(customer.id), "external_id": .text(customer.externalID), "email": .text(email),
            "phone": .text(phone), "name": .text(customer.name), "language": .text(customer.language),
            "consented_at": .time(customer.consentedAt),
            "attributes": .object(JSONObject(attributes.map { ($0.name, .string($0.value)) })),
            "created_at": .time(customer.createdAt), "updated_at": .time(customer.updatedAt),
        ]
    }

    /// With the time since when the person is restricted, null for who is not.
    package func json(restrictedSince since: Timestamp?) -> JSONValue {
        var object = json.object ?? [:]
        object.set("restricted_at", .time(since))
        return .object(object)
    }
}

extension SealedEvent {
    /// What a timeline shows of an event: ids and names of fields, as the ledger holds them.
    fileprivate var timelineJSON: JSONValue {
        [
            "id": .string("evt_\(id)"), "event": .string(kind.rawValue), "at": .time(happenedAt),
            "by": .string(String(actor.description.prefix { $0 != ":" })),
            "data": .object((try? payload) ?? [:]),
        ]
    }
}
