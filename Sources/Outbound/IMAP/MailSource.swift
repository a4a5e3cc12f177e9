/// A mailbox that mail comes to.
package protocol MailSource: Sendable {
    /// Tells it from others, and holds no password.
    var name: String { get }
    /// Numbers of messages above `last`, in order, where the mailbox counts as it did under `validity`; else
    /// of all.
    func look(after last: Int64, within validity: Int64?) async throws -> (validity: Int64, found: [Int64])
    /// `nil` for one that is gone or too long.
    func message(_ number: Int64) async throws -> [UInt8]?
    /// For people who look into the mailbox; a server that does not let us is no fault.
    func markSeen(_ number: Int64) async
}

/// Why a mailbox cannot be read now.
package struct MailSourceFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: String
    package init(reason: String) { self.reason = reason }
    package var description: String { reason }
}
