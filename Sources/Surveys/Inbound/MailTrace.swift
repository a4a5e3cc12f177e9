import Customers
import Kernel

/// Whose a message is, and how surely.
struct MailTrace: Sendable {
    /// What somebody would have to know to forge it.
    enum Proof: Int, Comparable, Sendable {
        /// An address: anybody can write one.
        case address
        /// The id of a letter of ours, and the address that it went to.
        case thread
        /// The token of one letter, which only its reader has.
        case token

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let account: Int64
    let invitation: Invitation?
    /// `nil` of somebody who was erased.
    let customer: Customer.ID?
    /// Where the letter went.
    let contactPoint: Int64?
    let proof: Proof
}

/// What a letter's Message-ID says: `wave.invitation.reminder`.
struct LetterID: Equatable, Sendable {
    let wave: Int64
    let invitation: Invitation.ID

    init?(_ text: String) {
        let parts = text.prefix { $0 != "@" }.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let wave = Int64(parts[0]), let invitation = Invitation.ID(String(parts[1]))
        else { return nil }
        (self.wave, self.invitation) = (wave, invitation)
    }
}
