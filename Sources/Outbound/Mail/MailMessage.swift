package import Kernel

/// One message to one person, before it has bytes.
package struct MailMessage: Equatable, Sendable {
    package struct Mailbox: Equatable, Sendable {
        package var name: String?
        package var address: String

        package init(name: String? = nil, address: String) {
            self.name = name
            self.address = address
        }
    }

    package struct Header: Equatable, Sendable {
        package var name: StaticString
        package var value: String

        package init(_ name: StaticString, _ value: String) {
            self.name = name
            self.value = value
        }

        package static func == (left: Header, right: Header) -> Bool {
            "\(left.name)" == "\(right.name)" && left.value == right.value
        }
    }

    /// Without angle brackets. Made of what the message is about, so that a second copy would show.
    package var id: String
    package var date: Timestamp
    package var from: Mailbox
    package var to: Mailbox
    package var replyTo: String?
    /// Where bounces go (RFC 5321 MAIL FROM); "" for mail that must never be answered.
    package var envelopeSender: String
    package var subject: String
    package var text: String
    package var html: String
    /// Besides those that the other properties become.
    package var headers: [Header] = []
    /// Whose message it is, for a carrier that keeps it. Never among its bytes.
    package var account: Int64?
    /// Whose words it may hold, besides its reader's: for a carrier that keeps it. Never among its bytes.
    package var customer: Int64?

    package init(
        id: String, date: Timestamp, from: Mailbox, to: Mailbox, replyTo: String? = nil,
        envelopeSender: String, subject: String, text: String, html: String, headers: [Header] = [],
        account: Int64? = nil
    ) {
        self.id = id
        self.date = date
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.envelopeSender = envelopeSender
        self.subject = subject
        self.text = text
        self.html = html
        self.headers = headers
        self.account = account
    }
}
