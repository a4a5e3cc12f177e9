package import Database
package import Formats
package import Kernel

extension Ledger {
    /// Writes an event in the transaction of the change that it tells of. The sealer gives it its place
    /// later.
    ///
    /// `payload` holds ids, kinds and the names of changed fields, never a person's name, address or words.
    package static func append(
        _ kind: EventKind, about subject: Int64, customer: Int64? = nil, by actor: Actor,
        payload: JSONObject = [:],
        id: Int64, account: Int64, at now: Timestamp, in tx: any Connection
    ) throws {
        let event = NewEvent(
            kind, about: subject, customer: customer, by: actor, payload: payload, id: id, account: account,
            at: now)
        try append([event], in: tx)
    }

    /// The same for several, in the order of their ids.
    package static func append(_ events: [NewEvent], in tx: any Connection) throws {
        var rows = NewRows(
            "unsealed_events",
            [
                ("account_id", .integer), ("id", .integer), ("kind", .text), ("subject_id", .integer),
                ("customer_id", .integer), ("actor", .text), ("payload", .text), ("happened_at", .integer),
            ])
        for event in events {
            rows.add([
                .of(event.account), .of(event.id), .of(event.kind), .of(event.subject), .of(event.customer),
                .of(event.actor), .of(event.payload), .of(event.happenedAt),
            ])
        }
        try tx.insert(rows)
    }

    /// Since when the oldest event of all accounts waits for its seal; `nil` when none does.
    ///
    /// More than a few seconds means that no follower runs, or that one account's chain cannot go on.
    package static func oldestUnsealed(in tx: any Connection) throws -> Timestamp? {
        var oldest: Timestamp?
        for account in try accountsWithUnsealed(in: tx) {
            let first = try tx.run(
                """
                SELECT happened_at FROM unsealed_events WHERE account_id = \(account) ORDER BY id LIMIT 1
                """)
            guard let moment = try first.first?.timestamp("happened_at") else { continue }
            oldest = min(oldest ?? moment, moment)
        }
        return oldest
    }

    /// Steps from account to account through the index, so that a backlog costs nothing. At most 1,000.
    static func accountsWithUnsealed(in tx: any Connection) throws -> [Int64] {
        try tx.run(
            """
            WITH RECURSIVE waiting (account_id) AS (
              SELECT MIN(account_id) FROM unsealed_events
              UNION ALL
              SELECT (SELECT MIN(u.account_id) FROM unsealed_events u WHERE u.account_id > w.account_id)
              FROM waiting w WHERE w.account_id IS NOT NULL)
            SELECT account_id FROM waiting WHERE account_id IS NOT NULL LIMIT 1000
            """
        ).map { try $0.int64("account_id") }
    }
}
