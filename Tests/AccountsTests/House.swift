import Accounts
import Database
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Ledger
import TestKit
import Web

/// An installation without a socket: a database, a clock, all routes of this context.
struct House: Sendable {
    let database: TestDatabase
    let clock = TestClock()
    let site: Site
    var world: World { clock.world }

    static let password = "zielona lampa 7"

    init(_ backend: Backend, baseURL: String = "http://rapport.test") async throws {
        database = try await backend.emptyDatabase()
        site = Site(baseURL: baseURL)
    }

    /// A member of the account of that name, which is made where it is missing.
    @discardableResult
    func member(_ email: String, _ role: Role = .owner, of account: String = "Acme") async throws -> Account {
        try await database.write { [world] tx in
            if try Account.list(limit: 100, in: tx).contains(where: { $0.name == account }) { return }
            _ = try Account.makeNamed(
                account, timeZone: "Europe/Warsaw", by: .operator, world: world, in: tx)
        }
        return try await MemberAdmission.admit(
            email: email, password: Self.password, role: role, account: account, timeZone: "Europe/Warsaw",
            database: database, world: world
        ).account
    }

    var table: RouteTable {
        var table = RouteTable()
        Accounts.addRoutes(to: &table, database: database, world: world, timeZone: "Europe/Warsaw")
        table.get("/", .page(.readScores)) { call in try call.page("own-settings", ["title": "home"]) }
        return table
    }

    /// Sends requests to these routes and others that a test adds.
    func open<Value: Sendable>(
        adding more: (inout RouteTable) -> Void = { _ in },
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        var table = table
        more(&table)
        let router = table.router(for: site, authenticator: .accounts(database: database, world: world))
        var silent = Logger(label: "test")
        silent.logLevel = .error
        return try await Application(router: router, logger: silent).test(.router) { client in
            try await body(client)
        }
    }

    func browse<Value: Sendable>(
        _ body: @escaping @Sendable (Browser) async throws -> Value
    ) async throws -> Value {
        try await open { client in try await body(Browser(client)) }
    }

    func kinds(_ account: Account) async throws -> [String] {
        try await database.read { tx in
            try tx.run(
                "SELECT kind FROM unsealed_events WHERE account_id = \(account.id) ORDER BY id"
            ).map { try $0.text("kind") }
        }
    }
}

/// Keeps cookies and the token of the last form, as a person's browser does.
final class Browser {
    let client: any TestClientProtocol
    private(set) var cookies: [String: String] = [:]
    var csrf = ""

    init(_ client: any TestClientProtocol) { self.client = client }

    struct Answer: Sendable {
        let status: Int
        let location: String?
        let headers: HTTPFields
        let text: String

        /// What stands behind `name="NAME" value="`.
        func value(of name: String) -> String? {
            text.components(after: "name=\"\(name)\"").first?.components(after: "value=\"").first
                .map { String($0.prefix { $0 != "\"" }) }
        }
        /// The path of the first link of that beginning.
        func path(_ beginning: String) -> String? {
            text.components(after: beginning).first.map {
                beginning + $0.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            }
        }
    }

    func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, path, headers, nil)
    }

    func post(_ path: String, _ fields: [String: String], _ headers: HTTPFields = [:]) async throws -> Answer
    {
        let form = FormFields([("csrf", csrf)] + fields.map { ($0.key, $0.value) })
        return try await send(.post, path, headers, form.encoded())
    }

    func signIn(_ email: String, _ password: String = House.password) async throws -> Answer {
        _ = try await get("/sign-in")
        return try await post("/sign-in", ["email": email, "password": password])
    }

    /// As if the browser had been opened anew, cookies of one name or all forgotten.
    func forget(_ name: String? = nil) {
        if let name { cookies[name] = nil } else { cookies = [:] }
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, _ body: String?
    ) async throws -> Answer {
        var headers = headers
        if !cookies.isEmpty {
            headers[.cookie] = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                separator: "; ")
        }
        if body != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        let answer = try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) { response in
            Answer(
                status: Int(response.status.code), location: response.headers[.location],
                headers: response.headers,
                text: String(buffer: response.body))
        }
        for cookie in answer.headers[values: .setCookie] { keep(cookie) }
        if let token = answer.value(of: "csrf") { csrf = token }
        return answer
    }

    private func keep(_ cookie: String) {
        let pair = cookie.prefix { $0 != ";" }.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let isGone = cookie.contains("Max-Age=0")
        cookies[String(pair[0])] = isGone ? nil : String(pair[1])
    }
}

extension StringProtocol {
    func components(after mark: String) -> [Substring] {
        guard let range = self[...].firstRange(of: mark) else { return [] }
        return [Substring(self[range.upperBound...])]
    }
}
