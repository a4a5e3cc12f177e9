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
    /// True where the answer is held open for hours.
    package let isHeld: Bool
    package let handler: Handler
}

/// All routes of the product, each with its guard.
package struct RouteTable: Sendable {
    package private(set) var routes: [Route] = []

    package init() {}

    package static let ordinaryBody = 256 * 1024

    package mutating func get(
        _ path: String, _ access: Access, isHeld: Bool = false, use handler: @escaping Route.Handler
    ) {
        add(.get, path, access, bodyLimit: 0, isHeld: isHeld, use: handler)
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
        streams: Bool = false, isHeld: Bool = false, use handler: @escaping Route.Handler
    ) {
        routes.append(
            Route(
                method: method, path: path, access: access, bodyLimit: bodyLimit, streams: streams,
                isHeld: isHeld, handler: handler))
    }
}

extension RouteTable {
    /// The router that serves these routes, behind problem translation and guards.
    package func router(for site: Site, authenticator: Authenticator) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self), held = Router(context: RequestScope.self)
        held.addMiddleware { entrance(of: site) }
        for route in routes where route.isHeld {
            add(route, site, authenticator) { path, method, responder in
                let inner = held.middlewares.constructResponder(finalResponder: responder)
                router.on(path, method: method, responder: ApartResponder(inner: inner))
            }
        }
        // It stands before the routes that are added after it, and before those that do not exist.
        router.addMiddleware { entrance(of: site) }
        for route in routes where !route.isHeld {
            add(route, site, authenticator) { router.on($0, method: $1, responder: $2) }
        }
        return router
    }

    @MiddlewareFixedTypeBuilder<Request, Response, RequestScope>
    private func entrance(of site: Site) -> some MiddlewareProtocol<Request, Response, RequestScope> {
        ArrivalMiddleware(site: site)
        ProblemMiddleware(site: site)
    }

    private func add(
        _ route: Route, _ site: Site, _ authenticator: Authenticator,
        to router: (RouterPath, HTTPRequest.Method, CallbackResponder<RequestScope>) -> Void
    ) {
        let guarded = RouteGuard(route: route, site: site, authenticator: authenticator)
        router(RouterPath(route.path), route.method, CallbackResponder(callback: guarded.respond))
        // A HEAD is a GET whose body stays behind; it records as little as a GET does.
        guard route.method == .get else { return }
        router(
            RouterPath(route.path), .head,
            CallbackResponder { request, context in
                try await guarded.respond(request, context).createHeadResponse()
            })
    }
}

/// Answers in a task of its own. A task keeps the stack that it once needed until it ends, and a connection's
/// ends with it: an answer that is held open for hours would keep what only its beginning took.
private struct ApartResponder: HTTPResponder {
    let inner: any HTTPResponder<RequestScope>

    func respond(to request: Request, context: RequestScope) async throws -> Response {
        try await begin(request, context).value
    }

    /// By itself, so that a connection's stack holds no copy of either.
    @inline(never)
    private func begin(_ request: Request, _ context: RequestScope) -> Task<Response, any Error> {
        Task { try await inner.respond(to: request, context: context) }
    }
}
