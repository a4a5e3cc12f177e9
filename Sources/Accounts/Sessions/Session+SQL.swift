import Database
import Kernel
package import Ledger

extension EventKind {
    package static let sessionOpened = EventKind("session.opened")
}

extension Session {
    /// Opens a session and returns its token, which goes into the cookie and is stored nowhere.
    static func open(
        _ member: Member.ID, account: Account.ID, world: World, in tx: any Connection
    ) throws -> String {
        let token = world.secretToken(), now = world.now()
        try tx.run(
            """
            INSERT INTO sessions
              (token_hash, member_id, account_id, csrf_token, created_at, last_seen_at, expires_at)
            VALUES (\(SecretHash.of(token)), \(member), \(account), \(world.secretToken()), \(now), \(now),
              \(now + .seconds(longestSeconds)))
            """)
        try tx.run(
            """
            UPDATE memberships SET last_active_at = \(now)
            WHERE account_id = \(account) AND member_id = \(member)
            """)
        try Membership.tell(.sessionOpened, member, account, by: .member(member.number), world, in: tx)
        return token
    }

    /// The session of a token with its member and account, as long as both still belong together.
    static func find(token: String, in tx: any Connection) throws -> OpenSession? {
        let rows = try tx.run(
            """
            SELECT s.token_hash, s.member_id, s.account_id, s.csrf_token, s.last_seen_at, s.expires_at,
              m.name, m.email, m.language, ms.role, a.name AS account_name, a.time_zone
            FROM sessions s
            JOIN members m ON m.id = s.member_id
            JOIN memberships ms
              ON ms.account_id = s.account_id AND ms.member_id = s.member_id AND ms.left_at IS NULL
            JOIN accounts a ON a.id = s.account_id
            WHERE s.token_hash = \(SecretHash.of(token))
            """)
        return try rows.first.map(OpenSession.init)
    }

    /// Writes down that somebody is there; two at the same moment write once.
    func touch(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE sessions SET last_seen_at = \(now)
            WHERE token_hash = \(tokenHash) AND account_id = \(accountID) AND last_seen_at < \(now)
            """)
        try tx.run(
            """
            UPDATE memberships SET last_active_at = \(now)
            WHERE account_id = \(accountID) AND member_id = \(memberID)
            """)
    }

    static func close(token: String, in tx: any Connection) throws {
        try tx.run("DELETE FROM sessions WHERE token_hash = \(SecretHash.of(token))")
    }

    static func closeAll(of member: Member.ID, account: Account.ID, in tx: any Connection) throws {
        try tx.run("DELETE FROM sessions WHERE member_id = \(member) AND account_id = \(account)")
    }

    /// In every account: after a change of password.
    static func closeAll(of member: Member.ID, in tx: any Connection) throws {
        try tx.run(
            """
            DELETE FROM sessions -- every account
            WHERE member_id = \(member)
            """)
    }

    static func tidy(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            """
            DELETE FROM sessions -- every account
            WHERE expires_at <= \(now) OR last_seen_at <= \(now - .seconds(idleSeconds))
            """)
    }
}

extension OpenSession {
    fileprivate init(_ row: Row) throws {
        session = Session(
            tokenHash: try row.text("token_hash"), memberID: try row.id("member_id"),
            accountID: try row.id("account_id"), csrfToken: try row.text("csrf_token"),
            lastSeenAt: try row.timestamp("last_seen_at"), expiresAt: try row.timestamp("expires_at"))
        memberName = try row.text("name")
        email = try row.text("email")
        language = try row.optionalValue("language")
        role = try row.value("role")
        accountName = try row.text("account_name")
        timeZone = try row.text("time_zone")
    }
}
