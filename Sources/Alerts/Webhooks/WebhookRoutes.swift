import Accounts
package import Database
import Formats
import Hummingbird
package import Kernel
import Ledger
package import Outbound
package import Web

/// Webhooks over the API.
package struct WebhookRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let seal: Webhook.Seal
    private let guarding: AddressGuard
    private let views: WebhookViews

    /// `secret` is the installation's.
    package init(database: any Database, world: World, secret: [UInt8], guarding: AddressGuard) {
        self.database = database
        self.world = world
        seal = Webhook.Seal(secret: secret)
        self.guarding = guarding
        views = WebhookViews(reader: DatabaseReader(database))
    }

    package func add(to table: inout RouteTable) {
        let own = "/api/v1/webhooks/{id}"
        table.get("/api/v1/webhooks", .api(.writeWebhooks), use: views.list)
        table.post("/api/v1/webhooks", .api(.writeWebhooks), use: make)
        table.get(own, .api(.writeWebhooks), use: views.find)
        table.patch(own, .api(.writeWebhooks), use: change)
        table.delete(own, .api(.writeWebhooks), use: remove)
        table.post(own + "/rotation", .api(.writeWebhooks), use: rotate)
        table.post(own + "/test", .api(.writeWebhooks), use: test)
        table.get(own + "/deliveries", .api(.writeWebhooks), use: views.deliveries)
        table.post(own + "/deliveries/{delivery}/replay", .api(.writeWebhooks), use: replay)
    }

    @Sendable private func make(_ call: Call) async throws -> Response {
        var input = try call.json()
        let wish = try input.wish(for: call.principal(), guarding: guarding, isWhole: true)
        try input.finish()
        let (account, actor) = (try call.account(), try call.actor())
        let answer = try await Idempotency.once(call, database: database, world: world) {
            [seal, world] tx in
            let webhook = try Webhook.make(
                wish.url ?? "", wish.events ?? [], account: account, by: actor, seal: seal, world: world,
                in: tx)
            return APIAnswer(.created, webhook.json)
        }
        return try await showingSecret(answer, account).response
    }

    /// A merge patch of url, events and state.
    @Sendable private func change(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Webhook.ID)
        _ = try await database.read { tx in try Webhook.find(id, account: account, in: tx) }
        var input = try call.json()
        let wish = try input.wish(for: call.principal(), guarding: guarding, isWhole: false)
        try input.finish()
        let webhook = try await database.write { [world] tx in
            let before = try Webhook.find(id, account: account, in: tx)
            let webhook = before.granting(wish)
            try webhook.save(over: before, by: actor, world: world, in: tx)
            return webhook
        }
        return .json(webhook.json)
    }

    @Sendable private func remove(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Webhook.ID)
        try await database.write { [world] tx in
            try Webhook.remove(id, account: account, by: actor, world: world, in: tx)
        }
        return Response(status: .noContent)
    }

    @Sendable private func rotate(_ call: Call) async throws -> Response {
        try call.requireNothing()
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Webhook.ID)
        let answer = try await Idempotency.once(call, database: database, world: world) {
            [seal, world] tx in
            _ = try Webhook.find(id, account: account, in: tx)
            let webhook = try Webhook.rotate(
                id, account: account, by: actor, seal: seal, world: world, in: tx)
            return APIAnswer(.created, webhook.json)
        }
        return try await showingSecret(answer, account).response
    }

    @Sendable private func test(_ call: Call) async throws -> Response {
        try call.requireNothing()
        let (account, id) = (try call.account(), try call.id() as Webhook.ID)
        return try await Idempotency.once(call, database: database, world: world) { [world] tx in
            let webhook = try Webhook.find(id, account: account, in: tx)
            try webhook.requireActive()
            return APIAnswer(.accepted, try WebhookDelivery.test(webhook, world: world, in: tx).json)
        }.response
    }

    @Sendable private func replay(_ call: Call) async throws -> Response {
        try call.requireNothing()
        let (account, id) = (try call.account(), try call.id() as Webhook.ID)
        let delivery = try call.id("delivery") as WebhookDelivery.ID
        return try await Idempotency.once(call, database: database, world: world) { [world] tx in
            let webhook = try Webhook.find(id, account: account, in: tx)
            let found = try WebhookDelivery.find(delivery, of: id, account: account, in: tx)
            try webhook.requireActive()
            return APIAnswer(.accepted, try found.replay(webhook, at: world.now(), in: tx).json)
        }.response
    }

    /// An answer is kept under its key as it is, so the secret is added to it here: the very one that was
    /// made then, or none.
    private func showingSecret(_ answer: APIAnswer, _ account: Int64) async throws -> APIAnswer {
        guard var body = answer.body?.object, let id = body["id"]?.string.flatMap({ Webhook.ID($0) }) else {
            return answer
        }
        let secret = try await database.read { [seal, made = body["secret_made_at"]] tx -> String? in
            let webhooks = try Webhook.list(account: account, limit: Webhook.mostOfAnAccount, in: tx)
            guard let webhook = webhooks.first(where: { $0.id == id }), .time(webhook.secretMadeAt) == made
            else { return nil }
            return try webhook.secret(seal, in: tx).text
        }
        guard let secret else { return answer }
        body.append("secret", .string(secret))
        return APIAnswer(answer.status, .object(body))
    }
}

