import Customers
package import Formats
import Kernel
import Outbound

/// One message that came, without its words: it has its effect once, and is counted.
package struct ReceivedMail: Noun, Equatable, Sendable {
    package static let idPrefix = "rml"

    let id: Identifier<ReceivedMail>
    let account: Int64
    /// The same for the same message, by whatever door it comes.
    let digest: String
    let kind: InboundMail.Kind
    /// Of a bounce that was proven to be about a letter of ours.
    let weight: DeliveryStatus.Weight?
    /// `5.1.1`.
    let status: String?
    let invitation: Invitation.ID?
    let customer: Customer.ID?
    let contactPoint: Int64?
    let receivedAt: Timestamp

    /// An address that put mail off so often within `softSpan` is written to no more.
    package static let mostSoft = 3
    static let softSpan = Duration.seconds(14 * 86_400)
}

/// What came in within a while.
package struct MailCounts: Equatable, Sendable {
    package var bounces: [DeliveryStatus.Weight: Int] = [:]
    package var complaints = 0
    package var automatic = 0
    package var replies = 0
    /// Letters that a relay took in the same while, whatever became of them.
    package var sent = 0

    package init() {}

    /// Above it mail is refused for what we are or send: the operator must look.
    package static let mostPolicyShare = 0.02
    /// The large receivers put off whose readers complain more often than that.
    package static let mostComplaintShare = 0.003

    package func share(_ count: Int) -> Double { sent == 0 ? 0 : Double(count) / Double(sent) }

    /// One refusal among few letters says nothing yet.
    package var isRefusedForPolicy: Bool {
        let policy = bounces[.policy] ?? 0
        return policy >= 3 && share(policy) > Self.mostPolicyShare
    }
    package var isComplainedOf: Bool { complaints >= 2 && share(complaints) > Self.mostComplaintShare }
}
