package import Database
import Formats
package import Kernel
package import Ledger

extension EventKind {
    package static let surveyCreated = EventKind("survey.created")
    package static let surveyChanged = EventKind("survey.changed")
    package static let surveyOpened = EventKind("survey.opened")
    package static let surveyClosed = EventKind("survey.closed")
}

extension Survey {
    private static let columns: SQL = """
        s.id, s.account_id, s.slug, s.name, s.scale, s.method, s.status, s.version, s.sample, s.created_at,
        s.updated_at, v.definition
        """
    private static let tables: SQL =
        "surveys s JOIN survey_versions v ON v.survey_id = s.id AND v.version = s.version"

    init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        slug = try row.text("slug")
        name = try row.text("name")
        scale = try row.value("scale")
        method = try row.value("method")
        status = try row.value("status")
        version = try row.int("version")
        isSample = try row.bool("sample")
        createdAt = try row.timestamp("created_at")
        updatedAt = try row.timestamp("updated_at")
        definition = try SurveyDefinition.stored(as: try row.text("definition"))
    }

    package static func find(_ id: ID, account: Int64, in tx: any Connection) throws -> Survey {
        let rows = try tx.run(
            "SELECT \(columns) FROM \(tables) WHERE s.account_id = \(account) AND s.id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try Survey(row)
    }

    /// The survey at a public address, whoever's it is.
    package static func find(slug: String, in tx: any Connection) throws -> Survey {
        let rows = try tx.run("SELECT \(columns) FROM \(tables) WHERE s.slug = \(slug)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try Survey(row)
    }

    /// What the team calls those of `ids` that the account has.
    package static func names(
        of ids: Set<ID>, account: Int64, in tx: any Connection
    ) throws -> [ID: String] {
        if ids.isEmpty { return [:] }
        let rows = try tx.run(
            """
            SELECT id, name FROM surveys WHERE account_id = \(account) AND id IN \(list: ids.sorted())
            LIMIT 1000
            """)
        return try rows.reduce(into: [:]) { names, row in try names[row.id("id")] = row.text("name") }
    }

    /// What customers read of one version, as it was then.
    package static func definition(
        of id: ID, version: Int, account: Int64, in tx: any Connection
    ) throws -> SurveyDefinition {
        let rows = try tx.run(
            """
            SELECT definition FROM survey_versions
            WHERE account_id = \(account) AND survey_id = \(id) AND version = \(version)
            """)
        guard let row = rows.first else { throw DomainError.notFound }
        return try SurveyDefinition(stored: row.text("definition"))
    }

    /// Newest first. `before` is the last one of the page before.
    package static func list(
        account: Int64, before: ID? = nil, limit: Int, in tx: any Connection
    ) throws -> [Survey] {
        try tx.run(
            """
            SELECT \(columns) FROM \(tables)
            WHERE s.account_id = \(account) AND s.id < \(before?.number ?? Int64.max)
            ORDER BY s.id DESC LIMIT \(limit)
            """
        ).map(Survey.init)
    }

    /// Makes it, open at once. A slug that was asked for and is taken is a conflict; one made from the name
    /// gives way.
    package static func create(
        _ input: SurveyInput, account: Int64, isSample: Bool = false, by actor: Actor, world: World,
        at now: Timestamp,
        in tx: any Connection
    ) throws -> Survey {
        let id: ID = world.id()
        let slug = try input.slug ?? freeSlug(for: input.name, id: id, in: tx)
        let survey = Survey(
            id: id, account: account, slug: slug, name: input.name, scale: input.scale, method: input.method,
            status: .open, version: 1, definition: input.definition, isSample: isSample, createdAt: now,
            updatedAt: now)
        let made = try tx.run(
            """
            INSERT INTO surveys (id, account_id, slug, name, metric, scale, method, status, version, sample,
              created_at, updated_at)
            VALUES (\(id), \(account), \(slug), \(survey.name), \(survey.metric), \(survey.scale),
              \(survey.method), \(survey.status), 1, \(isSample), \(now), \(now))
            ON CONFLICT (slug) DO NOTHING RETURNING id
            """)
        if made.isEmpty { throw DomainError.slugTaken }
        try survey.putVersion(in: tx)
        try survey.tell(.surveyCreated, by: actor, world: world, at: now, in: tx)
        return survey
    }

    private static func freeSlug(for name: String, id: ID, in tx: any Connection) throws -> String {
        let last = String(id.description.dropFirst(Survey.idPrefix.count + 1))
        let base = Slug.make(from: name).map { String($0.prefix(50)) } ?? "survey-\(last)"
        let wishes = [base] + (2...9).map { "\(base)-\($0)" }
        let taken = try tx.run("SELECT slug, account_id FROM surveys WHERE slug IN \(list: wishes)")
            .map { try $0.text("slug") }
        return wishes.first { !taken.contains($0) } ?? "\(base)-\(last)"
    }

    /// Writes what `before` was turned into; a changed definition is a new version.
    package func save(
        over before: Survey, by actor: Actor, world: World, at now: Timestamp, in tx: any Connection
    ) throws -> Survey {
        if self == before { return before }
        var saved = self
        saved.updatedAt = now
        if definition != before.definition { saved.version = before.version + 1 }
        try tx.run(
            """
            UPDATE surveys SET name = \(saved.name), method = \(saved.method), status = \(saved.status),
              version = \(saved.version), updated_at = \(now)
            WHERE account_id = \(account) AND id = \(id)
            """)
        if saved.version != before.version { try saved.putVersion(in: tx) }
        let kind: EventKind =
            saved.status == before.status
            ? .surveyChanged : saved.status == .open ? .surveyOpened : .surveyClosed
        try saved.tell(kind, by: actor, world: world, at: now, in: tx)
        return saved
    }

    private func putVersion(in tx: any Connection) throws {
        try tx.run(
            """
            INSERT INTO survey_versions (survey_id, version, account_id, definition, created_at)
            VALUES (\(id), \(version), \(account), \(JSONValue.object(definition.json).text), \(updatedAt))
            """)
    }

    private func tell(
        _ kind: EventKind, by actor: Actor, world: World, at now: Timestamp, in tx: any Connection
    ) throws {
        try Ledger.append(
            kind, about: id.number, by: actor, payload: ["version": .integer(Int64(version))],
            id: world.newID(),
            account: account, at: now, in: tx)
    }
}

extension Survey {
    /// The one of that id or slug, whoever's it is: for commands, which are given no account.
    package static func named(_ text: String, in tx: any Connection) throws -> Survey {
        guard let id = ID(text) else { return try find(slug: text, in: tx) }
        let rows = try tx.run("SELECT \(columns) FROM \(tables) WHERE s.id = \(id)")
        guard let row = rows.first else { throw DomainError.notFound }
        return try Survey(row)
    }
}
