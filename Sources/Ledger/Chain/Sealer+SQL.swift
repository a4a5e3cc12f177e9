import Database

extension Sealer {
    /// How many events were sealed. Rows are copied by the database in the order in which they were hashed:
    /// both see one snapshot, so the transaction must be serializable.
    static func seal(_ account: Int64, limit: Int, in tx: any Connection) throws -> Int {
        try tx.run(
            """
            INSERT INTO ledger_heads (account_id, position, link) VALUES (\(account), 0, '')
            ON CONFLICT (account_id) DO NOTHING
            """)
        let heads = try tx.run(
            "SELECT position, link FROM ledger_heads WHERE account_id = \(account) \(.forUpdate)")
        let (start, previous) = (try heads[0].int("position"), try heads[0].text("link"))
        let waiting = try tx.run(
            """
            SELECT account_id, id, kind, subject_id, customer_id, actor, payload, happened_at
            FROM unsealed_events WHERE account_id = \(account) ORDER BY id LIMIT \(limit)
            """
        ).enumerated().map { try SealedEvent($0.element, position: start + $0.offset + 1) }
        guard let last = waiting.last else { return 0 }

        var link = ChainLink(account: account, after: previous)
        for event in waiting { link.add(event) }
        try move(account, through: last, link: link.finish(), onto: start, in: tx)
        return waiting.count
    }

    private static func move(
        _ account: Int64, through last: SealedEvent, link: String, onto start: Int, in tx: any Connection
    ) throws {
        try tx.run(
            """
            INSERT INTO events (\(SealedEvent.columns))
            SELECT account_id, \(start) + ROW_NUMBER() OVER (ORDER BY id), id, kind, subject_id, customer_id,
              actor, payload, happened_at
            FROM unsealed_events WHERE account_id = \(account) AND id <= \(last.id)
            """)
        try tx.run("DELETE FROM unsealed_events WHERE account_id = \(account) AND id <= \(last.id)")
        try tx.run(
            """
            INSERT INTO ledger_links (account_id, position, link)
            VALUES (\(account), \(last.position), \(link))
            """)
        try tx.run(
            """
            UPDATE ledger_heads SET position = \(last.position), link = \(link) WHERE account_id = \(account)
            """)
    }
}
