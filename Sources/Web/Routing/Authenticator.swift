/// What a caller shows to be recognised by.
package enum Credential: Hashable, Sendable {
    /// The value of the session cookie.
    case session(String)
    /// An API token.
    case bearer(String)
}

/// How a caller is recognised; `Accounts` knows, `App` hands it over.
package struct Authenticator: Sendable {
    /// From the value of the session cookie.
    package let session: @Sendable (String) async throws -> Principal?
    /// From an API token.
    package let bearer: @Sendable (String) async throws -> Principal?
    /// Many at once; who is known no longer is left out.
    package let together: @Sendable ([Credential]) async throws -> [Credential: Principal]

    /// Without `together` one after the other.
    package init(
        session: @escaping @Sendable (String) async throws -> Principal?,
        bearer: @escaping @Sendable (String) async throws -> Principal?,
        together: (@Sendable ([Credential]) async throws -> [Credential: Principal])? = nil
    ) {
        self.session = session
        self.bearer = bearer
        self.together =
            together ?? { callers in
                var known: [Credential: Principal] = [:]
                for caller in callers {
                    known[caller] =
                        switch caller {
                        case .session(let token): try await session(token)
                        case .bearer(let secret): try await bearer(secret)
                        }
                }
                return known
            }
    }
}
