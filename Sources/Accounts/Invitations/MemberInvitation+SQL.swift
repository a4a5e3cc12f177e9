import Database
import Formats
import Kernel
import Ledger

extension MemberInvitation {
    private static let columns: SQL = "id, account_id, email, role, created_at, expires_at"

    init(_ row: Row) throws {
        id = try row.id("id")
        accountID = try row.id("account_id")
        email = try row.text("email")
        role = try row.value("role")
        createdAt = try row.timestamp("created_at")
        expiresAt = try row.timestamp("expires_at")
    }

    /// Makes an invitation in place of any other that waits for that address, and returns the token of its
    /// link. Throws `invalid` where the address is a member's already.
    static func make(
        email: String, role: Role, account: Account.ID, by member: Member.ID, world: World,
        in tx: any Connection
    ) throws -> String {
        let present = try tx.run(
            """
            SELECT ms.member_id FROM memberships ms JOIN members m ON m.id = ms.member_id
            WHERE ms.account_id = \(account) AND m.email = \(email) AND ms.left_at IS NULL
            """)
        if !present.isEmpty { throw DomainError.invalid("/email", "member-already") }
        try tx.run(
            """
            DELETE FROM member_invitations
            WHERE account_id = \(account) AND email = \(email) AND used_at IS NULL
            """)
        let token = world.linkToken(), now = world.now(), id: ID = world.id()
        try tx.run(
            """
            INSERT INTO member_invitations
              (id, account_id, email, role, token_hash, made_by, created_at, expires_at)
            VALUES (\(id), \(account), \(email), \(role), \(SecretHash.of(token)), \(member), \(now),
              \(now + .seconds(daysOpen * 86_400)))
            """)
        try Ledger.append(
            .memberInvited, about: id.number, by: .member(member.number),
            payload: ["role": .string(role.rawValue)],
            id: world.newID(), account: account.number, at: now, in: tx)
        return token
    }

    /// Throws not-found for a link that is unknown, used, revoked or too old: one answer for all.
    static func find(token: String, at now: Timestamp, in tx: any Connection) throws -> MemberInvitation {
        let rows = try tx.run(
            """
            SELECT \(columns) FROM member_invitations
            WHERE token_hash = \(SecretHash.of(token)) AND used_at IS NULL AND expires_at > \(now)
            """)
        guard let row = rows.first else { throw DomainError.notFound }
        return try MemberInvitation(row)
    }

    /// Invitations that wait, newest first.
    static func waiting(
        account: Account.ID, at now: Timestamp, limit: Int, in tx: any Connection
    ) throws -> [MemberInvitation] {
        try tx.run(
            """
            SELECT \(columns) FROM member_invitations
            WHERE account_id = \(account) AND used_at IS NULL AND expires_at > \(now)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(MemberInvitation.init)
    }

    func use(at now: Timestamp, in tx: any Connection) throws {
        try tx.run(
            "UPDATE member_invitations SET used_at = \(now) WHERE id = \(id) AND account_id = \(accountID)")
    }

    static func revoke(_ id: ID, account: Account.ID, in tx: any Connection) throws {
        let rows = try tx.run(
            """
            DELETE FROM member_invitations WHERE id = \(id) AND account_id = \(account) AND used_at IS NULL
            RETURNING id
            """)
        if rows.isEmpty { throw DomainError.notFound }
    }
}
