import Formats
package import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore

/// Stands before one route: who calls, may they, is the form theirs, is the body small enough.
struct RouteGuard: Sendable {
    let route: Route
    let site: Site
    let authenticator: Authenticator

    @Sendable func respond(_ request: Request, _ context: RequestScope) async throws -> Response {
        var context = context
        if let principal = try await principal(of: request) {
            context.principal = principal
            context.language = request.chosenLanguage ?? principal.language ?? context.language
        }
        switch route.access {
        case .open: break
        case .api(let permission):
            guard let principal = context.principal else {
                throw DomainError(.unauthenticated, "token-missing-or-wrong")
            }
            guard principal.may(permission) else { throw missing(permission) }
        case .page(let permission):
            guard let principal = context.principal else { return try signInFirst(request) }
            guard principal.may(permission) else { throw missing(permission) }
            if route.method != .get { try site.refuseForeign(request) }
        }
        let call = Call(request: request, scope: context, site: site, body: try await body(of: request))
        guard case .page = route.access, route.method != .get else { return try await route.handler(call) }
        try call.requireOwnForm()
        return site.handingOverFlash(try await route.handler(call))
    }

    private func principal(of request: Request) async throws -> Principal? {
        switch route.access {
        case .open: return nil
        case .page:
            guard let token = site.sessionToken(in: request) else { return nil }
            return try await authenticator.session(token)
        case .api:
            guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ")
            else { return nil }
            return try await authenticator.bearer(String(header.dropFirst(7)))
        }
    }

    private func missing(_ permission: Permission) -> DomainError {
        DomainError(.forbidden, "forbidden", ["permission": permission.rawValue])
    }

    private func signInFirst(_ request: Request) throws -> Response {
        guard route.method == .get else { throw DomainError(.unauthenticated, "session-ended") }
        return .seeOther("/sign-in")
    }

    /// Said before the body is read where its length is announced, else as soon as it has grown too long.
    private func body(of request: Request) async throws -> [UInt8] {
        guard route.bodyLimit > 0, !route.streams else { return [] }
        let tooLarge = DomainError(.tooLarge, "body-too-large", ["max": String(route.bodyLimit)])
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > route.bodyLimit {
            throw tooLarge
        }
        do {
            return Array(try await request.body.collect(upTo: route.bodyLimit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}

extension Site {
    /// A missing `Origin` or `Sec-Fetch-Site` is no fault (old browsers, programs), a foreign one is.
    package func refuseForeign(_ request: Request) throws(DomainError) {
        if let fetched = request.headers[.secFetchSite], !["same-origin", "none"].contains(fetched) {
            throw DomainError(.forbidden, "foreign-form")
        }
        // A browser that hides where it comes from sends the word `null`; then only the first header knows.
        if let origin = request.headers[.origin], origin != "null" || request.headers[.secFetchSite] == nil,
            !isOwn(origin: origin, host: request.head.authority)
        {
            throw DomainError(.forbidden, "foreign-form")
        }
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site")!
    package static let idempotencyKey = Self("Idempotency-Key")!
}
