import Accounts
import Database
import Kernel

/// Who hears of what is late.
enum LeadingMember {
    /// Members in one of these roles; where there is none, the owners. At most 100.
    static func find(_ roles: [Role], account: Int64, in tx: any Connection) throws -> [Member.ID] {
        let rows = try tx.run(
            """
            SELECT member_id, role FROM memberships
            WHERE account_id = \(account) AND left_at IS NULL AND role IN \(list: roles + [.owner])
            ORDER BY member_id LIMIT 100
            """)
        let all = try rows.map {
            (id: try $0.id("member_id") as Member.ID, role: try $0.value("role") as Role)
        }
        let asked = all.filter { roles.contains($0.role) }
        return (asked.isEmpty ? all : asked).map(\.id)
    }
}
