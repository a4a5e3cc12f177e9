import Database

extension Examination {
    /// What the writer's own connection says of commits.
    static func durability(in tx: any Connection) throws -> (isSafe: Bool, says: String) {
        switch tx.dialect {
        case .sqlite:
            let level = try tx.run("PRAGMA synchronous -- sqlite").first?.int("synchronous") ?? 0
            let journal = try tx.run("PRAGMA journal_mode -- sqlite").first?.text("journal_mode") ?? ""
            return (level >= 2 && journal == "wal", "synchronous \(level), journal \(journal)")
        case .postgres:
            let row = try tx.run(
                """
                SELECT current_setting('fsync') AS sync, current_setting('synchronous_commit') AS waits
                -- postgres
                """
            ).first
            let (sync, waits) = (try row?.text("sync") ?? "", try row?.text("waits") ?? "")
            return (sync == "on" && waits != "off", "fsync \(sync), synchronous_commit \(waits)")
        }
    }
}
