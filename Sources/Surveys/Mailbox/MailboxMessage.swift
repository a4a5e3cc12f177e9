package import Kernel
import Outbound

/// A mail that a trial kept instead of sending it: links and all, so only who may invite may read it.
package struct MailboxMessage: Noun, Equatable, Sendable {
    package static let idPrefix = "mai"
    package typealias ID = Identifier<MailboxMessage>

    package let id: ID
    let account: Int64
    /// Whose words it may hold, besides its reader's.
    let customer: Int64?
    /// Without angle brackets.
    let messageID: String
    let envelopeSender: String
    /// As a mail program shows them: `Ann Example <ann@example.com>`.
    let from: String
    let to: String
    /// Of the reader, in small letters: finds the mails of a person that is erased.
    let address: String
    let replyTo: String?
    let subject: String
    /// A line each, `Name: value`.
    let headers: String
    let text: String
    let html: String
    let keptAt: Timestamp

    init(_ message: MailMessage, id: ID, account: Int64, at now: Timestamp) {
        self.id = id
        self.account = account
        customer = message.customer
        messageID = message.id
        envelopeSender = message.envelopeSender
        from = message.from.written
        to = message.to.written
        address = message.to.address.lowercased()
        replyTo = message.replyTo
        subject = message.subject
        headers = message.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        text = message.text
        html = message.html
        keptAt = now
    }
}

extension MailMessage.Mailbox {
    fileprivate var written: String { name.map { "\($0) <\(address)>" } ?? address }
}
