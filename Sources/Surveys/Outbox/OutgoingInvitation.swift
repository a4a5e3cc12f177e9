import Kernel
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

    /// How an attempt ended.
    enum Outcome: Equatable, Sendable {
        case sent(reply: String)
        /// For good: the address takes no mail.
        case refused(reason: String)
        case later(reason: String)
        /// The relay itself does not work.
        case relay(reason: String)
        case uncertain(reason: String)
    }

    /// Between attempts that a relay put off. After the last the invitation has failed.
    static let pauses: [Duration] = [
        .seconds(60), .seconds(300), .seconds(900), .seconds(3600), .seconds(4 * 3600), .seconds(12 * 3600),
        .seconds(24 * 3600), .seconds(48 * 3600),
    ]

    /// When to try again after `attempts` in all, `nil` for never; with 20 % of chance, so that many do not
    /// come back together.
    static func next(after attempts: Int, chance: UInt8, at now: Timestamp, until end: Timestamp)
        -> Timestamp?
    {
        guard attempts <= pauses.count else { return nil }
        let moment = now + pauses[max(attempts, 1) - 1] * (0.8 + 0.4 * Double(chance) / 255)
        return moment < end ? moment : nil
    }
}
