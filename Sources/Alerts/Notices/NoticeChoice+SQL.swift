import Accounts
import Database
import Kernel

/// Which kinds of mail a member of an account does without.
enum NoticeChoice {
    static func refused(
        by member: Member.ID, account: Int64, in tx: any Connection
    ) throws -> Set<Notice.Kind> {
        Set(
            try tx.run(
                """
                SELECT kind FROM notice_refusals
                WHERE account_id = \(account) AND member_id = \(member) LIMIT 100
                """
            ).map { try $0.value("kind") })
    }

    static func refuse(
        _ kinds: Set<Notice.Kind>, by member: Member.ID, account: Int64, in tx: any Connection
    ) throws {
        try tx.run(
            "DELETE FROM notice_refusals WHERE account_id = \(account) AND member_id = \(member)")
        for kind in kinds.sorted(by: { $0.rawValue < $1.rawValue }) {
            try tx.run(
                """
                INSERT INTO notice_refusals (account_id, member_id, kind)
                VALUES (\(account), \(member), \(kind))
                """)
        }
    }
}
