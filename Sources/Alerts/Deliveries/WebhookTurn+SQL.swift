package import Database
import Formats
package import Kernel
import Ledger

extension WebhookTurn {
    static func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run("SELECT id FROM webhooks WHERE turn_at <= \(now) LIMIT 1 -- every account").isEmpty
    }

    /// Takes webhooks whose turn has come, healthy ones first, of those that failed at most `failing`. A
    /// claim whose sender is gone ends with its lease. Also says how many rows it has settled either way.
    static func claim(
        limit: Int, failing: Int, until lease: Timestamp, seal: Webhook.Seal, world: World,
        in tx: any Connection
    ) throws -> (turns: [WebhookTurn], looked: Int) {
        let now = world.now()
        func due(_ health: SQL, _ limit: Int) throws -> [Row] {
            guard limit > 0 else { return [] }
            return try tx.run(
                """
                SELECT \(Webhook.columns), secret, old_secret FROM webhooks
                WHERE turn_at <= \(now) AND \(health) ORDER BY turn_at, id LIMIT \(limit) \(.skipLocked)
                -- every account
                """)
        }
        let healthy = try due("failures = 0", limit)
        let rows = try healthy + due("failures > 0", min(limit - healthy.count, failing))
        var turns: [WebhookTurn] = []
        for row in rows {
            let webhook = try Webhook(row)
            let messages = webhook.state == .active ? try messages(of: webhook, at: now, in: tx) : []
            guard !messages.isEmpty else {
                try webhook.letGo(at: now, in: tx)
                continue
            }
            let claim = world.newID()
            try tx.run(
                """
                UPDATE webhooks SET claim_id = \(claim), turn_at = \(lease)
                WHERE account_id = \(webhook.account) AND id = \(webhook.id)
                """)
            let old =
                webhook.oldSecretUntil.map { $0 > now } == true ? try row.optionalText("old_secret") : nil
            turns.append(
                WebhookTurn(
                    webhook: webhook,
                    secrets: try [try row.text("secret"), old].compactMap(\.self)
                        .map { try seal.open($0, of: webhook.id) },
                    messages: messages, claim: claim))
        }
        return (turns, rows.count)
    }

    private static func messages(
        of webhook: Webhook, at now: Timestamp, in tx: any Connection
    ) throws -> [Message] {
        let due = try tx.run(
            """
            SELECT \(WebhookDelivery.columns) FROM webhook_deliveries
            WHERE account_id = \(webhook.account) AND webhook_id = \(webhook.id) AND state = 'pending'
              AND next_at <= \(now)
            ORDER BY next_at, id LIMIT \(most)
            """
        ).map(WebhookDelivery.init)
        let events = try SealedEvent.at(due.compactMap(\.position), account: webhook.account, in: tx)
        return due.map { one in
            let event = one.position.flatMap { events[$0] }
            // A backup that was restored elsewhere may hold another event at that place.
            let isSame = one.position == nil || event?.id == one.event
            return Message(delivery: one, body: isSame ? one.body(event) : nil)
        }
    }

    /// Writes how a try ended; with `isLast` the webhook is free for others. False where the claim was lost,
    /// and then nothing is written.
    func settle(
        _ message: Message, _ ended: DeliveryTry, isLast: Bool, world: World, in tx: any Connection
    ) throws -> Bool {
        let now = world.now(), isDelivered = ended.outcome == .delivered
        guard var webhook = try held(in: tx) else { return false }
        let disabling = webhook.hear(ended, at: now)
        let rest: Timestamp? =
            isDelivered ? nil : now + (ended.retryAfter ?? Webhook.rest(after: webhook.failures))
        try tx.run(
            """
            UPDATE webhooks SET failures = \(webhook.failures), failing_since = \(webhook.failingSince),
              resting_until = \(rest), last_outcome = \(ended.outcome), last_status = \(ended.status),
              last_reason = \(ended.reason), last_tried_at = \(now),
              last_delivered_at = CASE WHEN \(isDelivered) THEN \(now) ELSE last_delivered_at END,
              state = \(webhook.state), disabled_because = \(webhook.disabledBecause)
            WHERE account_id = \(webhook.account) AND id = \(webhook.id)
            """)
        try note(ended, on: message.delivery, world: world, in: tx)
        if let disabling {
            try webhook.tell(
                .webhookDisabled, by: .system, payload: ["reason": .string(disabling.rawValue)], world: world,
                in: tx)
        }
        if isLast { try webhook.letGo(at: now, in: tx) }
        return true
    }

    private func held(in tx: any Connection) throws -> Webhook? {
        try tx.run(
            """
            SELECT \(Webhook.columns) FROM webhooks
            WHERE account_id = \(webhook.account) AND id = \(webhook.id) AND claim_id = \(claim) \(.forUpdate)
            """
        ).first.map { try Webhook($0) }
    }

    private func note(
        _ ended: DeliveryTry, on delivery: WebhookDelivery, world: World, in tx: any Connection
    ) throws {
        let now = world.now(), draw = world.random, attempts = delivery.attempts + 1
        var next = WebhookDelivery.next(after: attempts, chance: draw(1)[0], at: now)
        if let known = next, let asked = ended.retryAfter { next = max(known, now + asked) }
        let state: WebhookDelivery.State =
            ended.outcome == .delivered
            ? .delivered : ended.outcome == .gone || next == nil ? .failed : .pending
        // Somebody may have replayed it meanwhile; this try counts for that.
        try tx.run(
            """
            UPDATE webhook_deliveries SET state = \(state), attempts = \(attempts),
              next_at = \(state == .pending ? next ?? now : now), last_outcome = \(ended.outcome),
              last_status = \(ended.status), last_reason = \(ended.reason), last_tried_at = \(now)
            WHERE account_id = \(delivery.account) AND id = \(delivery.id)
            """)
    }
}

extension Webhook {
    /// Nobody works on it any more. Its next turn is when something that waits is due and its rest is over.
    fileprivate func letGo(at now: Timestamp, in tx: any Connection) throws {
        let next = try tx.run(
            """
            SELECT MIN(next_at) AS next_at FROM webhook_deliveries
            WHERE account_id = \(account) AND webhook_id = \(id) AND state = 'pending'
            """
        ).first?.optionalTimestamp("next_at")
        let turn = state == .active ? next : nil
        try tx.run(
            """
            UPDATE webhooks SET claim_id = NULL,
              turn_at = CASE WHEN resting_until > \(turn) THEN resting_until ELSE \(turn) END
            WHERE account_id = \(account) AND id = \(id)
            """)
    }

    /// For who knows that every sender of this database is gone: nobody need wait for their leases to end.
    package static func endClaims(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            "UPDATE webhooks SET turn_at = \(now) WHERE claim_id IS NOT NULL -- every account")
    }

    /// Counts what a try says of the address as a whole; why it is disabled where it is by this.
    fileprivate mutating func hear(_ ended: DeliveryTry, at now: Timestamp) -> Disabling? {
        guard ended.outcome != .delivered else {
            (failures, failingSince) = (0, nil)
            return nil
        }
        failures += 1
        let since = failingSince ?? now
        failingSince = since
        guard state == .active else { return nil }
        let reason: Disabling? =
            ended.outcome == .gone ? .gone : now - since >= Self.patience ? .failing : nil
        if let reason { (state, disabledBecause) = (.disabled, reason) }
        return reason
    }
}
