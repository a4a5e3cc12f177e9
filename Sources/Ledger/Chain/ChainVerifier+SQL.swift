import Database

extension ChainVerifier {
    static func head(_ account: Int64, in tx: any Connection) throws -> Head {
        let head = try tx.run("SELECT position, link FROM ledger_heads WHERE account_id = \(account)").first
        return Head(position: try head?.int("position") ?? 0, link: try head?.text("link") ?? "")
    }

    static func page(
        _ account: Int64, _ after: Int, through last: Int, limit: Int, in tx: any Connection
    ) throws -> Page {
        let events = try tx.run(
            """
            SELECT \(SealedEvent.columns) FROM events
            WHERE account_id = \(account) AND position > \(after) AND position <= \(last)
            ORDER BY position LIMIT \(limit)
            """
        ).map { (position: try $0.int("position"), event: try? SealedEvent($0)) }
        let links = try tx.run(
            """
            SELECT position, link FROM ledger_links
            WHERE account_id = \(account) AND position > \(after)
              AND position <= \(events.last?.position ?? after)
            ORDER BY position LIMIT \(limit)
            """
        ).map { (try $0.int("position"), try $0.text("link")) }
        return Page(events: events, links: Dictionary(links) { first, _ in first })
    }

    /// One look, one snapshot: a sealer moves events and head together.
    static func eventBeyondHead(_ account: Int64, in tx: any Connection) throws -> Int? {
        try tx.run(
            """
            SELECT MIN(position) AS position FROM events
            WHERE account_id = \(account) AND position > COALESCE(
              (SELECT position FROM ledger_heads WHERE account_id = \(account)), 0)
            """
        ).first?.optionalInt("position")
    }
}
