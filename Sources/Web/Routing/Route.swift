package import HTTPTypes
package import Hummingbird

/// Who may call a route.
package enum Access: Sendable, Equatable {
    /// Anybody, without a session: customers, health, assets.
    case open
    /// A signed-in member with this permission. Without a session a page leads to `/sign-in`; a form needs
    /// its CSRF token.
    case page(Permission)
    /// A bearer token with this permission.
    case api(Permission)
}

/// One method on one path.
package struct Route: Sendable {
    package typealias Handler = @Sendable (Call) async throws -> Response

    package let method: HTTPRequest.Method
    /// As in `/api/v1/cases/{id}/verdict`.
    package let path: String
    package let access: Access
    /// Largest body in bytes; a larger one is refused before it is read.
    package let bodyLimit: Int
    /// True where the handler reads the body piece by piece.
    package let streams: Bool
    package let handler: Handler
}

/// All routes of the product, each with its guard.
package struct RouteTable: Sendable {
    package private(set) var routes: [Route] = []

    package init() {}

    package static let ordinaryBody = 256 * 1024

    package mutating func get(_ path: String, _ access: Access, use handler: @escaping Route.Handler) {
        add(.get, path, access, bodyLimit: 0, use: handler)
    }
    package mutating func post(
        _ path: String, _ access: Access, bodyLimit: Int = ordinaryBody, streams: Bool = false,
        use handler: @escaping Route.Handler
    ) {
        add(.post, path, access, bodyLimit: bodyLimit, streams: streams, use: handler)
    }
    package mutating func put(_ path: String, _ access: Access, use handler: @escaping Route.Handler) {
        add(.put, path, access, bodyLimit: Self.ordinaryBody, use: handler)
    }
    package mutating func patch(_ path: String, _ access: Access, use handler: @escaping Route.Handler) {
        add(.patch, path, access, bodyLimit: Self.ordinaryBody, use: handler)
    }
    package mutating func delete(_ path: String, _ access: Access, use handler: @escaping Route.Handler) {
        add(.delete, path, access, bodyLimit: 0, use: handler)
    }

    private mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, bodyLimit: Int,
        streams: Bool = false, use handler: @escaping Route.Handler
    ) {
        routes.append(
            Route(
                method: method, path: path, access: access, bodyLimit: bodyLimit, streams: streams,
                handler: handler))
    }
}

/// How a caller is recognised; `Accounts` knows, `App` hands it over.
package struct Authenticator: Sendable {
    /// From the value of the session cookie.
    package let session: @Sendable (String) async throws -> Principal?
    /// From an API token.
    package let bearer: @Sendable (String) async throws -> Principal?

    package init(
        session: @escaping @Sendable (String) async throws -> Principal?,
        bearer: @escaping @Sendable (String) async throws -> Principal?
    ) {
        self.session = session
        self.bearer = bearer
    }
}

extension RouteTable {
    /// The router that serves these routes, behind problem translation and guards.
    package func router(for site: Site, authenticator: Authenticator) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        router.addMiddleware {
            ArrivalMiddleware(site: site)
            ProblemMiddleware(site: site)
        }
        for route in routes {
            let guarded = RouteGuard(route: route, site: site, authenticator: authenticator)
            router.on(RouterPath(route.path), method: route.method, use: guarded.respond)
            // A HEAD is a GET whose body stays behind; it records as little as a GET does.
            guard route.method == .get else { continue }
            router.on(RouterPath(route.path), method: .head) { request, context in
                try await guarded.respond(request, context).createHeadResponse()
            }
        }
        return router
    }
}
