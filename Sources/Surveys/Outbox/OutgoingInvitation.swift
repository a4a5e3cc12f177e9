package import Language
package import Web

/// An invitation whose turn has come, with all that its message says. It is committed as `sending` before the
/// first byte leaves.
package struct OutgoingInvitation: Sendable {
    package let invitation: Invitation
    package let survey: Survey
    /// The company, as its customers know it.
    package let sender: Sender
    /// Of the account, for a customer who speaks none of the survey's.
    package let language: ReaderLanguage
    package let address: String
    package let name: String?
    let contactPoint: Int64
    /// Names this attempt: who holds another one may settle nothing.
    let claim: Int64
    /// This one counted.
    let attempts: Int
    /// A relay stood still; what is taken now tells that it works again.
    let clearsAlarm: Bool
    /// Its domain has asked for a pause; what arrives now tells that the pause is over.
    let freesDomain: Bool
}
