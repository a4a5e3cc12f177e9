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
        let desk = Desk(database: database, world: world, showsSample: showsSample)
        return Authenticator(
            session: { try await desk.recognise(.session($0)) },
            bearer: { try await desk.recognise(.bearer($0)) }, together: desk.recognise)
    }
}

/// Looks callers up.
private struct Desk: Sendable {
    let database: any Database
    let world: World
    let showsSample: @Sendable (_ account: Int64, any Connection) throws -> Bool

    /// Writes when somebody was last seen.
    typealias Touch = @Sendable (any Connection) throws -> Void
    /// In one transaction: more would hold up who waits for a connection.
    private static let mostTogether = 100

    func recognise(_ caller: Credential) async throws -> Principal? {
        let now = world.now()
        guard let found = try await database.read({ tx in try find(caller, at: now, in: tx) }) else {
            return nil
        }
        if let touch = found.touch { later([touch]) }
        return found.principal
    }

    @Sendable func recognise(_ callers: [Credential]) async throws -> [Credential: Principal] {
        var known: [Credential: Principal] = [:]
        for start in stride(from: 0, to: callers.count, by: Self.mostTogether) {
            let some = callers[start..<min(start + Self.mostTogether, callers.count)], now = world.now()
            let found = try await database.read { tx in
                try some.compactMap { caller in
                    try find(caller, at: now, in: tx).map { (caller: caller, found: $0) }
                }
            }
            for one in found { known[one.caller] = one.found.principal }
            later(found.compactMap(\.found.touch))
        }
        return known
    }

    private func find(
        _ caller: Credential, at now: Timestamp, in tx: any Connection
    ) throws -> (principal: Principal, touch: Touch?)? {
        switch caller {
        case .session(let token):
            guard let open = try Session.find(token: token, in: tx), open.session.isOpen(at: now) else {
                return nil
            }
            let accounts = try Membership.accounts(of: open.session.memberID, in: tx)
            let sample = try showsSample(open.session.accountID.number, tx)
            let touch: Touch = { try open.session.touch(at: now, in: $0) }
            return (
                Principal(open, accounts: accounts, showsSample: sample),
                open.session.needsTouch(at: now) ? touch : nil
            )
        case .bearer(let secret):
            guard let (token, accountName, timeZone) = try APIToken.find(secret: secret, in: tx) else {
                return nil
            }
            let touch: Touch = { try token.touch(at: now, in: $0) }
            let principal = Principal(token, accountName: accountName, timeZone: timeZone)
            return (principal, token.needsTouch(at: now) ? touch : nil)
        }
    }

    /// The request does not wait for it, and a failure costs a minute's exactness of "last seen".
    private func later(_ touches: [Touch]) {
        if touches.isEmpty { return }
        Task { [database] in
            try? await database.write { tx in for touch in touches { try touch(tx) } }
        }
    }
}

extension Principal {
    fileprivate init(_ token: APIToken, accountName: String, timeZone: String) {
        self.init(
            caller: .token(token.id.number), accountID: token.accountID.number, accountName: accountName,
            name: token.name, email: nil, role: nil, permissions: token.permissions, csrfToken: nil,
            timeZone: timeZone, language: nil)
    }

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