/// What programs read of webhooks.
struct WebhookViews: Sendable {
    let reader: DatabaseReader

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, asked) = (try call.account(), try call.pageRequest())
        let before: Webhook.ID? = try asked.cursor.map(Self.cursor)
        let found = try await reader.read { tx in
            try Webhook.list(account: account, before: before, limit: asked.limit + 1, in: tx)
        }
        return .list(Page(asked: asked.limit, found: found) { $0.id.description }) { $0.json }
    }

    @Sendable func find(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as Webhook.ID)
        return .json(try await reader.read { tx in try Webhook.find(id, account: account, in: tx) }.json)
    }

    @Sendable func deliveries(_ call: Call) async throws -> Response {
        let (account, id, asked) = (try call.account(), try call.id() as Webhook.ID, try call.pageRequest())
        let before: WebhookDelivery.ID? = try asked.cursor.map(Self.cursor)
        let found = try await reader.read { tx in
            _ = try Webhook.find(id, account: account, in: tx)
            return try WebhookDelivery.list(
                of: id, account: account, before: before, limit: asked.limit + 1, in: tx)
        }
        return .list(Page(asked: asked.limit, found: found) { $0.id.description }) { $0.json }
    }

    private static func cursor<Tag>(_ text: String) throws -> Identifier<Tag> {
        guard let id = Identifier<Tag>(text) else { throw DomainError(.invalid, "bad-cursor") }
        return id
    }
}

extension Call {
    /// A body says nothing here: none, or an empty object.
    fileprivate func requireNothing() throws {
        if !body.isEmpty { try json().finish() }
    }
}

extension JSONInput {
    /// `isWhole` wants URL and events.
    fileprivate mutating func wish(
        for principal: Principal, guarding: AddressGuard, isWhole: Bool
    ) throws -> Webhook.Wish {
        var wish = Webhook.Wish()
        if isWhole || has("url") {
            let text = requiredText("url", 1...HookURL.longest)
            switch Webhook.Wish.url(text, guarding: guarding) {
            case .success(let url): wish.url = url
            case .failure(let fault): if !text.isEmpty { refuse("url", fault.rawValue) }
            }
        }
        if isWhole || has("events") {
            require("events")
            let entries = array("events")
            let names = entries?.map { $0.string ?? "" }
            var faults: [DomainError.Field] = []
            wish.events = names.map { names in
                Webhook.Wish.events(names, mayHear: principal.mayHear) { place, code in
                    faults.append(
                        DomainError.Field(pointer("events") + (place.map { "/\($0)" } ?? ""), code))
                }
            }
            take(faults)
        }
        if !isWhole {
            wish.state = choice("state", Webhook.State.self)
            // Nobody disables by hand what can be paused.
            if wish.state == .disabled { refuse("state", "unknown-value", ["allowed": "active, paused"]) }
        }
        return wish
    }
}

extension Principal {
    /// A webhook tells no more than its maker may read.
    func mayHear(_ kind: EventKind) -> Bool { may(EventMessage.permission(for: kind)) }
}

extension Webhook {
    /// The same with what was asked for.
    func granting(_ wish: Wish) -> Webhook {
        var webhook = self
        if let url = wish.url { webhook.url = url }
        if let events = wish.events { webhook.events = events }
        switch wish.state {
        case .active where state != .active: webhook.resume()
        case .paused where state == .active: webhook.state = .paused
        default: break
        }
        return webhook
    }

    /// Throws `webhook-not-active`.
    func requireActive() throws(DomainError) {
        if state != .active { throw DomainError(.conflict, "webhook-not-active") }
    }

    var json: JSONValue {
        [
            "id": .id(id), "url": .string(url), "events": .array(events.map { .string($0.rawValue) }),
            "state": .string(state.rawValue), "disabled_because": .text(disabledBecause?.rawValue),
            "failures": .integer(Int64(failures)), "failing_since": .time(failingSince),
            "last_outcome": .text(lastTry?.outcome.rawValue), "last_status": .status(lastTry?.status),
            "last_reason": .text(lastTry?.reason), "last_delivered_at": .time(lastDeliveredAt),
            "secret_made_at": .time(secretMadeAt), "old_secret_until": .time(oldSecretUntil),
            "created_at": .time(createdAt),
        ]
    }
}

extension WebhookDelivery {
    var json: JSONValue {
        [
            "id": .id(id), "message": .string(messageID), "type": .string(kind.rawValue),
            "state": .string(state.rawValue), "attempts": .integer(Int64(attempts)),
            "next_at": state == .pending ? .time(nextAt) : .null,
            "last_outcome": .text(lastTry?.outcome.rawValue), "last_status": .status(lastTry?.status),
            "last_reason": .text(lastTry?.reason), "last_tried_at": .time(lastTriedAt),
            "created_at": .time(createdAt),
        ]
    }
}

extension JSONValue {
    fileprivate static func status(_ status: Int?) -> JSONValue {
        status.map { .integer(Int64($0)) } ?? .null
    }
}
