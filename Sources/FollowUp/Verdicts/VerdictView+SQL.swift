import Accounts
import Customers
import Database
import Kernel
import Language
import Surveys
import Web

/// A case as its customer may see it.
struct VerdictView: Sendable {
    let recovery: RecoveryCase
    let sender: Sender
    /// What the customer speaks, where it is known.
    let language: ReaderLanguage?
    /// The last word that was heard, whoever gave it.
    let said: CaseRecord.Heard?

    /// True while the question stands.
    var isAsking: Bool { recovery.stage == .resolved }

    static func of(_ recovery: RecoveryCase, in tx: any Connection) throws -> VerdictView {
        let customer = try recovery.customer.map {
            try Customer.find($0, account: recovery.account, in: tx)
        }
        return VerdictView(
            recovery: recovery, sender: try Account.find(Account.ID(recovery.account), in: tx).sender,
            language: customer?.language.flatMap { ReaderLanguage(tag: $0) },
            said: try CaseRecord.verdicts(of: recovery, in: tx).last)
    }
}

extension LeaveView {
    /// `nil` where nobody is known who could leave.
    static func of(
        _ recovery: RecoveryCase, _ links: VerdictLink, in tx: any Connection
    ) throws -> LeaveView? {
        guard let id = recovery.customer else { return nil }
        let token = links.token(of: recovery.id)
        return LeaveView(
            channel: .email, path: VerdictLink.leavePath(token), decoyPath: VerdictLink.path(token),
            sender: try Account.find(Account.ID(recovery.account), in: tx).sender,
            languages: [try Customer.find(id, account: recovery.account, in: tx).language]
                .compactMap(\.self),
            hasLeft: try Leaving.hasLeft(id, account: recovery.account, in: tx))
    }
}
