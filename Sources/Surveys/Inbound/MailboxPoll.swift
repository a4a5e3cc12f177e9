package import Kernel

/// How far a mailbox has been read, and why it cannot be now.
package struct MailboxPoll: Equatable, Sendable {
    package let mailbox: String
    var validity: Int64
    var lastNumber: Int64
    /// Messages in all.
    package var taken: Int
    /// When it was read last without a fault.
    package var polledAt: Timestamp?
    /// In a row.
    package var failures: Int
    package var reason: String?
    package var failingSince: Timestamp?

    init(_ mailbox: String) {
        self.mailbox = mailbox
        (validity, lastNumber, taken, failures) = (0, 0, 0, 0)
    }
}
