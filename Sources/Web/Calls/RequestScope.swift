import Formats
package import HTTPTypes
package import Hummingbird
package import Language
import Logging
import NIOCore

/// What belongs to one request: its language, its caller, where it came from.
package struct RequestScope: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Of the socket; `ArrivalMiddleware` puts a trusted proxy's word in its place.
    package var clientAddress: String
    package var language: ReaderLanguage = .en
    package var principal: Principal?

    package init(source: Source) {
        coreContext = .init(source: source)
        clientAddress = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}

extension Request {
    /// `?lang=` or the cookie set by the language menu.
    package var chosenLanguage: ReaderLanguage? {
        if let asked = uri.queryParameters["lang"] { return ReaderLanguage(tag: String(asked)) }
        return cookie("rapport_language").flatMap { ReaderLanguage(tag: $0) }
    }
}

/// First on the way in: language, client address, security headers and one log line on the way out.
struct ArrivalMiddleware: RouterMiddleware {
    let site: Site

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        var context = context
        let spoken = ReaderLanguage.allCases.map(\.tag)
        let accepted = request.headers[.acceptLanguage].flatMap { AcceptLanguage.best($0, among: spoken) }
            .flatMap { ReaderLanguage(tag: $0) }
        context.language = request.chosenLanguage ?? accepted ?? .en
        if site.trustedProxies.contains(context.clientAddress),
            let forwarded = request.headers[.xForwardedFor]?.split(separator: ",").last
        {
            context.clientAddress = forwarded.trimmingPrefix(while: \.isWhitespace).description
        }
        let begun = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.id
        response.headers[.xContentTypeOptions] = "nosniff"
        // Not `no-referrer`: browsers would then hide a form's origin from ourselves, too.
        if response.headers[.referrerPolicy] == nil { response.headers[.referrerPolicy] = "same-origin" }
        if site.isSecure {
            response.headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains"
        }
        context.logger.info(
            "answered",
            metadata: [
                "method": "\(request.method)", "route": "\(context.endpointPath ?? "none")",
                "status": "\(response.status.code)",
                "milliseconds":
                    "\((ContinuousClock.now - begun).components.attoseconds / 1_000_000_000_000_000)",
            ])
        return response
    }
}

extension HTTPField.Name {
    static let xForwardedFor = Self("X-Forwarded-For")!
    package static let xRequestID = Self("X-Request-Id")!
    static let referrerPolicy = Self("Referrer-Policy")!
}
