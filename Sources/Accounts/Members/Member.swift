package import Kernel
package import Language

/// A person who signs in: one e-mail address in the installation, a member of one account or several.
package struct Member: Noun, Equatable, Sendable {
    package static let idPrefix = "mem"
    package typealias ID = Identifier<Member>

    package let id: ID
    /// Normalised, in lower case.
    package let email: String
    package var name: String
    /// `nil` until the person has chosen a password.
    var passwordHash: String?
    /// `nil` follows the browser.
    package var language: ReaderLanguage?
    package let createdAt: Timestamp
}

/// One member in one account.
package struct Membership: Equatable, Sendable {
    package let accountID: Account.ID
    package let memberID: Member.ID
    package let name: String
    package let email: String
    package var role: Role
    package let joinedAt: Timestamp
    package let lastActiveAt: Timestamp?

    /// Throws `forbidden` where the role of `actor` may not touch this one or may not give `role`.
    func mayBecome(_ role: Role?, by actor: Role) throws(DomainError) {
        let needed = [self.role] + (role.map { [$0] } ?? [])
        guard needed.allSatisfy(actor.mayGive.contains) else {
            throw DomainError(.forbidden, "role-too-high")
        }
    }
}
