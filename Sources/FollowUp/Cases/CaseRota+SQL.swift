import Accounts
import Database
import Kernel
import Web

/// Whose turn it is: agents who were active in the last quarter of an hour, else all agents, else the
/// account's owner, each time the one who was given a case longest ago.
struct CaseRota {
    static let activeWithin = Duration.seconds(15 * 60)

    private let account: Int64
    private let now: Timestamp
    /// Whose turn is first stands first.
    private let members: [Member.ID]
    private var turns = 0

    init(account: Int64, at now: Timestamp, in tx: any Connection) throws {
        (self.account, self.now) = (account, now)
        let found = try tx.run(
            """
            SELECT member_id, CASE WHEN role = 'owner' THEN 2
                WHEN last_active_at >= \(now - Self.activeWithin) THEN 0 ELSE 1 END AS choice
            FROM memberships
            WHERE account_id = \(account) AND role IN ('agent', 'owner') AND left_at IS NULL
            ORDER BY choice, last_assigned_at NULLS FIRST, member_id LIMIT 1000
            """
        ).map { (member: try $0.id("member_id") as Member.ID, choice: try $0.int("choice")) }
        members = found.filter { $0.choice == found.first?.choice }.map(\.member)
    }

    /// `nil` where the account has none of them; the case then waits in a queue.
    mutating func next() -> Member.ID? {
        if members.isEmpty { return nil }
        defer { turns += 1 }
        return members[turns % members.count]
    }

    /// Notes who had a turn, in its order: whoever came last is last the next time, too.
    func save(in tx: any Connection) throws {
        for turn in max(0, turns - members.count)..<turns {
            let ago = Duration.milliseconds(turns - 1 - turn)
            try tx.run(
                """
                UPDATE memberships SET last_assigned_at = \(now - ago)
                WHERE account_id = \(account) AND member_id = \(members[turn % members.count])
                """)
        }
    }
}

enum CaseOwner {
    static func require(_ member: Member.ID, account: Int64, in tx: any Connection) throws {
        let found = try tx.run(
            """
            SELECT member_id FROM memberships
            WHERE account_id = \(account) AND member_id = \(member) AND left_at IS NULL LIMIT 1
            """)
        if found.isEmpty { throw DomainError.invalid("/member", "not-found") }
    }
}

/// A member as cases know them: who may own one, and who has done something in one.
struct CasePerson: Sendable {
    let id: Member.ID
    let name: String
    let role: Role
    /// False for somebody who has left the account.
    let isHere: Bool

    /// Whether a case may be handed to them on the page.
    var mayOwn: Bool { isHere && role.permissions.contains(.writeCases) }

    /// Everybody who is or was a member, by name. At most 1,000.
    static func all(account: Int64, in tx: any Connection) throws -> [CasePerson] {
        try tx.run(
            """
            SELECT m.id, m.name, ms.role, ms.left_at FROM memberships ms JOIN members m ON m.id = ms.member_id
            WHERE ms.account_id = \(account) ORDER BY m.name, m.id LIMIT 1000
            """
        ).map { row in
            CasePerson(
                id: try row.id("id"), name: try row.text("name"), role: try row.value("role"),
                isHere: try row.optionalInt64("left_at") == nil)
        }
    }
}
