import Accounts
package import Customers
package import Formats
package import Kernel

/// One customer asked once to answer one survey, by one channel.
///
/// It is the outbox too: `sending` is committed before the first byte leaves, so that none is sent twice.
package struct Invitation: Noun, Equatable, Sendable {
    package static let idPrefix = "inv"
    package typealias ID = Identifier<Invitation>

    package enum Channel: String, Sendable, CaseIterable { case email, sms }

    package enum State: String, Sendable, CaseIterable {
        case planned, sending, sent
        /// Refused for good.
        case failed
        /// Nobody knows whether it left: never sent again.
        case uncertain
        /// The contact policy said no when its time came, or the customer left meanwhile.
        case withdrawn
    }

    package let id: ID
    package let account: Int64
    package let wave: Int64
    package let survey: Survey.ID
    /// `nil` once the person is erased.
    package internal(set) var customer: Customer.ID?
    package let channel: Channel
    package var language: String?
    package let touchpoint: String?
    /// Who served the person there.
    package internal(set) var agent: String?
    /// How its letter looks; `nil` is as the survey says.
    package let style: SurveyDefinition.Style?
    package let state: State
    package let sendAt: Timestamp
    /// When it was sent, failed or was withdrawn.
    package let settledAt: Timestamp?
    /// The answer that came by its link.
    package let response: SurveyResponse.ID?
    /// After this its link takes no answer.
    package let expiresAt: Timestamp
    /// 0 is the first letter, 1 the first reminder. Each is a row of the outbox; the answer is the first's.
    package var reminder = 0
    package var reminderOf: ID?
    /// Those still to come, each so long after the letter before it.
    package var reminders: [CalendarSpan] = []
    /// Outside it nothing leaves, whatever was in the way until now; `nil` for any hour.
    package var window: SendWindow?

    /// The one whose link it carries and whose answer counts.
    package var first: ID { reminderOf ?? id }

    /// The same about somebody else, or nobody.
    func customer(_ customer: Customer.ID?) -> Invitation {
        var other = self
        other.customer = customer
        return other
    }
}

/// The personal link of an invitation: `/r/{token}` to answer, `/u/{token}` to leave.
///
/// Its token is made from the installation's secret, so that a reminder carries the same one; only its hash
/// is stored, so a copy of the database opens none.
package struct InvitationLink: Sendable {
    private let secret: [UInt8]

    package init(secret: [UInt8]) { self.secret = secret }

    /// 32 letters of hexadecimal.
    package func token(of id: Invitation.ID) -> String {
        String(SecretHash.keyed(by: secret, "invitation \(id.number)").prefix(32))
    }

    package func hash(of token: String) -> String { SecretHash.of(token) }
}
