import Formats
import HTTPTypes
package import Hummingbird

/// What this installation is to the outside: its address, its cookies, whose word on client addresses it
/// takes.
package struct Site: Sendable {
    /// Without a slash at the end. Links are built from it and from nothing else.
    package let baseURL: String
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    package let trustedProxies: Set<String>
    /// True of a trial, which shows its mails instead of sending them.
    package let hasMailbox: Bool
    package let pages: PageRenderer

    package init(baseURL: String, trustedProxies: Set<String> = [], hasMailbox: Bool = false) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.trustedProxies = trustedProxies
        self.hasMailbox = hasMailbox
        pages = PageRenderer()
    }

    package var isSecure: Bool { baseURL.hasPrefix("https://") }
    /// Of the base URL, without its port.
    package var host: String {
        let authority = baseURL.split(separator: "/").dropFirst().first ?? "localhost"
        return authority.hasPrefix("[") ? "localhost" : String(authority.prefix { $0 != ":" })
    }
    package func link(_ path: String) -> String { baseURL + path }

    /// `__Host-` binds a cookie to this host and to TLS; over plain http browsers refuse that prefix.
    package func cookieName(_ name: String) -> String { isSecure ? "__Host-\(name)" : name }

    package static let sessionCookie = "rapport_session"
    package static let formCookie = "rapport_form"

    package func sessionToken(in request: Request) -> String? {
        request.cookie(cookieName(Self.sessionCookie))
    }

    /// A `Set-Cookie` value: HttpOnly, SameSite=Lax, Secure where the base URL is https. `maxAgeSeconds` 0
    /// deletes.
    package func cookie(_ name: String, _ value: String, maxAgeSeconds: Int?) -> String {
        SetCookie(cookieName(name), value, maxAgeSeconds: maxAgeSeconds, isSecure: isSecure).header
    }

    /// The base URL's own origin, or the host that the browser itself addressed (a trial on another port or
    /// name).
    func isOwn(origin: String, host: String?) -> Bool {
        if origin == originOfBaseURL { return true }
        guard let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    private var originOfBaseURL: String {
        baseURL.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(
            separator: "/")
    }
}

extension Request {
    /// The first cookie of that name.
    package func cookie(_ name: String) -> String? {
        guard let header = headers[.cookie] else { return nil }
        return Cookies(header)[name]
    }
}
