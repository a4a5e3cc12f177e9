import Accounts
package import Formats
package import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Testing
package import Web

/// Some routes of the product, called without a socket. The token `account-1` is an owner's of account 1,
/// `account-1/viewer` one in that role, `account-1/scores:read` a program with that scope alone.
package struct TestSite: Sendable {
    package let site: Site
    private let application: Application<RouterResponder<RequestScope>>

    /// `authenticator` takes the place of the tokens above. With `believesForwarded` a call may say which
    /// address it comes from.
    package init(
        authenticator: Authenticator? = nil, hasMailbox: Bool = false, believesForwarded: Bool = false,
        _ add: (inout RouteTable, Site) -> Void
    ) {
        site = Site(
            baseURL: "https://rapport.example", trustedProxies: believesForwarded ? ["local"] : [],
            hasMailbox: hasMailbox)
        var table = RouteTable()
        add(&table, site)
        let known = authenticator ?? Authenticator(session: Self.principal, bearer: Self.principal)
        application = Application(router: table.router(for: site, authenticator: known))
    }

    @Sendable private static func principal(of token: String) async -> Principal? {
        let parts = token.split(separator: "/")
        guard token.hasPrefix("account-"), let account = Int64(parts[0].dropFirst(8)) else { return nil }
        let word = parts.count > 1 ? String(parts[1]) : "owner"
        let scope = Permission(rawValue: word).map { Set([$0]) }
        return Principal(
            caller: .token(account + 1000), accountID: account, accountName: "Kettles \(account)",
            name: "Test",
            email: nil, role: scope == nil ? word : nil,
            permissions: scope ?? Role(rawValue: word)?.permissions ?? [], csrfToken: "form",
            timeZone: "UTC",
            language: nil)
    }

    /// One call by the API, as an owner of `account`.
    package func api(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, account: Int64 = 1,
        key: String? = nil
    ) async throws -> TestAnswer {
        var headers: HTTPFields = [.authorization: "Bearer account-\(account)"]
        if body != nil { headers[.contentType] = "application/json" }
        if let key { headers[.idempotencyKey] = key }
        return try await call(method, "/api/v1" + path, headers: headers, body: body)
    }

    /// A form of a page, without a session.
    package func post(_ path: String, form: [(String, String)], headers: HTTPFields = [:]) async throws
        -> TestAnswer
    {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await call(.post, path, headers: headers, body: FormFields(form).encoded())
    }

    /// A page or form of a signed-in owner of `account`; a form carries its token.
    package func page(
        _ path: String, form: [(String, String)]? = nil, account: Int64 = 1, cookie: String? = nil
    ) async throws -> TestAnswer {
        let session = "\(site.cookieName(Site.sessionCookie))=account-\(account)"
        var headers: HTTPFields = [.cookie: cookie.map { "\(session); \($0)" } ?? session]
        guard let form else { return try await call(.get, path, headers: headers) }
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await call(
            .post, path, headers: headers, body: FormFields(form + [("csrf", "form")]).encoded())
    }

    package func call(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil
    ) async throws -> TestAnswer {
        try await application.test(.router) { client in
            let answer = try await client.execute(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
            return TestAnswer(
                status: answer.status.code, headers: answer.headers,
                bytes: Array(answer.body.readableBytesView))
        }
    }
}

package struct TestAnswer: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let bytes: [UInt8]

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
    /// What a problem says is wrong: `/score out-of-range`.
    package var wrong: [String] {
        (json["errors"]?.array ?? []).map {
            "\($0["pointer"]?.string ?? "-") \($0["code"]?.string ?? "-")"
        }
    }
    package var code: String? { json["code"]?.string }
    package var location: String? { headers[.location] }
    /// The cookie that a browser would send back: `name=value`.
    package var cookie: String? {
        headers[.setCookie]?.split(separator: ";").first.map(String.init)
    }
}
