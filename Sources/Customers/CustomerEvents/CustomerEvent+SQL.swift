package import Database
import Formats
package import Kernel
package import Language
package import Ledger

extension EventKind {
    /// The account told of something that happened to a customer.
    package static let customerEventRecorded = EventKind("customer.event_recorded")
}

extension CustomerEvent {
    private static let columns: SQL =
        "id, account_id, customer_id, name, properties, occurred_at, recorded_at"

    private init(_ row: Row) throws {
        id = try row.id("id")
        account = try row.int64("account_id")
        customer = try row.id("customer_id")
        name = try row.text("name")
        properties = try JSONValue(parsing: row.text("properties")).object ?? JSONObject()
        occurredAt = try row.timestamp("occurred_at")
        recordedAt = try row.timestamp("recorded_at")
    }

    /// Finds or makes the customer, as an answer does, and writes what happened. The ledger holds its name
    /// and ids; the properties stay here, for they may say who somebody is.
    package static func record(
        _ input: CustomerEventInput, account: Int64, by actor: Actor, world: World, at now: Timestamp,
        in tx: any Connection
    ) throws -> CustomerEvent {
        var people = try CustomerBook(for: [input.customer], account: account, world: world, at: now, in: tx)
        let change = try hear(input.customer, in: &people)
        try people.write(in: tx)
        let event = CustomerEvent(
            id: world.id(), account: account, customer: change.customer.id, name: input.name,
            properties: input.properties, occurredAt: input.occurredAt ?? now, recordedAt: now)
        try tx.run(
            """
            INSERT INTO customer_events (\(Self.columns))
            VALUES (\(event.id), \(account), \(event.customer), \(event.name),
              \(JSONValue.object(event.properties).text), \(event.occurredAt), \(now))
            """)
        let told = NewEvent(
            .customerEventRecorded, about: event.customer.number, customer: event.customer.number, by: actor,
            payload: ["event": .string(event.name), "customer_event": .string(event.id.description)],
            id: world.newID(), account: account, at: now)
        try Ledger.append(
            [change.event(by: actor, world: world, at: now), told].compactMap(\.self), in: tx)
        return event
    }

    /// The customer stands one level down in the body.
    private static func hear(
        _ customer: CustomerInput, in people: inout CustomerBook
    ) throws(DomainError) -> CustomerChange {
        do {
            return try people.hear(customer, from: .account)
        } catch  where error.kind == .invalid {
            throw .invalid(
                error.fields.map { DomainError.Field("/customer" + $0.pointer, $0.code, $0.values) })
        }
    }

    /// Those of at most 1,000 ids that the account has, in no order.
    package static func find(
        _ ids: [ID], account: Int64, in tx: any Connection
    ) throws -> [CustomerEvent] {
        if ids.isEmpty { return [] }
        return try tx.run(
            """
            SELECT \(columns) FROM customer_events
            WHERE account_id = \(account) AND id IN \(list: ids) LIMIT 1000
            """
        ).map(CustomerEvent.init)
    }

    /// What we heard since `start` under one name, the newest `limit` of it, oldest first.
    package static func named(
        _ name: String, since start: Timestamp, account: Int64, limit: Int, in tx: any Connection
    ) throws -> [CustomerEvent] {
        try tx.run(
            """
            SELECT \(columns) FROM customer_events
            WHERE account_id = \(account) AND name = \(name) AND recorded_at >= \(start)
            ORDER BY recorded_at DESC, id DESC LIMIT \(limit)
            """
        ).map(CustomerEvent.init).reversed()
    }

    /// Which one of its name this was for its customer: 1 for the first.
    package func ordinal(in tx: any Connection) throws -> Int {
        try tx.run(
            """
            SELECT COUNT(*) AS events FROM customer_events
            WHERE account_id = \(account) AND customer_id = \(customer) AND name = \(name)
              AND (occurred_at < \(occurredAt) OR (occurred_at = \(occurredAt) AND id <= \(id)))
            """)[0].int("events")
    }

    /// Names that the account has used, in the order of the alphabet.
    package static func names(account: Int64, limit: Int, in tx: any Connection) throws -> [String] {
        // Steps from name to name through the index.
        try tx.run(
            """
            WITH RECURSIVE known (name, number) AS (
              SELECT MIN(name), 1 FROM customer_events WHERE account_id = \(account)
              UNION ALL
              SELECT (SELECT MIN(e.name) FROM customer_events e
                WHERE e.account_id = \(account) AND e.name > k.name), k.number + 1
              FROM known k WHERE k.name IS NOT NULL AND k.number < \(limit))
            SELECT name FROM known WHERE name IS NOT NULL ORDER BY name LIMIT \(limit)
            """
        ).map { try $0.text("name") }
    }

    /// The words of an erased person go with them.
    static func forget(customer: Customer.ID, account: Int64, in tx: any Connection) throws {
        try tx.run(
            "DELETE FROM customer_events WHERE account_id = \(account) AND customer_id = \(customer)")
    }

    /// What happened, by the account's own word for it.
    @Sendable package static func details(
        of events: [SealedEvent], _: Int64, _ messages: Messages, _: any Connection
    ) throws -> [Int64: EventDetail] {
        var details: [Int64: EventDetail] = [:]
        for event in events where event.kind == .customerEventRecorded {
            guard let name = (try? event.payload)?["event"]?.string else { continue }
            let key = "event.customer.event_recorded.what"
            details[event.id] = EventDetail(text: messages(key, ["event": .string(name)]))
        }
        return details
    }
}
