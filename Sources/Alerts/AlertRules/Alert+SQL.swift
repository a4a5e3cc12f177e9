import Accounts
package import Database
package import Kernel
import Surveys

/// One answer on its way to one member or robot, because of one rule. Several may leave as one message.
package struct Alert: Noun, Sendable {
    package static let idPrefix = "alt"
    package typealias ID = Identifier<Alert>

    let id: ID
    let account: Int64
    let rule: AlertRule.ID
    /// `nil` of a message that tries the way.
    let response: SurveyResponse.ID?
    /// 0 for a robot.
    let recipient: Int64
    /// True where it was held back, and leaves with the others that were.
    let isGathered: Bool
    let attempts: Int
    let expiresAt: Timestamp
}

extension Alert {
    private static let columns: SQL =
        "a.id, a.account_id, a.rule_id, a.response_id, a.recipient_id, a.gathered, a.attempts, a.expires_at"

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        rule = try row.id("rule_id")
        response = try row.optionalID("response_id")
        recipient = try row.int64("recipient_id")
        isGathered = try row.bool("gathered")
        attempts = try row.int("attempts")
        expiresAt = try row.timestamp("expires_at")
    }

    /// Nothing is planned twice, however often the rule looks.
    static func plan(
        _ response: SurveyResponse.ID?, by rule: AlertRule, heldUntil: Timestamp?, world: World,
        at now: Timestamp, in tx: any Connection
    ) throws {
        let recipients = rule.destination == .members ? rule.members.map(\.number) : [0]
        let sendAt = heldUntil ?? now
        for recipient in recipients {
            try tx.run(
                """
                INSERT INTO alerts (id, account_id, rule_id, response_id, recipient_id, state, gathered,
                  attempts, send_at, expires_at, created_at)
                VALUES (\(world.newID()), \(rule.account), \(rule.id), \(response), \(recipient), 'planned',
                  \(heldUntil != nil), 0, \(sendAt), \(sendAt + AlertRule.newsworthy), \(now))
                ON CONFLICT (account_id, response_id, rule_id, recipient_id) DO NOTHING
                """)
        }
    }

    static func anyDue(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run(
            "SELECT id FROM alerts WHERE state = 'planned' AND send_at <= \(now) LIMIT 1 -- every account"
        ).isEmpty
    }

    /// Rules and recipients for which something is due, who has waited longest first. One to whom a message
    /// is on its way gets no second one meanwhile: whoever is slow keeps nobody but itself waiting.
    static func waiting(
        at now: Timestamp, limit: Int, in tx: any Connection
    ) throws -> [(account: Int64, rule: AlertRule.ID, recipient: Int64)] {
        try tx.run(
            """
            SELECT a.account_id, a.rule_id, a.recipient_id FROM alerts a
            WHERE a.state = 'planned' AND a.send_at <= \(now) AND NOT EXISTS (
              SELECT s.id FROM alerts s WHERE s.state = 'sending' AND s.rule_id = a.rule_id
                AND s.recipient_id = a.recipient_id)
            GROUP BY a.account_id, a.rule_id, a.recipient_id
            ORDER BY MIN(a.send_at), a.rule_id, a.recipient_id LIMIT \(limit) -- every account
            """
        ).map { (try $0.int64("account_id"), try $0.id("rule_id"), try $0.int64("recipient_id")) }
    }

    /// What is due there, oldest first.
    static func due(
        for recipient: Int64, of rule: AlertRule, at now: Timestamp, limit: Int, in tx: any Connection
    ) throws -> [Alert] {
        try tx.run(
            """
            SELECT \(columns) FROM alerts a
            WHERE a.account_id = \(rule.account) AND a.rule_id = \(rule.id) AND a.state = 'planned'
              AND a.recipient_id = \(recipient) AND a.send_at <= \(now)
            ORDER BY a.id LIMIT \(limit) \(.skipLocked)
            """
        ).map(Alert.init)
    }

    /// They never left, and will not.
    static func withdraw(
        _ ids: [ID], account: Int64, because reason: String, at now: Timestamp, in tx: any Connection
    ) throws {
        if ids.isEmpty { return }
        try tx.run(
            """
            UPDATE alerts SET state = 'withdrawn', reason = \(reason), settled_at = \(now)
            WHERE account_id = \(account) AND id IN \(list: ids) AND state = 'planned'
            """)
    }

    /// Too many at once: they wait for each other, and leave together.
    static func gather(
        _ ids: [ID], account: Int64, until moment: Timestamp, in tx: any Connection
    ) throws {
        if ids.isEmpty { return }
        try tx.run(
            """
            UPDATE alerts SET gathered = \(true), send_at = \(moment)
            WHERE account_id = \(account) AND id IN \(list: ids) AND state = 'planned'
            """)
    }

    static func take(
        _ ids: [ID], account: Int64, claim: Int64, until lease: Timestamp, in tx: any Connection
    ) throws {
        try tx.run(
            """
            UPDATE alerts SET state = 'sending', attempts = attempts + 1, claim_id = \(claim),
              leased_until = \(lease)
            WHERE account_id = \(account) AND id IN \(list: ids) AND state = 'planned'
            """)
    }

    static func anyExpired(at now: Timestamp, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM alerts WHERE state = 'sending' AND leased_until <= \(now) LIMIT 1 -- every account
            """
        ).isEmpty
    }

    static func giveUpExpired(at now: Timestamp, in tx: any Connection) throws -> Int {
        try tx.run(
            """
            UPDATE alerts SET state = 'uncertain', settled_at = \(now),
              reason = 'the sender stopped while it was on its way'
            WHERE id IN (
              SELECT id FROM alerts WHERE state = 'sending' AND leased_until <= \(now) LIMIT 100)
            RETURNING id -- every account
            """
        ).count
    }

    /// What a restored backup holds as planned may have left since.
    package static func distrust(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE alerts SET state = 'uncertain', settled_at = \(now), leased_until = NULL,
              reason = 'restored from a backup'
            WHERE state IN ('planned', 'sending') -- every account
            """)
    }

    /// For who knows that every sender of this database is gone.
    package static func endLeases(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE alerts SET leased_until = \(now) WHERE state = 'sending' AND leased_until > \(now)
            -- every account
            """)
    }
}

/// How it went, for the page.
struct AlertDelivery: Sendable {
    enum State: String, Sendable, CaseIterable {
        case planned, sending, sent, failed, uncertain, withdrawn
    }

    let response: SurveyResponse.ID?
    let state: State
    let reason: String?
    let at: Timestamp

    /// Of one rule, newest first.
    static func last(
        of rule: AlertRule.ID, account: Int64, limit: Int, in tx: any Connection
    ) throws -> [AlertDelivery] {
        try tx.run(
            """
            SELECT response_id, state, reason, COALESCE(settled_at, send_at) AS moment FROM alerts
            WHERE account_id = \(account) AND rule_id = \(rule) ORDER BY id DESC LIMIT \(limit)
            """
        ).map { row in
            AlertDelivery(
                response: try row.optionalID("response_id"), state: try row.value("state"),
                reason: try row.optionalText("reason"), at: try row.timestamp("moment"))
        }
    }
}
