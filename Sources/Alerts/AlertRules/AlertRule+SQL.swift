import Accounts
package import Database
import Formats
import Kernel
package import Ledger
import Surveys
import Web

extension EventKind {
    package static let alertRuleMade = EventKind("alert.made")
    package static let alertRuleChanged = EventKind("alert.changed")
    package static let alertRuleRemoved = EventKind("alert.removed")
}

extension AlertRule {
    private static let columns: SQL = """
        id, account_id, name, survey_id, conditions, quiet_hours, destination, members, sealed_url,
        sealed_secret, host, hook_key, enabled, created_at, updated_at
        """

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        name = try row.text("name")
        survey = try row.optionalID("survey_id")
        var when = try JSONInput(JSONValue(parsing: row.text("conditions")), path: "")
        conditions = AlertConditions(&when)
        let hours = try JSONValue(parsing: row.text("quiet_hours"))
        quietHours = QuietHours(from: hours["from"]?.string ?? "", to: hours["to"]?.string ?? "")
        destination = try row.value("destination")
        members = try row.text("members").split(separator: " ").compactMap { Int64($0).map { Member.ID($0) } }
        if let url = try row.optionalText("sealed_url"), let host = try row.optionalText("host"),
            let key = try row.optionalText("hook_key")
        {
            hook = Hook(
                sealedURL: url, sealedSecret: try row.optionalText("sealed_secret"), host: host, key: key)
        }
        isEnabled = try row.bool("enabled")
        createdAt = try row.timestamp("created_at")
        updatedAt = try row.timestamp("updated_at")
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> AlertRule {
        let rows = try tx.run(
            "SELECT \(columns) FROM alert_rules WHERE account_id = \(account) AND id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try AlertRule(row)
    }

    /// Newest first.
    package static func list(
        account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [AlertRule] {
        try tx.run(
            """
            SELECT \(columns) FROM alert_rules
            WHERE account_id = \(account) AND id < \(before?.number ?? Int64.max)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(AlertRule.init)
    }

    private var written: (members: String, hours: String) {
        (members.map { String($0.number) }.joined(separator: " "), quietHours?.json.text ?? "{}")
    }

    func insert(by actor: Actor, world: World, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO alert_rules (\(Self.columns))
            VALUES (\(id), \(account), \(name), \(survey), \(conditions.json.text), \(written.hours),
              \(destination), \(written.members), \(hook?.sealedURL), \(hook?.sealedSecret), \(hook?.host),
              \(hook?.key), \(isEnabled), \(createdAt), \(updatedAt))
            """)
        try tell(.alertRuleMade, by: actor, world: world, in: tx)
    }

    func save(by actor: Actor, world: World, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE alert_rules SET name = \(name), survey_id = \(survey),
              conditions = \(conditions.json.text), quiet_hours = \(written.hours),
              destination = \(destination), members = \(written.members), sealed_url = \(hook?.sealedURL),
              sealed_secret = \(hook?.sealedSecret), host = \(hook?.host), hook_key = \(hook?.key),
              enabled = \(isEnabled), updated_at = \(updatedAt)
            WHERE account_id = \(account) AND id = \(id)
            """)
        try tell(.alertRuleChanged, by: actor, world: world, in: tx)
    }

    /// With what it has told and would have told.
    func remove(by actor: Actor, world: World, in tx: any Connection) throws {
        try tx.run("DELETE FROM alerts WHERE account_id = \(account) AND rule_id = \(id)")
        try tx.run("DELETE FROM alert_rules WHERE account_id = \(account) AND id = \(id)")
        try tell(.alertRuleRemoved, by: actor, world: world, in: tx)
    }

    private func tell(_ kind: EventKind, by actor: Actor, world: World, in tx: any Connection) throws {
        try Ledger.append(
            kind, about: id.number, by: actor, id: world.newID(), account: account, at: world.now(), in: tx)
    }
}
