import Database
import Formats
package import Kernel
package import Ledger

extension EventKind {
    package static let customerCreated = EventKind("customer.created")
    package static let customerChanged = EventKind("customer.changed")
    package static let customerErased = EventKind("customer.erased")
}

extension CustomerChange {
    /// What the ledger says of it; `nil` where nothing changes.
    package func event(by actor: Actor, world: World, at now: Timestamp) -> NewEvent? {
        if isNothing { return nil }
        var payload: JSONObject = ["fields": .array(changedFields.map { .string($0) })]
        if changedFields.contains("consent") { payload.append("consent", .bool(customer.consentedAt != nil)) }
        return NewEvent(
            isNew ? .customerCreated : .customerChanged, about: customer.id.number,
            customer: customer.id.number, by: actor, payload: payload, id: world.newID(),
            account: customer.account, at: now)
    }

    /// Writes what changed of somebody who is known.
    func write(world: World, at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE customers SET external_id = \(customer.externalID), name = \(customer.name),
              language = \(customer.language), consented_at = \(customer.consentedAt),
              updated_at = \(customer.updatedAt)
            WHERE account_id = \(customer.account) AND id = \(customer.id)
            """)
        for point in newContacts { try put(point, world: world, at: now, in: tx) }
        try putAttributes(in: tx)
    }

    /// A new address takes the place of the old one, but for one that must not be written to: that is
    /// remembered.
    private func put(_ point: ContactPoint, world: World, at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            DELETE FROM contact_points
            WHERE account_id = \(customer.account) AND customer_id = \(customer.id)
              AND kind = \(point.kind) AND suppressed_at IS NULL
            """)
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
    }
}
