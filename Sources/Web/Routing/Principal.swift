package import Language

/// Who calls, for which account, and what that one may do there.
package struct Principal: Sendable {
    package enum Caller: Sendable, Equatable {
        case member(Int64)
        case token(Int64)
    }

    package let caller: Caller
    package let accountID: Int64
    package let accountName: String
    package let name: String
    package let email: String?
    /// The name of the role in the field's words (`owner` … `viewer`); `nil` for a token.
    package let role: String?
    package let permissions: Set<Permission>
    /// Expected in the field `csrf` of each form of this session.
    package let csrfToken: String?
    package let timeZone: String
    package let language: ReaderLanguage?
    /// Other accounts of this member, for the header: id and name.
    package let otherAccounts: [(id: Int64, name: String)]
    /// True while the account shows a generated programme.
    package let showsSample: Bool

    package init(
        caller: Caller, accountID: Int64, accountName: String, name: String, email: String?, role: String?,
        permissions: Set<Permission>, csrfToken: String?, timeZone: String, language: ReaderLanguage?,
        otherAccounts: [(id: Int64, name: String)] = [], showsSample: Bool = false
    ) {
        self.caller = caller
        self.accountID = accountID
        self.accountName = accountName
        self.name = name
        self.email = email
        self.role = role
        self.permissions = permissions
        self.csrfToken = csrfToken
        self.timeZone = timeZone
        self.language = language
        self.otherAccounts = otherAccounts
        self.showsSample = showsSample
    }

    package func may(_ permission: Permission) -> Bool { permissions.contains(permission) }

    package var memberID: Int64? {
        if case .member(let id) = caller { id } else { nil }
    }
}

/// What a role or a token may do. The raw value is the scope of an API token.
package enum Permission: String, Sendable, CaseIterable {
    case readScores = "scores:read"
    case readResponses = "responses:read", writeResponses = "responses:write", exportResponses =
        "responses:export"
    case readSurveys = "surveys:read", writeSurveys = "surveys:write"
    case readCustomers = "customers:read", writeCustomers = "customers:write", eraseCustomers =
        "customers:erase"
    case readCases = "cases:read", writeCases = "cases:write"
    case readMembers = "members:read", writeMembers = "members:write"
    case writeTokens = "tokens:write"
    case writeWebhooks = "webhooks:write"
    case writeAccount = "account:write"
    case readOperations = "operations:read", writeOperations = "operations:write"
    /// Hand over mail that came: a mail system's token needs no more.
    case receiveMail = "mail:receive"
    /// One's own session, language and password: every member has it, no token.
    case ownSession = "session:own"
}
