package import Kernel
package import Web

/// A key for programs: it belongs to one account and may do what its scopes say.
package struct APIToken: Noun, Equatable, Sendable {
    package static let idPrefix = "tok"
    package typealias ID = Identifier<APIToken>
    /// In front of each, so that a token in a log or a commit is found.
    static let mark = "rpt_"

    package let id: ID
    package let accountID: Account.ID
    package let name: String
    package let permissions: Set<Permission>
    package let createdAt: Timestamp
    package let lastUsedAt: Timestamp?

    func needsTouch(at now: Timestamp) -> Bool {
        guard let lastUsedAt else { return true }
        return now - lastUsedAt >= .seconds(Session.touchSeconds)
    }

    /// What can be asked for, `session:own` left out: no program has a session.
    package static let scopes = Permission.allCases.filter { $0 != .ownSession }
}
