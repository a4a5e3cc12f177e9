package import Database
package import Kernel
package import Web

extension Authenticator {
    /// Recognises members by their session and programs by their token, on each request anew: who is removed
    /// or revoked is out with the next one.
    ///
    /// `showsSample` says whether an account holds a generated programme.
    package static func accounts(
        database: any Database, world: World,
        showsSample: @escaping @Sendable (_ account: Int64, any Connection) throws -> Bool = { _, _ in false }
    ) -> Authenticator {
        Authenticator { token in
            try await session(token, database, world, showsSample)
        } bearer: { secret in
            try await bearer(secret, database, world)
        }
    }

    private static func session(
        _ token: String, _ database: any Database, _ world: World,
        _ showsSample: @escaping @Sendable (Int64, any Connection) throws -> Bool
    ) async throws -> Principal? {
        let now = world.now()
        let found = try await database.read { tx -> (OpenSession, Principal)? in
            guard let open = try Session.find(token: token, in: tx), open.session.isOpen(at: now) else {
                return nil
            }
            let accounts = try Membership.accounts(of: open.session.memberID, in: tx)
            let sample = try showsSample(open.session.accountID.number, tx)
            return (open, Principal(open, accounts: accounts, showsSample: sample))
        }
        guard let (open, principal) = found else { return nil }
        if open.session.needsTouch(at: now) {
            later(database) { tx in try open.session.touch(at: now, in: tx) }
        }
        return principal
    }

    private static func bearer(_ secret: String, _ database: any Database, _ world: World) async throws
        -> Principal?
    {
        guard
            let (token, account) = try await database.read({ tx in try APIToken.find(secret: secret, in: tx) }
            )
        else { return nil }
        let now = world.now()
        if token.needsTouch(at: now) { later(database) { tx in try token.touch(at: now, in: tx) } }
        return Principal(
            caller: .token(token.id.number), accountID: account.id.number, accountName: account.name,
            name: token.name, email: nil, role: nil, permissions: token.permissions, csrfToken: nil,
            timeZone: account.timeZone, language: nil)
    }

    /// The request does not wait for it, and a failure costs a minute's exactness of "last seen".
    private static func later(
        _ database: any Database, _ body: @escaping @Sendable (any Connection) throws -> Void
    ) {
        Task { try? await database.write(body) }
    }
}

extension Principal {
    fileprivate init(_ open: OpenSession, accounts: [Account], showsSample: Bool) {
        self.init(
            caller: .member(open.session.memberID.number), accountID: open.session.accountID.number,
            accountName: open.accountName, name: open.memberName, email: open.email, role: open.role.rawValue,
            permissions: open.role.permissions, csrfToken: open.session.csrfToken, timeZone: open.timeZone,
            language: open.language,
            otherAccounts: accounts.filter { $0.id != open.session.accountID }.map {
                ($0.id.number, $0.name)
            },
            showsSample: showsSample)
    }
}
