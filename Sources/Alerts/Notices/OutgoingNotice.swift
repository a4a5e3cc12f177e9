import Accounts
import FollowUp
import Kernel
import Language
import Surveys
import Web

/// A notice whose turn has come, with all that its mail says. It is committed as `sending` before the first
/// byte leaves.
package struct OutgoingNotice: Sendable {
    let notice: Notice
    let matter: Matter
    let account: Account
    let address: String
    /// The reader's.
    let name: String?
    let language: ReaderLanguage
    /// Of a customer's address.
    let contactPoint: Int64?
    /// Names this attempt: who holds another one may settle nothing.
    let claim: Int64
    /// This one counted.
    let attempts: Int
    /// A relay stood still; what is taken now tells that it works again.
    let clearsAlarm: Bool

    /// What it tells of, as it stands now.
    enum Matter: Sendable {
        case recovery(NoticedCase)
        /// Several came faster than one mail each would help: the first cases of them, and how many notices.
        case together([NoticedCase], count: Int)
        case webhook(Webhook)
    }
}

/// A case, and what somebody must know of it who has not seen it yet.
struct NoticedCase: Sendable {
    let recovery: RecoveryCase
    /// What opened the case; `nil` where a reply did.
    let response: SurveyResponse?
    /// What opened the case, unless it is erased.
    let reply: Reply?
    let survey: Survey
    /// The customer's, where it is known.
    let customerName: String?
}
