package import Database
package import Kernel
package import Web

extension SetupLink {
    /// A new link while the installation has no owner, else `nil`. Earlier ones stay good: another node may
    /// have printed one.
    package static func issueIfNeeded(_ database: any Database, site: Site, world: World) async throws
        -> String?
    {
        if try await database.read({ tx in try Membership.anybodyOwns(in: tx) }) { return nil }
        let token = world.linkToken()
        let issued = try await database.write { tx in
            if try Membership.anybodyOwns(in: tx) { return false }
            try tx.run(
                """
                INSERT INTO setup_links (token_hash, created_at)
                VALUES (\(SecretHash.of(token)), \(world.now()))
                """)
            return true
        }
        return issued ? site.link(path(token)) : nil
    }

    /// Throws not-found for an unknown link, and for every link once there is an owner.
    static func require(_ token: String, in tx: any Connection) throws {
        let rows = try tx.run("SELECT token_hash FROM setup_links WHERE token_hash = \(SecretHash.of(token))")
        if try rows.isEmpty || Membership.anybodyOwns(in: tx) { throw DomainError.notFound }
    }

    /// For good: called with the first owner.
    static func close(in tx: any Connection) throws {
        try tx.run("DELETE FROM setup_links")
    }
}
