package import Database
import Formats
import Kernel
package import Ledger

extension EventKind {
    package static let webhookMade = EventKind("webhook.made")
    /// `fields` names what changed.
    package static let webhookChanged = EventKind("webhook.changed")
    package static let webhookRemoved = EventKind("webhook.removed")
    /// It has a new secret.
    package static let webhookRotated = EventKind("webhook.rotated")
    /// `reason` is `gone` or `failing`.
    package static let webhookDisabled = EventKind("webhook.disabled")
}

extension Webhook {
    static let columns: SQL = """
        id, account_id, url, events, state, disabled_because, secret_made_at, old_secret_until, created_at,
        failures, failing_since, last_outcome, last_status, last_reason, last_tried_at, last_delivered_at
        """

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        url = try row.text("url")
        events = try row.text("events").split(separator: " ").compactMap { EventKind(rawValue: String($0)) }
        state = try row.value("state")
        disabledBecause = try row.optionalValue("disabled_because")
        secretMadeAt = try row.timestamp("secret_made_at")
        oldSecretUntil = try row.optionalTimestamp("old_secret_until")
        createdAt = try row.timestamp("created_at")
        failures = try row.int("failures")
        failingSince = try row.optionalTimestamp("failing_since")
        lastTry = try DeliveryTry(row)
        lastDeliveredAt = try row.optionalTimestamp("last_delivered_at")
    }

    /// Throws not-found for one of another account.
    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> Webhook {
        guard let webhook = try known(id, account: account, in: tx) else { throw DomainError.notFound }
        return webhook
    }

    /// `nil` for one that was removed.
    static func known(_ id: ID, account: Int64, in tx: any Connection) throws -> Webhook? {
        try tx.run("SELECT \(columns) FROM webhooks WHERE account_id = \(account) AND id = \(id)")
            .first.map(Webhook.init)
    }

    /// Newest first. `before` is the last one of the page before.
    package static func list(
        account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [Webhook] {
        try tx.run(
            """
            SELECT \(columns) FROM webhooks
            WHERE account_id = \(account) AND id < \(before?.number ?? Int64.max)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Webhook.init)
    }

    /// Throws `too-many-webhooks`.
    static func make(
        _ url: String, _ events: [EventKind], account: Int64, by actor: Actor, seal: Seal, world: World,
        in tx: any Connection
    ) throws -> Webhook {
        guard try list(account: account, limit: mostOfAnAccount, in: tx).count < mostOfAnAccount else {
            throw DomainError(.conflict, "too-many-webhooks", ["max": String(mostOfAnAccount)])
        }
        let (id, now): (ID, Timestamp) = (world.id(), world.now())
        let secret = try seal.seal(WebhookSecret.make(world), of: id, world: world)
        try tx.run(
            """
            INSERT INTO webhooks
              (id, account_id, url, events, state, secret, secret_made_at, created_at, failures)
            VALUES (\(id), \(account), \(url), \(Self.text(of: events)), 'active', \(secret), \(now),
              \(now), 0)
            """)
        let webhook = try find(id, account: account, in: tx)
        try webhook.tell(.webhookMade, by: actor, world: world, in: tx)
        return webhook
    }

    /// Writes what differs from `before`, and an event that names the fields; nothing where nothing does.
    func save(over before: Webhook, by actor: Actor, world: World, in tx: any Connection) throws {
        let fields = changes(from: before)
        if fields.isEmpty { return }
        try tx.run(
            """
            UPDATE webhooks SET url = \(url), events = \(Self.text(of: events)), state = \(state),
              disabled_because = \(disabledBecause), failures = \(failures), failing_since = \(failingSince)
            WHERE account_id = \(account) AND id = \(id)
            """)
        if state == .active, before.state != .active { try wake(at: world.now(), in: tx) }
        try tell(
            .webhookChanged, by: actor, payload: ["fields": .array(fields.map { .string($0) })], world: world,
            in: tx)
    }

    /// Its log is forgotten with its age.
    static func remove(
        _ id: ID, account: Int64, by actor: Actor, world: World, in tx: any Connection
    ) throws {
        let webhook = try find(id, account: account, in: tx)
        try tx.run("DELETE FROM webhooks WHERE account_id = \(account) AND id = \(id)")
        try webhook.tell(.webhookRemoved, by: actor, world: world, in: tx)
    }

    /// A new secret; the one before signs too for a day.
    static func rotate(
        _ id: ID, account: Int64, by actor: Actor, seal: Seal, world: World, in tx: any Connection
    ) throws -> Webhook {
        let now = world.now()
        let secret = try seal.seal(WebhookSecret.make(world), of: id, world: world)
        try tx.run(
            """
            UPDATE webhooks SET old_secret = secret, old_secret_until = \(now + rotation), secret = \(secret),
              secret_made_at = \(now)
            WHERE account_id = \(account) AND id = \(id)
            """)
        let webhook = try find(id, account: account, in: tx)
        try webhook.tell(.webhookRotated, by: actor, world: world, in: tx)
        return webhook
    }

    func secret(_ seal: Seal, in tx: any Connection) throws -> WebhookSecret {
        let rows = try tx.run("SELECT secret FROM webhooks WHERE account_id = \(account) AND id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try seal.open(try row.text("secret"), of: id)
    }

    /// Somebody waits for it: it has a turn now, rest or not, unless a sender is at work on it.
    func wake(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE webhooks SET resting_until = NULL,
              turn_at = CASE WHEN claim_id IS NULL THEN \(now) ELSE turn_at END
            WHERE account_id = \(account) AND id = \(id)
            """)
    }

    func tell(
        _ kind: EventKind, by actor: Actor, payload: JSONObject = [:], world: World, in tx: any Connection
    ) throws {
        try Ledger.append(
            kind, about: id.number, by: actor, payload: payload, id: world.newID(), account: account,
            at: world.now(), in: tx)
    }

    private static func text(of events: [EventKind]) -> String {
        events.map(\.rawValue).joined(separator: " ")
    }
}

extension DeliveryTry {
    /// `nil` where none was made yet.
    init?(_ row: Row) throws {
        guard let outcome = try row.optionalValue("last_outcome", as: Outcome.self) else { return nil }
        self.init(
            outcome: outcome, status: try row.optionalInt("last_status"),
            reason: try row.optionalText("last_reason"))
    }
}
