import Database

/// Whether this node can answer: its database answers.
enum Readiness {
    static func check(in tx: any Connection) throws {
        try tx.run("SELECT COUNT(*) AS n FROM nodes LIMIT 1")
    }
}
