package import Database
package import Kernel
package import Ledger
package import Web

extension EventKind {
    package static let tokenMade = EventKind("token.made")
    package static let tokenRevoked = EventKind("token.revoked")
}

extension APIToken {
    private static let columns: SQL = "id, account_id, name, scopes, created_at, last_used_at"

    init(_ row: Row) throws {
        id = try row.id("id")
        accountID = try row.id("account_id")
        name = try row.text("name")
        permissions = Set(scopes: try row.text("scopes"))
        createdAt = try row.timestamp("created_at")
        lastUsedAt = try row.optionalTimestamp("last_used_at")
    }

    /// Makes a token and returns its secret, which is shown once and stored nowhere. Without scopes it may do
    /// what an owner may.
    package static func make(
        name: String, scopes: Set<Permission>, account: Account.ID, by actor: Actor, world: World,
        in tx: any Connection
    ) throws -> (token: APIToken, secret: String) {
        let secret = mark + world.secretToken(), now = world.now(), id: ID = world.id()
        let maker: Int64? = if case .member(let member) = actor { member } else { nil }
        try tx.run(
            """
            INSERT INTO api_tokens (id, account_id, name, token_hash, scopes, made_by, created_at)
            VALUES (\(id), \(account), \(name), \(SecretHash.of(secret)), \(scopes.scopes), \(maker), \(now))
            """)
        try Ledger.append(
            .tokenMade, about: id.number, by: actor, id: world.newID(), account: account.number, at: now,
            in: tx)
        let token = APIToken(
            id: id, accountID: account, name: name, permissions: Set(scopes: scopes.scopes), createdAt: now,
            lastUsedAt: nil)
        return (token, secret)
    }

    /// With as much of its account as each request wants to know.
    static func find(
        secret: String, in tx: any Connection
    ) throws -> (token: APIToken, accountName: String, timeZone: String)? {
        try tx.run(
            """
            SELECT t.id, t.account_id, t.name, t.scopes, t.created_at, t.last_used_at,
              a.name AS account_name, a.time_zone
            FROM api_tokens t JOIN accounts a ON a.id = t.account_id
            WHERE t.token_hash = \(SecretHash.of(secret)) AND t.revoked_at IS NULL
            """
        ).first.map { (try APIToken($0), try $0.text("account_name"), try $0.text("time_zone")) }
    }

    /// Tokens of the account that still open doors, newest first.
    package static func list(account: Account.ID, limit: Int, in tx: any Connection) throws -> [APIToken] {
        try tx.run(
            """
            SELECT \(columns) FROM api_tokens WHERE account_id = \(account) AND revoked_at IS NULL
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(APIToken.init)
    }

    /// Throws not-found for one of another account and for one that is revoked already.
    static func revoke(
        _ id: ID, account: Account.ID, by actor: Actor, world: World, in tx: any Connection
    ) throws {
        let rows = try tx.run(
            """
            UPDATE api_tokens SET revoked_at = \(world.now())
            WHERE id = \(id) AND account_id = \(account) AND revoked_at IS NULL RETURNING id
            """)
        if rows.isEmpty { throw DomainError.notFound }
        try Ledger.append(
            .tokenRevoked, about: id.number, by: actor, id: world.newID(), account: account.number,
            at: world.now(),
            in: tx)
    }

    func touch(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            "UPDATE api_tokens SET last_used_at = \(now) WHERE id = \(id) AND account_id = \(accountID)")
    }
}
