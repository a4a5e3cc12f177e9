package import Kernel

/// A link that lets one person into an account, once, within seven days. It is handed over by who made it.
package struct MemberInvitation: Noun, Equatable, Sendable {
    package static let idPrefix = "join"
    package typealias ID = Identifier<MemberInvitation>
    static let daysOpen = 7

    let id: ID
    let accountID: Account.ID
    let email: String
    let role: Role
    let createdAt: Timestamp
    let expiresAt: Timestamp

    static func path(_ token: String) -> String { "/join/\(token)" }
}
