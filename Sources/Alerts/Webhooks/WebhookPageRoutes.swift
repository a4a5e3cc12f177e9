import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Outbound
package import Web

/// The pages on which people keep webhooks.
package struct WebhookPageRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let seal: Webhook.Seal
    private let guarding: AddressGuard
    private let views: WebhookPageViews

    /// `secret` is the installation's.
    package init(database: any Database, world: World, secret: [UInt8], guarding: AddressGuard) {
        self.database = database
        self.world = world
        seal = Webhook.Seal(secret: secret)
        self.guarding = guarding
        views = WebhookPageViews(reader: DatabaseReader(database), world: world)
    }

    package func add(to table: inout RouteTable) {
        let own = "/webhooks/{id}"
        table.get("/webhooks", .page(.writeWebhooks), use: views.list)
        table.post("/webhooks", .page(.writeWebhooks), use: make)
        table.get(own, .page(.writeWebhooks), use: views.show)
        table.post(own, .page(.writeWebhooks), use: save)
        table.post(own + "/pause", .page(.writeWebhooks), use: pause)
        table.post(own + "/resumption", .page(.writeWebhooks), use: resume)
        table.post(own + "/rotation", .page(.writeWebhooks), use: rotate)
        table.post(own + "/test", .page(.writeWebhooks), use: test)
        table.post(own + "/removal", .page(.writeWebhooks), use: remove)
        table.post(own + "/deliveries/{delivery}/replay", .page(.writeWebhooks), use: replay)
    }

    @Sendable private func make(_ call: Call) async throws -> Response {
        var form = try call.form()
        let principal = try call.principal()
        let wish = form.wish(for: principal, guarding: guarding)
        do {
            try form.finish()
            let (webhook, secret) = try await database.write { [world, seal] tx in
                let webhook = try Webhook.make(
                    wish.url ?? "", wish.events ?? [], account: principal.accountID, by: principal.actor,
                    seal: seal, world: world, in: tx)
                return (webhook, try webhook.secret(seal, in: tx))
            }
            return try await views.page(call, webhook.id, secret: secret.text)
        } catch let error as DomainError where [.invalid, .conflict].contains(error.kind) {
            return try await views.list(call, refused: (form.fields, error))
        }
    }

    @Sendable private func save(_ call: Call) async throws -> Response {
        let id = try call.id() as Webhook.ID
        var form = try call.form()
        let wish = form.wish(for: try call.principal(), guarding: guarding)
        do {
            try form.finish()
        } catch {
            return try await views.page(call, id, refused: (form.fields, error))
        }
        try await change(call, wish)
        return .seeOther("/webhooks/\(id)?done=webhook-saved")
    }

    private func change(_ call: Call, _ wish: Webhook.Wish) async throws {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Webhook.ID)
        try await database.write { [world] tx in
            let before = try Webhook.find(id, account: account, in: tx)
            try before.granting(wish).save(over: before, by: actor, world: world, in: tx)
        }
    }

    @Sendable private func pause(_ call: Call) async throws -> Response {
        try await change(call, Webhook.Wish(state: .paused))
        return .seeOther("/webhooks/\(try call.id() as Webhook.ID)?done=webhook-paused")
    }

    @Sendable private func resume(_ call: Call) async throws -> Response {
        try await change(call, Webhook.Wish(state: .active))
        return .seeOther("/webhooks/\(try call.id() as Webhook.ID)?done=webhook-resumed")
    }

    @Sendable private func rotate(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Webhook.ID)
        let secret = try await database.write { [world, seal] tx in
            _ = try Webhook.find(id, account: account, in: tx)
            return try Webhook.rotate(id, account: account, by: actor, seal: seal, world: world, in: tx)
                .secret(seal, in: tx)
        }
        return try await views.page(call, id, secret: secret.text)
    }

    @Sendable private func remove(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Webhook.ID)
        try await database.write { [world] tx in
            try Webhook.remove(id, account: account, by: actor, world: world, in: tx)
        }
        return .seeOther("/webhooks?done=webhook-removed")
    }

    @Sendable private func test(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as Webhook.ID)
        try await database.write { [world] tx in
            let webhook = try Webhook.find(id, account: account, in: tx)
            try webhook.requireActive()
            _ = try WebhookDelivery.test(webhook, world: world, in: tx)
        }
        return .seeOther("/webhooks/\(id)?done=webhook-tested")
    }

    @Sendable private func replay(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as Webhook.ID)
        let delivery = try call.id("delivery") as WebhookDelivery.ID
        try await database.write { [world] tx in
            let webhook = try Webhook.find(id, account: account, in: tx)
            let found = try WebhookDelivery.find(delivery, of: id, account: account, in: tx)
            try webhook.requireActive()
            _ = try found.replay(webhook, at: world.now(), in: tx)
        }
        return .seeOther("/webhooks/\(id)?done=webhook-replayed")
    }
}

/// Webhooks as people read them.
struct WebhookPageViews: Sendable {
    let reader: DatabaseReader
    let world: World
    private static let perPage = 50

    @Sendable func list(_ call: Call) async throws -> Response { try await list(call, refused: nil) }

    func list(_ call: Call, refused: (typed: FormFields, error: DomainError)?) async throws -> Response {
        let account = try call.account()
        let webhooks = try await reader.read { tx in
            try Webhook.list(account: account, limit: Webhook.mostOfAnAccount, in: tx)
        }
        let page = WebhookListPage(
            webhooks: webhooks, form: WebhookForm(call.messages, refused: refused), now: world.now())
        return try call.page("webhooks", page.model, status: refused?.error.kind.status ?? .ok)
    }

    @Sendable func show(_ call: Call) async throws -> Response { try await page(call, try call.id()) }

    /// `secret` was made just now: it is shown this once.
    func page(
        _ call: Call, _ id: Webhook.ID, secret: String? = nil,
        refused: (typed: FormFields, error: DomainError)? = nil
    ) async throws -> Response {
        let (account, query) = (try call.account(), try call.query())
        let before = query["after"].flatMap { WebhookDelivery.ID($0) }
        let (webhook, found) = try await reader.read { tx in
            (
                try Webhook.find(id, account: account, in: tx),
                try WebhookDelivery.list(
                    of: id, account: account, before: before, limit: Self.perPage + 1, in: tx)
            )
        }
        let page = WebhookPage(
            webhook: webhook, deliveries: Page(asked: Self.perPage, found: found) { $0.id.description },
            isFirst: before == nil, secret: secret,
            form: WebhookForm(call.messages, webhook: webhook, refused: refused), now: world.now())
        return try call.page("webhook", page.model, status: refused?.error.kind.status ?? .ok)
    }
}

extension FormInput {
    fileprivate mutating func wish(for principal: Principal, guarding: AddressGuard) -> Webhook.Wish {
        var wish = Webhook.Wish()
        let text = requiredText("url", 1...HookURL.longest)
        switch Webhook.Wish.url(text, guarding: guarding) {
        case .success(let url): wish.url = url
        case .failure(let fault): if !text.isEmpty { refuse("url", fault.rawValue) }
        }
        var codes: [String] = []
        wish.events = Webhook.Wish.events(fields.all("event"), mayHear: principal.mayHear) {
            codes.append($1)
        }
        if let first = codes.first { refuse("event", first) }
        return wish
    }
}
