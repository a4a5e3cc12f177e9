import Database

/// Whether this node can answer: its database answers readers and would take a write.
enum Readiness {
    /// The embedded file is closed to writes for good after a failed sync. Asking writes nothing, and goes
    /// the way of a write; one that is only busy is ready.
    static func check(_ database: any Database) async throws {
        try await database.read { tx in try look(in: tx) }
        guard database.dialect == .sqlite else { return }
        do {
            try await database.write { tx in try look(in: tx) }
        } catch is DatabaseBusy {}
    }

    private static func look(in tx: any Connection) throws {
        try tx.run("SELECT COUNT(*) AS n FROM nodes LIMIT 1")
    }
}
