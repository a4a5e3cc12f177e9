package import Database
import Formats
package import Kernel
package import Ledger

extension EventKind {
    package static let calendarChanged = EventKind("calendar.changed")
}

extension BusinessCalendar {
    /// The hours of an account, in its own zone; the usual ones where none were set.
    package static func find(account: Account.ID, in tx: any Connection) throws -> BusinessCalendar {
        let zone = try Account.find(account, in: tx).zone
        let row = try tx.run("SELECT definition FROM business_calendars WHERE account_id = \(account)").first
        guard let row else { return .usual(in: zone) }
        return try BusinessCalendar(definition: JSONValue(parsing: row.text("definition")), zone: zone)
    }

    package func save(account: Account.ID, by actor: Actor, world: World, in tx: any Connection) throws {
        let now = world.now()
        try tx.run(
            """
            INSERT INTO business_calendars (account_id, definition, updated_at)
            VALUES (\(account), \(definition.text), \(now))
            ON CONFLICT (account_id) DO UPDATE
            SET definition = excluded.definition, updated_at = excluded.updated_at
            """)
        try Ledger.append(
            .calendarChanged, about: account.number, by: actor, id: world.newID(), account: account.number,
            at: now,
            in: tx)
    }
}
