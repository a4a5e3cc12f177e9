package import Database
import Formats
package import Kernel
package import Language
package import Ledger
import Web

extension EventKind {
    package static let accountMade = EventKind("account.made")
    /// `fields` names what changed; `time_zone` among them makes every local day another.
    package static let accountChanged = EventKind("account.changed")
}

extension Account {
    private static let columns: SQL = """
        id, name, time_zone, language, colour, website, quiet_days, held_out_percent, consent_first,
        created_at
        """

    package init(_ row: Row) throws {
        id = try row.id("id")
        name = try row.text("name")
        timeZone = try row.text("time_zone")
        language = try row.value("language")
        colour = BrandColour(try row.text("colour"))
        website = WebAddress(try row.text("website"))
        quietDays = try row.int("quiet_days")
        heldOutPercent = try row.int("held_out_percent")
        asksConsentFirst = try row.bool("consent_first")
        createdAt = try row.timestamp("created_at")
    }

    package static func find(_ id: ID, in tx: any Connection) throws -> Account {
        guard let row = try tx.run("SELECT \(columns) FROM accounts WHERE id = \(id)").first else {
            throw DomainError.notFound
        }
        return try Account(row)
    }

    /// All accounts of the installation, oldest first.
    package static func list(limit: Int, in tx: any Connection) throws -> [Account] {
        try tx.run("SELECT \(columns) FROM accounts ORDER BY id LIMIT \(limit)").map(Account.init)
    }

    /// At most 2, for a name that several have means none of them.
    static func named(_ name: String, in tx: any Connection) throws -> [Account] {
        try tx.run("SELECT \(columns) FROM accounts WHERE name = \(name) ORDER BY id LIMIT 2").map(
            Account.init)
    }

    /// The account that a command means: the one of that name, or the only one there is.
    ///
    /// Throws `account-unknown` for a name that none or several have, `account-not-named` where there is a
    /// choice, `account-missing` where there is none.
    package static func meant(by name: String?, in tx: any Connection) throws -> Account {
        guard let name else {
            let all = try list(limit: 2, in: tx)
            guard let only = all.first else { throw DomainError(.notFound, "account-missing") }
            guard all.count == 1 else { throw DomainError(.invalid, "account-not-named") }
            return only
        }
        let found = try named(name, in: tx)
        guard found.count == 1 else { throw DomainError(.invalid, "account-unknown", ["name": name]) }
        return found[0]
    }

    package static func make(
        name: String, timeZone: String, language: ReaderLanguage, by actor: Actor, world: World,
        in tx: any Connection
    ) throws -> Account {
        let account = Account(
            id: world.id(), name: name, timeZone: timeZone, language: language, createdAt: world.now())
        try tx.run(
            """
            INSERT INTO accounts (\(columns))
            VALUES (\(account.id), \(name), \(timeZone), \(language), '', '', \(account.quietDays),
              \(account.heldOutPercent), \(account.asksConsentFirst), \(account.createdAt))
            """)
        try Ledger.append(
            .accountMade, about: account.id.number, by: actor, id: world.newID(), account: account.id.number,
            at: account.createdAt, in: tx)
        return account
    }

    /// A further account. Throws `account-taken` where one has the name, for commands name accounts so, and
    /// `invalid` for a name of another length than 1 to 120.
    package static func makeNamed(
        _ name: String, timeZone: String, by actor: Actor, world: World, in tx: any Connection
    ) throws -> Account {
        guard (1...120).contains(name.count), !name.allSatisfy(\.isWhitespace) else {
            throw DomainError.invalid("/name", "missing")
        }
        guard try named(name, in: tx).isEmpty else {
            throw DomainError(.conflict, "account-taken", ["name": name])
        }
        return try make(name: name, timeZone: timeZone, language: .en, by: actor, world: world, in: tx)
    }

    /// Writes what differs from `before`, and an event that names the fields; nothing where nothing does.
    package func save(over before: Account, by actor: Actor, world: World, in tx: any Connection) throws {
        let fields = changes(from: before)
        if fields.isEmpty { return }
        try tx.run(
            """
            UPDATE accounts SET name = \(name), time_zone = \(timeZone), language = \(language),
              colour = \(colour?.hex ?? ""), website = \(website?.description ?? ""),
              quiet_days = \(quietDays), held_out_percent = \(heldOutPercent),
              consent_first = \(asksConsentFirst)
            WHERE id = \(id)
            """)
        try Ledger.append(
            .accountChanged, about: id.number, by: actor,
            payload: ["fields": .array(fields.map { .string($0) })],
            id: world.newID(), account: id.number, at: world.now(), in: tx)
    }
}
