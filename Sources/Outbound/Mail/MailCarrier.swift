/// Who takes a message on its way: a relay, or the mailbox page of a trial.
package protocol MailCarrier: Sendable {
    /// Returns when the message is somebody else's responsibility. Throws `MailFailure`.
    func carry(_ message: MailMessage) async throws -> MailReceipt
}

/// What the relay said when it took the message.
package struct MailReceipt: Equatable, Sendable {
    /// The last reply line: `250 2.0.0 Ok: queued as 4F1A…`.
    package let reply: String

    package init(reply: String) { self.reply = reply }
}

/// A message that was not taken, or of which nobody knows.
package struct MailFailure: Error, Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// This recipient is refused for good: a bounce.
        case refused
        /// Later it may work: 4xx, no connection.
        case later
        /// The same, and not for this mailbox alone: the servers of its domain want no mail for a while.
        case busy
        /// The relay itself does not work: wrong password, wrong certificate. Nothing more is sent by it.
        case relay
        /// The connection broke after the last dot: it may have arrived. Never sent again by us.
        case uncertain
    }

    package let kind: Kind
    /// In the relay's words, for the operator.
    package let reason: String

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
