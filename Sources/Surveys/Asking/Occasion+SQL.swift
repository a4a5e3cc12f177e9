import Customers
import Database
import Formats
import Kernel
import Ledger

extension Occasion {
    /// The name under which rules know a sealed event.
    static func name(of event: SealedEvent) -> String? {
        guard event.kind == .customerEventRecorded else { return event.kind.rawValue }
        return (try? event.payload)?["event"]?.string
    }

    /// What some sealed events are to rules; those about nobody, or about somebody erased since, are nothing.
    static func among(
        _ events: [SealedEvent], counted: Bool, account: Int64, in tx: any Connection
    ) throws -> [Occasion] {
        let ids = events.compactMap { event in
            event.kind == .customerEventRecorded
                ? (try? event.payload)?["customer_event"]?.string.flatMap { CustomerEvent.ID($0) } : nil
        }
        let told = Dictionary(
            uniqueKeysWithValues: try CustomerEvent.find(ids, account: account, in: tx).map { ($0.id, $0) })
        return try events.compactMap { event in
            guard let customer = event.customer, let name = name(of: event) else { return nil }
            let payload = (try? event.payload) ?? [:]
            guard event.kind == .customerEventRecorded else {
                let ordinal = counted ? try ordinal(of: event, in: tx) : 0
                return Occasion(
                    key: Key(number: event.id), customer: Customer.ID(customer), event: name,
                    properties: payload, occurredAt: event.happenedAt, heardAt: event.happenedAt,
                    ordinal: ordinal)
            }
            guard let id = payload["customer_event"]?.string.flatMap({ CustomerEvent.ID($0) }),
                let known = told[id]
            else { return nil }
            return try Occasion(known, counted: counted, in: tx)
        }
    }

    init(_ event: CustomerEvent, counted: Bool, in tx: any Connection) throws {
        self.init(
            key: Key(number: event.id.number), customer: event.customer, event: event.name,
            properties: event.properties, occurredAt: event.occurredAt, heardAt: event.recordedAt,
            ordinal: counted ? try event.ordinal(in: tx) : 0)
    }

    private static func ordinal(of event: SealedEvent, in tx: any Connection) throws -> Int {
        try tx.run(
            """
            SELECT COUNT(*) AS events FROM events
            WHERE account_id = \(event.account) AND customer_id = \(event.customer)
              AND kind = \(event.kind) AND position <= \(event.position)
            """)[0].int("events")
    }
}
