package import Database
import Formats
package import Kernel
package import Ledger

extension EventKind {
    package static let customerCreated = EventKind("customer.created")
    package static let customerChanged = EventKind("customer.changed")
    package static let customerErased = EventKind("customer.erased")
}

extension CustomerChange {
    /// Writes it and says so. Nothing happens where nothing changes.
    package func write(by actor: Actor, world: World, at now: Timestamp, in tx: any Connection) throws {
        if isNothing { return }
        try tx.run(
            """
            INSERT INTO customers (id, account_id, external_id, name, language, created_at, updated_at)
            VALUES (\(customer.id), \(customer.account), \(customer.externalID), \(customer.name),
              \(customer.language), \(customer.createdAt), \(customer.updatedAt))
            ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, name = excluded.name,
              language = excluded.language, updated_at = excluded.updated_at
            """)
        for point in newContacts { try put(point, world: world, at: now, in: tx) }
        try putAttributes(in: tx)
        try Ledger.append(
            isNew ? .customerCreated : .customerChanged, about: customer.id.number,
            customer: customer.id.number,
            by: actor, payload: ["fields": .array(changedFields.map { .string($0) })], id: world.newID(),
            account: customer.account, at: now, in: tx)
    }

    /// A new address takes the place of the old one, but for one that must not be written to: that is
    /// remembered.
    private func put(_ point: ContactPoint, world: World, at now: Timestamp, in tx: any Connection) throws {
        if !isNew {
            try tx.run(
                """
                DELETE FROM contact_points
                WHERE account_id = \(customer.account) AND customer_id = \(customer.id)
                  AND kind = \(point.kind) AND suppressed_at IS NULL
                """)
        }
        try tx.run(
            """
            INSERT INTO contact_points (id, account_id, customer_id, kind, value, created_at)
            VALUES (\(world.newID()), \(customer.account), \(customer.id), \(point.kind), \(point.value),
              \(now))
            ON CONFLICT (account_id, kind, value) DO NOTHING
            """)
    }

    private func putAttributes(in tx: any Connection) throws {
        if !removedAttributes.isEmpty {
            try tx.run(
                """
                DELETE FROM customer_attributes WHERE account_id = \(customer.account)
                  AND customer_id = \(customer.id) AND name IN \(list: removedAttributes)
                """)
        }
        if newAttributes.isEmpty { return }
        let rows = newAttributes.map { attribute -> SQL in
            "(\(customer.id), \(customer.account), \(attribute.name), \(attribute.value))"
        }
        try tx.run(
            """
            INSERT INTO customer_attributes (customer_id, account_id, name, value) VALUES \(rows.joined(", "))
            ON CONFLICT (customer_id, name) DO UPDATE SET value = excluded.value
            """)
        let names = newAttributes.map { attribute -> SQL in "(\(customer.account), \(attribute.name))" }
        try tx.run(
            """
            INSERT INTO attribute_names (account_id, name) VALUES \(names.joined(", "))
            ON CONFLICT (account_id, name) DO NOTHING
            """)
    }
}
