package import Customers
package import Kernel
import Outbound

/// What a person wrote back to a letter of ours, in words.
///
/// Words are never a score. A case for a person is opened by every reply that was proven to answer a letter,
/// but one of somebody who gave a score of the highest band and does not seem to complain: who writes rather
/// than taps wants to be heard, and nobody can tell an unhappy word from a happy one for sure.
package struct Reply: Noun, Equatable, Sendable {
    package static let idPrefix = "rpl"
    package typealias ID = Identifier<Reply>

    package let id: ID
    package let account: Int64
    package let customer: Customer.ID
    package let invitation: Invitation.ID?
    package let survey: Survey.ID?
    /// What the same invitation was answered with before.
    package let response: SurveyResponse.ID?
    /// From which address it came, as its writer says.
    package let sender: String?
    package let subject: String
    /// Without quotes and signature.
    package let said: String
    /// All of the text, quotes too.
    package let original: String
    /// False where an address alone says whose it is.
    package let isProven: Bool
    package let followUp: Bool
    package let receivedAt: Timestamp

    static let longestSaid = 10_000
    static let longestOriginal = 30_000

    init(
        id: ID, account: Int64, customer: Customer.ID, invitation: Invitation.ID?, survey: Survey.ID?,
        response: SurveyResponse.ID?, sender: String?, _ mail: InboundMail, isProven: Bool, band: Band?,
        at now: Timestamp
    ) {
        self.id = id
        self.account = account
        self.customer = customer
        self.invitation = invitation
        self.survey = survey
        self.response = response
        self.sender = sender
        subject = mail.subject.inOneLine
        said = Self.kept(mail.said, Self.longestSaid)
        original = Self.kept(mail.text, Self.longestOriginal)
        self.isProven = isProven
        followUp = isProven && survey != nil && Self.asksForCase(mail.said, after: band)
        receivedAt = now
    }

    static func asksForCase(_ said: String, after band: Band?) -> Bool {
        band?.isHighest != true || ComplaintWords.areHeard(in: said)
    }

    /// Its beginning, without what no text holds.
    private static func kept(_ text: String, _ most: Int) -> String {
        let scalars = text.unicodeScalars.filter {
            $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control
        }
        return String(String.UnicodeScalarView(scalars.prefix(most)))
    }
}
