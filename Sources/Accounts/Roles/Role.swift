package import Web

/// What a member is in an account.
package enum Role: String, Sendable, CaseIterable {
    case owner, admin, manager, agent, viewer

    /// The one policy of pages and API.
    package var permissions: Set<Permission> {
        switch self {
        case .owner, .admin: Set(Permission.allCases)
        case .manager: Self.daily
        case .agent: Self.desk
        case .viewer: Self.reading
        }
    }

    private static let reading: Set<Permission> = [
        .readScores, .readResponses, .readSurveys, .readCustomers, .readCases, .ownSession,
    ]
    private static let desk = reading.union([.writeResponses, .writeCustomers, .writeCases])
    private static let daily = desk.union([.exportResponses, .writeSurveys, .readMembers])

    /// Roles that somebody in this role may give to others, and take from them: only an owner makes or
    /// unmakes owners.
    package var mayGive: [Role] {
        switch self {
        case .owner: Role.allCases
        case .admin: [.admin, .manager, .agent, .viewer]
        case .manager, .agent, .viewer: []
        }
    }
}

extension Set<Permission> {
    /// What a token may do that was made without a scope: all that an owner may, but no session.
    package static let wholeOfToken = Role.owner.permissions.subtracting([.ownSession])

    /// The scopes of a token as they are stored: sorted, a blank between; empty stands for all.
    package var scopes: String { map(\.rawValue).sorted().joined(separator: " ") }

    package init(scopes: String) {
        let named = Set(scopes.split(separator: " ").compactMap { Permission(rawValue: String($0)) })
        self = scopes.isEmpty ? .wholeOfToken : named.subtracting([.ownSession])
    }
}
