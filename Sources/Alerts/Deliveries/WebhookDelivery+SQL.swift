package import Database
import Kernel
import Ledger

extension WebhookDelivery {
    static let columns: SQL = """
        id, account_id, webhook_id, event_id, position, kind, state, attempts, next_at, last_outcome,
        last_status, last_reason, last_tried_at, created_at
        """

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        webhook = try row.id("webhook_id")
        event = try row.int64("event_id")
        position = try row.optionalInt("position")
        kind = try row.value("kind")
        state = try row.value("state")
        attempts = try row.int("attempts")
        nextAt = try row.timestamp("next_at")
        lastTry = try DeliveryTry(row)
        lastTriedAt = try row.optionalTimestamp("last_tried_at")
        createdAt = try row.timestamp("created_at")
    }

    /// Throws not-found for one of another account or another webhook.
    package static func find(
        _ id: ID, of webhook: Webhook.ID, account: Int64, in tx: any Connection
    ) throws -> WebhookDelivery {
        let rows = try tx.run(
            """
            SELECT \(columns) FROM webhook_deliveries
            WHERE account_id = \(account) AND webhook_id = \(webhook) AND id = \(id)
            """)
        guard let row = rows.first else { throw DomainError.notFound }
        return try WebhookDelivery(row)
    }

    /// The log, newest first. `before` is the last one of the page before.
    package static func list(
        of webhook: Webhook.ID, account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [WebhookDelivery] {
        try tx.run(
            """
            SELECT \(columns) FROM webhook_deliveries
            WHERE account_id = \(account) AND webhook_id = \(webhook)
              AND id < \(before?.number ?? Int64.max)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(WebhookDelivery.init)
    }

    /// Notes what webhooks of an account want to hear of these events, once, and gives them a turn. Events
    /// from before a webhook was made are none of its.
    static func plan(_ events: [SealedEvent], account: Int64, world: World, in tx: any Connection) throws {
        let listening = try tx.run(
            """
            SELECT \(Webhook.columns), turn_at, claim_id, resting_until FROM webhooks
            WHERE account_id = \(account) AND state <> 'disabled' LIMIT 1000
            """)
        let now = world.now()
        for row in listening {
            let webhook = try Webhook(row), kinds = Set(webhook.events)
            let wanted = events.filter { kinds.contains($0.kind) && $0.id > webhook.id.number }
            if wanted.isEmpty { continue }
            try insert(wanted, for: webhook, world: world, in: tx)
            // Whoever is at work looks again before it goes; what rests is left alone.
            let turn = max(now, try row.optionalTimestamp("resting_until") ?? now)
            guard try row.optionalInt64("claim_id") == nil, webhook.state == .active,
                try row.optionalTimestamp("turn_at").map({ $0 > turn }) ?? true
            else { continue }
            try tx.run(
                "UPDATE webhooks SET turn_at = \(turn) WHERE account_id = \(account) AND id = \(webhook.id)")
        }
    }

    private static func insert(
        _ events: [SealedEvent], for webhook: Webhook, world: World, in tx: any Connection
    ) throws {
        let now = world.now()
        var rows = NewRows(
            "webhook_deliveries",
            [
                ("id", .integer), ("account_id", .integer), ("webhook_id", .integer), ("event_id", .integer),
                ("position", .integer), ("kind", .text), ("state", .text), ("attempts", .integer),
                ("next_at", .integer), ("created_at", .integer),
            ])
        for event in events {
            rows.add([
                .integer(world.newID()), .of(webhook.account), .of(webhook.id), .of(event.id),
                .integer(Int64(event.position)), .of(event.kind), .of(State.pending), .integer(0), .of(now),
                .of(now),
            ])
        }
        try tx.insert(rows, else: "ON CONFLICT (webhook_id, event_id) DO NOTHING")
    }

    /// A message that says nothing but that it arrived.
    static func test(_ webhook: Webhook, world: World, in tx: any Connection) throws -> WebhookDelivery {
        let (id, now): (ID, Timestamp) = (world.id(), world.now())
        try tx.run(
            """
            INSERT INTO webhook_deliveries
              (id, account_id, webhook_id, event_id, kind, state, attempts, next_at, created_at)
            VALUES (\(id), \(webhook.account), \(webhook.id), \(world.newID()), \(Webhook.test), 'pending', 0,
              \(now), \(now))
            """)
        try webhook.wake(at: now, in: tx)
        return try find(id, of: webhook.id, account: webhook.account, in: tx)
    }

    /// Sends it again, now, with all its tries before it.
    func replay(_ webhook: Webhook, at now: Timestamp, in tx: any Connection) throws -> WebhookDelivery {
        try tx.run(
            """
            UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_at = \(now)
            WHERE account_id = \(account) AND id = \(id)
            """)
        try webhook.wake(at: now, in: tx)
        return try Self.find(id, of: self.webhook, account: account, in: tx)
    }

    /// Those from before that moment, of every account; at most 1,000. How many.
    static func forget(before: Timestamp, in tx: any Connection) throws -> Int {
        try tx.run(
            """
            DELETE FROM webhook_deliveries WHERE id IN (
              SELECT id FROM webhook_deliveries WHERE created_at < \(before) ORDER BY created_at LIMIT 1000)
            RETURNING id -- every account
            """
        ).count
    }
}
