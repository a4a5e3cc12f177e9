import Accounts
import Customers
import Database
import Kernel
import Language
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
