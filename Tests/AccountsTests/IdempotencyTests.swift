import Accounts
import Database
import Dispatch
import Formats
import HTTPTypes
import HummingbirdTesting
import Kernel
import Ledger
import NIOCore
import Synchronization
import TestKit
import Testing
import Web

@Suite(.serialized) struct `An idempotency key` {
    /// A route whose effect can be counted: it makes a token named by the body, and refuses the name "no".
    private func open<Value: Sendable>(
        _ house: House, _ body: @escaping @Sendable (any TestClientProtocol, String) async throws -> Value
    ) async throws -> Value {
        let account = try await house.member("anna@example.com")
        let secret = try await house.token(account, [])
        let (database, world) = (house.database, house.world)
        return try await house.open(adding: { table in
            table.post("/api/v1/things/{id}", .api(.writeResponses)) { call in
                var input = try call.json()
                let name = input.requiredText("name")
                return try await Idempotency.once(call, database: database, world: world) { tx in
                    if name == "no" { throw DomainError.invalid("/name", "taken") }
                    let made = try APIToken.make(
                        name: name, scopes: [], account: account.id, by: .system, world: world, in: tx)
                    return APIAnswer(
                        .created, ["id": .string(made.token.id.description), "name": .string(name)])
                }.response
            }
        }) { client in try await body(client, secret) }
    }

    private func made(_ house: House) async throws -> Int {
        try await house.database.read { tx in
            try tx.run("SELECT COUNT(*) AS n FROM api_tokens WHERE name <> 'from a test'")[0].int("n")
        }
    }

    private static let body = #"{"name":"a"}"#
    private static func key(_ text: String) -> HTTPFields { [.idempotencyKey: text] }

    @Test(arguments: Backend.available)
    func `gets the first answer again, byte for byte`(backend: Backend) async throws {
        let house = try await House(backend)
        try await open(house) { client, secret in
            let path = "/api/v1/things/1"
            let first = try await client.api(
                path, secret, method: .post, body: Self.body, headers: Self.key("k"))
            let again = try await client.api(
                path, secret, method: .post, body: Self.body, headers: Self.key("\"k\""))
            #expect(first.status == 201 && again.status == 201 && first.text == again.text)
        }
        #expect(try await made(house) == 1)
    }

