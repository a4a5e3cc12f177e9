package import Customers
package import Database
import FollowUp
package import Kernel
import Ledger

extension Notice {
    static let columns: SQL =
        "id, account_id, kind, case_id, webhook_id, occasion, recipient_id, send_at"

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        kind = try row.value("kind")
        matter =
            try row.optionalID("webhook_id").map(Matter.webhook) ?? .recovery(row.id("case_id"))
        occasion = try row.int64("occasion")
        recipient = try row.int64("recipient_id")
        sendAt = try row.timestamp("send_at")
    }

    /// Nothing is planned twice, however often the rule that plans it runs.
    static func plan(_ notices: [Notice], at now: Timestamp, in tx: any Connection) throws {
        var rows = NewRows(
            "notices",
            [
                ("id", .integer), ("account_id", .integer), ("kind", .text), ("case_id", .integer),
                ("webhook_id", .integer), ("occasion", .integer), ("recipient_id", .integer),
                ("state", .text), ("attempts", .integer), ("send_at", .integer), ("expires_at", .integer),
                ("created_at", .integer),
            ])
        for one in notices {
            rows.add([
                .of(one.id), .of(one.account), .of(one.kind), .of(one.recovery), .of(one.webhook),
                .of(one.occasion), .of(one.recipient), .of(State.planned), .of(0), .of(one.sendAt),
                .of(one.expiresAt), .of(now),
            ])
        }
        try tx.insert(rows, else: "ON CONFLICT DO NOTHING")
    }

    private var recovery: RecoveryCase.ID? {
        if case .recovery(let id) = matter { id } else { nil }
    }
    private var webhook: Webhook.ID? {
        if case .webhook(let id) = matter { id } else { nil }
    }

    /// It never left, and will not.
    func withdraw(because reason: String, at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE notices SET state = 'withdrawn', reason = \(reason), settled_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND state = 'planned'
            """)
    }

    /// Withdraws what is planned for a person who is erased, and takes the person off what was sent.
    @Sendable package static func forget(
        customer: Customer.ID, account: Int64, in tx: any Connection
    ) throws {
        try tx.run(
            """
            UPDATE notices SET state = CASE WHEN state = 'planned' THEN 'withdrawn' ELSE state END,
              reason = CASE WHEN state = 'planned' THEN 'erased' ELSE reason END, recipient_id = 0
            WHERE account_id = \(account) AND recipient_id = \(customer)
            """)
    }

    static func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM notices WHERE state = 'planned' AND send_at <= \(now) LIMIT 1 -- every account
            """
        ).isEmpty
    }

    /// What is due, the oldest first, each with how often it was tried.
    static func due(
        at now: Timestamp, limit: Int, in tx: any Connection
    ) throws -> [(notice: Notice, attempts: Int)] {
        try tx.run(
            """
            SELECT \(columns), attempts FROM notices WHERE state = 'planned' AND send_at <= \(now)
            ORDER BY send_at, id LIMIT \(limit) \(.skipLocked) -- every account
            """
        ).map { (try Notice($0), try $0.int("attempts")) }
    }

    static func anyExpired(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM notices WHERE state = 'sending' AND leased_until <= \(now) LIMIT 1
            -- every account
            """
        ).isEmpty
    }

    /// Of every account, whose sender is gone: nobody knows whether they left, so they are never sent again.
    static func giveUpExpired(at now: Timestamp, in tx: any Connection) throws -> Int {
        try tx.run(
            """
            UPDATE notices SET state = 'uncertain', settled_at = \(now),
              reason = 'the sender stopped while it was on its way'
            WHERE id IN (
              SELECT id FROM notices WHERE state = 'sending' AND leased_until <= \(now) LIMIT 100)
            RETURNING id -- every account
            """
        ).count
    }

    /// What a restored backup holds as planned may have left since.
    package static func distrust(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE notices SET state = 'uncertain', settled_at = \(now), leased_until = NULL,
              reason = 'restored from a backup'
            WHERE state IN ('planned', 'sending') -- every account
            """)
    }

    /// For who knows that every sender of this database is gone: what was on its way need not wait for its
    /// lease to end.
    package static func endLeases(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE notices SET leased_until = \(now) WHERE state = 'sending' AND leased_until > \(now)
            -- every account
            """)
    }
}
