package import Database
import Formats
package import Kernel
package import Ledger

extension EventKind {
    package static let memberInvited = EventKind("member.invited")
    package static let memberJoined = EventKind("member.joined")
    package static let memberRemoved = EventKind("member.removed")
    /// `fields` names what changed: `role`, `password`.
    package static let memberChanged = EventKind("member.changed")
}

extension Membership {
    private static let columns: SQL = """
        ms.account_id, ms.member_id, m.name, m.email, ms.role, ms.joined_at, ms.last_active_at
        """
    private static let joined: SQL = "memberships ms JOIN members m ON m.id = ms.member_id"

    init(_ row: Row) throws {
        accountID = try row.id("account_id")
        memberID = try row.id("member_id")
        name = try row.text("name")
        email = try row.text("email")
        role = try row.value("role")
        joinedAt = try row.timestamp("joined_at")
        lastActiveAt = try row.optionalTimestamp("last_active_at")
    }

    /// A member of the account, now; throws not-found for who has left, too.
    package static func find(
        _ member: Member.ID, account: Account.ID, in tx: any Connection
    ) throws -> Membership {
        let rows = try tx.run(
            """
            SELECT \(columns) FROM \(joined)
            WHERE ms.account_id = \(account) AND ms.member_id = \(member) AND ms.left_at IS NULL
            """)
        guard let row = rows.first else { throw DomainError.notFound }
        return try Membership(row)
    }

    /// Those of `addresses` that members of the account sign in with. At most 1,000 are asked about.
    package static func addresses(
        among addresses: [String], account: Account.ID, in tx: any Connection
    ) throws -> Set<String> {
        if addresses.isEmpty { return [] }
        let rows = try tx.run(
            """
            SELECT m.email FROM \(joined)
            WHERE ms.account_id = \(account) AND ms.left_at IS NULL AND m.email IN \(list: addresses)
            LIMIT 1000
            """)
        return Set(try rows.map { try $0.text("email") })
    }

    /// Members of the account, newest first; `cursor` is the id of the last one on the page before.
    package static func list(
        account: Account.ID, _ page: PageRequest, in tx: any Connection
    ) throws -> Page<Membership> {
        let before = try page.cursor.map { text -> Member.ID in
            guard let id = Member.ID(text) else { throw DomainError.invalid("/cursor", "not-an-id") }
            return id
        }
        let rows = try tx.run(
            """
            SELECT \(columns) FROM \(joined)
            WHERE ms.account_id = \(account) AND ms.left_at IS NULL
              AND ms.member_id < \(before?.number ?? Int64.max)
            ORDER BY ms.member_id DESC LIMIT \(page.limit + 1)
            """)
        return Page(asked: page.limit, found: try rows.map(Membership.init)) { $0.memberID.description }
    }

    /// The accounts that a member belongs to, the one used last first. At most 100.
    package static func accounts(of member: Member.ID, in tx: any Connection) throws -> [Account] {
        try tx.run(
            """
            SELECT a.id, a.name, a.time_zone, a.language, a.colour, a.website, a.quiet_days,
              a.held_out_percent, a.consent_first, a.created_at
            FROM memberships ms JOIN accounts a ON a.id = ms.account_id
            WHERE ms.member_id = \(member) AND ms.left_at IS NULL
            ORDER BY ms.last_active_at DESC NULLS LAST, a.id LIMIT 100
            """
        ).map(Account.init)
    }

    /// True once any account has, or had, an owner: then nobody may set up the installation from outside
    /// again.
    static func anybodyOwns(in tx: any Connection) throws -> Bool {
        try !tx.run("SELECT account_id FROM memberships WHERE role = 'owner' LIMIT 1").isEmpty
    }

    /// Makes the member one of the account's, or gives who left, or is there, this role.
    static func join(
        _ member: Member.ID, account: Account.ID, role: Role, by actor: Actor, world: World,
        in tx: any Connection
    ) throws {
        let now = world.now()
        try tx.run(
            """
            INSERT INTO memberships (account_id, member_id, role, joined_at)
            VALUES (\(account), \(member), \(role), \(now))
            ON CONFLICT (account_id, member_id) DO UPDATE
            SET role = excluded.role, joined_at = excluded.joined_at, left_at = NULL
            """)
        if role == .owner { try SetupLink.close(in: tx) }
        try tell(.memberJoined, member, account, ["role": .string(role.rawValue)], by: actor, world, in: tx)
    }

    /// Throws `last-owner` where nobody would be left to own the account.
    func change(to role: Role, by actor: Actor, world: World, in tx: any Connection) throws {
        if role == self.role { return }
        try requireAnotherOwner(in: tx)
        try tx.run(
            """
            UPDATE memberships SET role = \(role) WHERE account_id = \(accountID) AND member_id = \(memberID)
            """)
        try Self.tell(
            .memberChanged, memberID, accountID, ["fields": ["role"], "role": .string(role.rawValue)],
            by: actor, world,
            in: tx)
    }

    /// Ends the membership and every session of it; what the person did stays.
    func end(by actor: Actor, world: World, in tx: any Connection) throws {
        try requireAnotherOwner(in: tx)
        try tx.run(
            """
            UPDATE memberships SET left_at = \(world.now())
            WHERE account_id = \(accountID) AND member_id = \(memberID)
            """)
        try Session.closeAll(of: memberID, account: accountID, in: tx)
        try Self.tell(.memberRemoved, memberID, accountID, by: actor, world, in: tx)
    }

    private func requireAnotherOwner(in tx: any Connection) throws {
        guard role == .owner else { return }
        let others = try tx.run(
            """
            SELECT member_id FROM memberships
            WHERE account_id = \(accountID) AND role = 'owner' AND left_at IS NULL
              AND member_id <> \(memberID)
            LIMIT 1
            """)
        if others.isEmpty { throw DomainError(.conflict, "last-owner") }
    }

    static func tell(
        _ kind: EventKind, _ member: Member.ID, _ account: Account.ID, _ payload: JSONObject = [:],
        by actor: Actor,
        _ world: World, in tx: any Connection
    ) throws {
        try Ledger.append(
            kind, about: member.number, by: actor, payload: payload, id: world.newID(),
            account: account.number,
            at: world.now(), in: tx)
    }
}