    @Test(arguments: Backend.available)
    func `is refused with another body, and is another key on another path`(backend: Backend) async throws {
        let house = try await House(backend)
        try await open(house) { client, secret in
            func post(_ path: String, _ body: String) async throws -> (
                status: Int, json: JSONValue, text: String
            ) {
                try await client.api(path, secret, method: .post, body: body, headers: Self.key("k"))
            }
            #expect(try await post("/api/v1/things/1", Self.body).status == 201)
            let other = try await post("/api/v1/things/1", #"{"name":"b"}"#)
            #expect(other.status == 422 && other.json["code"] == "idempotency-key-reused")
            #expect(try await post("/api/v1/things/2", #"{"name":"b"}"#).status == 201)
        }
        #expect(try await made(house) == 2)
    }

    @Test(arguments: Backend.available)
    func `of a refused request stays free`(backend: Backend) async throws {
        let house = try await House(backend)
        try await open(house) { client, secret in
            for (body, status) in [(#"{"name":"no"}"#, 422), (Self.body, 201), (Self.body, 201)] {
                let answer = try await client.api(
                    "/api/v1/things/1", secret, method: .post, body: body, headers: Self.key("k"))
                #expect(answer.status == status)
            }
        }
        #expect(try await made(house) == 1)
    }

    @Test(arguments: [(0, 422), (1, 201), (255, 201), (256, 422)])
    func `has 1 to 255 characters`(length: Int, status: Int) async throws {
        let house = try await House(.sqlite)
        try await open(house) { client, secret in
            let key = String(repeating: "k", count: length)
            let answer = try await client.api(
                "/api/v1/things/1", secret, method: .post, body: Self.body, headers: Self.key(key))
            #expect(answer.status == status)
        }
    }

    @Test(arguments: Backend.available)
    func `that a hundred send at once has one effect and one answer`(backend: Backend) async throws {
        let house = try await House(backend)
        let answers = try await open(house) { client, secret in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let answer = try await client.api(
                            "/api/v1/things/1", secret, method: .post, body: Self.body, headers: Self.key("k")
                        )
                        return "\(answer.status) \(answer.text)"
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
        }
        #expect(answers.count == 1 && answers.first?.hasPrefix("201 ") == true)
        #expect(try await made(house) == 1)
    }

    @Test(arguments: Backend.available)
    func `is not needed`(backend: Backend) async throws {
        let house = try await House(backend)
        try await open(house) { client, secret in
            for _ in 0..<2 {
                let answer = try await client.api("/api/v1/things/1", secret, method: .post, body: Self.body)
                #expect(answer.status == 201)
            }
        }
        #expect(try await made(house) == 2)
    }

    /// A route whose first effect does not end before it is told to.
    private func openSlow(
        _ house: House, on database: any Database, _ gate: Gate, secret: String, account: Int64,
        _ body:
            @escaping @Sendable (@escaping @Sendable () async throws -> (status: Int, retryAfter: String?))
            async throws -> Void
    ) async throws {
        try await house.open(adding: { table in
            table.post("/api/v1/slow", .api(.writeResponses)) { call in
                try await Idempotency.once(
                    call, database: database, world: house.world, patience: .milliseconds(300)
                ) { tx in
                    gate.pass()
                    let made = try APIToken.make(
                        name: "slow", scopes: [], account: Account.ID(account), by: .system,
                        world: house.world, in: tx)
                    return APIAnswer(.created, ["id": .string(made.token.id.description)])
                }.response
            }
        }) { client in
            try await body {
                try await client.execute(
                    uri: "/api/v1/slow", method: .post,
                    headers: [
                        .authorization: "Bearer \(secret)", .contentType: "application/json",
                        .idempotencyKey: "k",
                    ], body: ByteBuffer(string: "{}")
                ) { (Int($0.status.code), $0.headers[.retryAfter]) }
            }
        }
    }

    @Test(arguments: Backend.available)
    func `that another request holds for too long is a conflict to be tried again`(
        backend: Backend
    ) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        let secret = try await house.token(account, [])
        let gate = Gate()
        try await openSlow(house, on: house.database, gate, secret: secret, account: account.id.number) {
            post in
            async let first = post()
            try await gate.isReached()
            let second = try await post()
            #expect(second.status == 409 && second.retryAfter == "1")
            gate.open()
            #expect(try await first.status == 201)
            #expect(try await post().status == 201)
        }
        #expect(try await made(house) == 1)
    }

    @Test(arguments: Backend.available.filter { $0 == .postgres })
    func `that another process holds for too long is a conflict, too`(backend: Backend) async throws {
        let house = try await House(backend)
        let account = try await house.member("anna@example.com")
        let secret = try await house.token(account, [])
        let (gate, other) = (Gate(), try house.database.another())
        let number = account.id.number
        try await openSlow(house, on: house.database, gate, secret: secret, account: number) { here in
            try await openSlow(house, on: other, gate, secret: secret, account: number) { there in
                async let first = here()
                try await gate.isReached()
                #expect(try await there().status == 409)
                gate.open()
                #expect(try await first.status == 201)
                #expect(try await there().status == 201)
            }
        }
        await other.close()
        #expect(try await made(house) == 1)
    }
}

/// Holds the first who passes until it is opened, for two seconds at most.
private final class Gate: Sendable {
    private let reached = Atomic(false)
    private let opened = DispatchSemaphore(value: 0)

    func pass() {
        if reached.exchange(true, ordering: .relaxed) { return }
        _ = opened.wait(timeout: .now() + 2)
    }

    func open() { opened.signal() }

    func isReached() async throws {
        for _ in 0..<5000 where !reached.load(ordering: .relaxed) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
