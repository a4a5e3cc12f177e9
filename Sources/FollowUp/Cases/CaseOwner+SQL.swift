import Accounts
import Database
import Kernel
import Web

/// Whose turn it is: agents who were active in the last quarter of an hour, else all agents, else the
/// account's owner,
/// each time the one who was given a case longest ago.
enum CaseOwner {
    static let activeWithin = Duration.seconds(15 * 60)

    /// `nil` where the account has none of them; the case then waits in a queue.
    static func next(account: Int64, at now: Timestamp, in tx: any Connection) throws -> Member.ID? {
        let found = try tx.run(
            """
            SELECT member_id FROM memberships
            WHERE account_id = \(account) AND role IN ('agent', 'owner') AND left_at IS NULL
            ORDER BY CASE WHEN role = 'owner' THEN 2 WHEN last_active_at >= \(now - activeWithin) THEN 0
                ELSE 1 END, last_assigned_at NULLS FIRST, member_id
            LIMIT 1
            """)
        guard let member: Member.ID = try found.first?.id("member_id") else { return nil }
        try tx.run(
            """
            UPDATE memberships SET last_assigned_at = \(now)
            WHERE account_id = \(account) AND member_id = \(member)
            """)
        return member
    }

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
