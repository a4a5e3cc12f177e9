package import Database
import Formats
package import Kernel
package import Ledger
import Web

extension EventKind {
    package static let askRuleCreated = EventKind("ask_rule.created")
    package static let askRuleChanged = EventKind("ask_rule.changed")
    package static let askRulePaused = EventKind("ask_rule.paused")
    package static let askRuleResumed = EventKind("ask_rule.resumed")
}

extension AskRule {
    private static let columns: SQL = """
        r.id, r.account_id, r.name, r.state, r.version, r.active_since, r.created_at, r.updated_at,
        v.definition
        """
    private static let tables: SQL =
        "ask_rules r JOIN ask_rule_versions v ON v.rule_id = r.id AND v.version = r.version"

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        name = try row.text("name")
        state = try row.value("state")
        version = try row.int("version")
        activeSince = try row.timestamp("active_since")
        createdAt = try row.timestamp("created_at")
        updatedAt = try row.timestamp("updated_at")
        definition = try AskRuleDefinition(stored: row.text("definition"))
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> AskRule {
        let rows = try tx.run(
            "SELECT \(columns) FROM \(tables) WHERE r.account_id = \(account) AND r.id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try AskRule(row)
    }

    /// What the team calls those of `ids` that the account has.
    package static func names(
        of ids: [ID], account: Int64, in tx: any Connection
    ) throws -> [ID: String] {
        if ids.isEmpty { return [:] }
        return try tx.run(
            "SELECT id, name FROM ask_rules WHERE account_id = \(account) AND id IN \(list: ids) LIMIT 1000"
        ).reduce(into: [:]) { names, row in try names[row.id("id")] = row.text("name") }
    }

    /// Newest first. `before` is the last one of the page before.
    package static func list(
        account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [AskRule] {
        try tx.run(
            """
            SELECT \(columns) FROM \(tables)
            WHERE r.account_id = \(account) AND r.id < \(before?.number ?? Int64.max)
            ORDER BY r.id DESC LIMIT \(limit)
            """
        ).map(AskRule.init)
    }

    /// Those at work that ask about one of `events`, the oldest first.
    package static func active(
        about events: [String], account: Int64, in tx: any Connection
    ) throws -> [AskRule] {
        if events.isEmpty { return [] }
        return try tx.run(
            """
            SELECT \(columns) FROM \(tables)
            WHERE r.account_id = \(account) AND r.event IN \(list: events) AND r.state = 'active'
            ORDER BY r.id LIMIT \(most)
            """
        ).map(AskRule.init)
    }

    /// Throws `ask-rules-too-many`, and `invalid` for a survey that the account has not.
    package static func create(
        _ name: String, _ definition: AskRuleDefinition, account: Int64, by actor: Actor, world: World,
        at now: Timestamp, in tx: any Connection
    ) throws -> AskRule {
        try definition.requireSurvey(account: account, in: tx)
        let known = try tx.run(
            "SELECT id FROM ask_rules WHERE account_id = \(account) ORDER BY id LIMIT \(most)")
        if known.count >= most { throw DomainError.tooManyAskRules }
        let rule = AskRule(
            id: world.id(), account: account, name: name, state: .active, version: 1, definition: definition,
            activeSince: now, createdAt: now, updatedAt: now)
        try tx.run(
            """
            INSERT INTO ask_rules (id, account_id, survey_id, name, event, state, version, active_since,
              created_at, updated_at)
            VALUES (\(rule.id), \(account), \(definition.survey), \(name), \(definition.event),
              \(rule.state), 1, \(now), \(now), \(now))
            """)
        try rule.putVersion(by: actor, in: tx)
        try rule.tell(.askRuleCreated, by: actor, world: world, at: now, in: tx)
        return rule
    }

    /// Writes what `before` was turned into; a changed definition is a new version.
    package func save(
        over before: AskRule, by actor: Actor, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> AskRule {
        if self == before { return before }
        var saved = self
        saved.updatedAt = now
        if definition != before.definition {
            saved.version = before.version + 1
            if definition.survey != before.definition.survey {
                try definition.requireSurvey(account: account, in: tx)
            }
        }
        // What happened while it stood still is not asked about later.
        if saved.state == .active, before.state == .paused { saved.activeSince = now }
        try tx.run(
            """
            UPDATE ask_rules SET name = \(saved.name), survey_id = \(definition.survey),
              event = \(definition.event), state = \(saved.state), version = \(saved.version),
              active_since = \(saved.activeSince), updated_at = \(now)
            WHERE account_id = \(account) AND id = \(id)
            """)
        if saved.version != before.version { try saved.putVersion(by: actor, in: tx) }
        if saved.version != before.version || saved.name != before.name {
            try saved.tell(.askRuleChanged, by: actor, world: world, at: now, in: tx)
        }
        if saved.state != before.state {
            let kind: EventKind = saved.state == .active ? .askRuleResumed : .askRulePaused
            try saved.tell(kind, by: actor, world: world, at: now, in: tx)
        }
        return saved
    }

    /// Takes away the rules of surveys that are taken away, with all that they decided.
    static func remove(about surveys: SQL, account: Int64, in tx: any Connection) throws {
        let rules: SQL =
            "SELECT id FROM ask_rules WHERE account_id = \(account) AND survey_id IN (\(surveys))"
        try tx.run("DELETE FROM ask_decisions WHERE account_id = \(account) AND rule_id IN (\(rules))")
        try tx.run("DELETE FROM ask_rule_days WHERE account_id = \(account) AND rule_id IN (\(rules))")
        try tx.run("DELETE FROM ask_rule_rounds WHERE account_id = \(account) AND rule_id IN (\(rules))")
        try tx.run("DELETE FROM ask_rule_versions WHERE account_id = \(account) AND rule_id IN (\(rules))")
        try tx.run("DELETE FROM ask_rules WHERE account_id = \(account) AND survey_id IN (\(surveys))")
    }

    private func putVersion(by actor: Actor, in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO ask_rule_versions (rule_id, version, account_id, survey_id, definition, made_by,
              created_at)
            VALUES (\(id), \(version), \(account), \(definition.survey),
              \(JSONValue.object(definition.json).text), \(actor.description), \(updatedAt))
            """)
    }

    private func tell(
        _ kind: EventKind, by actor: Actor, world: World, at now: Timestamp, in tx: any Connection
    ) throws {
        try Ledger.append(
            kind, about: id.number, by: actor,
            payload: [
                "survey": .id(definition.survey), "version": .integer(Int64(version)),
            ], id: world.newID(), account: account, at: now, in: tx)
    }
}

extension AskRuleDefinition {
    fileprivate func requireSurvey(account: Int64, in tx: any Connection) throws {
        guard try !Survey.names(of: [survey], account: account, in: tx).isEmpty else {
            throw DomainError.invalid("/survey", "not-found")
        }
    }
}

/// One version of a rule: what it said from when on.
package struct AskRuleVersion: Equatable, Sendable {
    package let rule: AskRule.ID
    package let name: String
    package let version: Int
    package let definition: AskRuleDefinition
    package let createdAt: Timestamp

    private init(_ row: Row) throws {
        rule = try row.id("rule_id")
        name = try row.text("name")
        version = try row.int("version")
        definition = try AskRuleDefinition(stored: row.text("definition"))
        createdAt = try row.timestamp("created_at")
    }

    /// All of one rule, the newest first.
    package static func all(
        of rule: AskRule.ID, account: Int64, limit: Int, in tx: any Connection
    ) throws -> [AskRuleVersion] {
        try tx.run(
            """
            SELECT v.rule_id, r.name, v.version, v.definition, v.created_at
            FROM ask_rule_versions v JOIN ask_rules r ON r.id = v.rule_id
            WHERE v.account_id = \(account) AND v.rule_id = \(rule) ORDER BY v.version DESC LIMIT \(limit)
            """
        ).map(AskRuleVersion.init)
    }

    /// Those that asked about a survey, made within a span of time, the oldest first.
    package static func made(
        about survey: Survey.ID, from start: Timestamp, to end: Timestamp, account: Int64, limit: Int,
        in tx: any Connection
    ) throws -> [AskRuleVersion] {
        try tx.run(
            """
            SELECT v.rule_id, r.name, v.version, v.definition, v.created_at
            FROM ask_rule_versions v JOIN ask_rules r ON r.id = v.rule_id
            WHERE v.account_id = \(account) AND v.survey_id = \(survey) AND v.created_at >= \(start)
              AND v.created_at < \(end)
            ORDER BY v.created_at, v.rule_id LIMIT \(limit)
            """
        ).map(AskRuleVersion.init)
    }
}
