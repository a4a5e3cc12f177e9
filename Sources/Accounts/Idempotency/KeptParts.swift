package import Database
package import Kernel
package import Web

/// One long body under one key, taken in part by part. Another body under that key is refused at the first
/// part that differs; all before it were the same as the first time, and did nothing again.
package struct KeptParts: Sendable {
    package let key: String
    private let accountID: Int64
    private let path: String
    private let patience: Duration
    /// Of everything up to here.
    private var hash = ""
    private var count = 0

    /// `nil` where the call has no key. Throws `bad-key`.
    package init?(of call: Call, patience: Duration = Idempotency.patience) throws {
        guard let key = try Idempotency.key(of: call) else { return nil }
        self.key = key
        accountID = try call.account()
        path = call.path
        self.patience = patience
    }

    private var whole: KeptAnswer {
        KeptAnswer(accountID: accountID, path: path, key: key, bodyHash: hash)
    }

    /// Takes in the next part.
    package mutating func add(_ content: [UInt8]) {
        hash = SecretHash.of(Array(hash.utf8) + content)
        count += 1
    }

    /// Keeps the part that was added last. Throws `idempotency-key-reused` where another one stands in its
    /// place, or the first body had no such part.
    package func keepPart(at now: Timestamp, in tx: any Connection) throws {
        let part = KeptAnswer(
            accountID: accountID, path: path, key: "\(key)\u{1F}part \(count)", bodyHash: hash)
        if try part.find(in: tx) != nil { return }
        if try whole.find(in: tx) != nil { throw DomainError(.invalid, "idempotency-key-reused") }
        try part.keep(200, nil, at: now, in: tx)
    }

    /// Keeps where the body ended. Throws `idempotency-key-reused` where the first one had more parts.
    package func keepEnd(at now: Timestamp, in tx: any Connection) throws {
        if try whole.find(in: tx) == nil { try whole.keep(200, nil, at: now, in: tx) }
    }

    /// Runs `work` while no other request of this process is at work under the key. Throws `key-in-use`.
    package func alone<Value: Sendable>(
        in database: any Database, work: () async throws -> Value
    ) async throws -> Value {
        try await Idempotency.alone(under: whole, in: database, patience) { _, _ in try await work() }
    }

    /// A transaction under the key.
    package func write<Value: Sendable>(
        in database: any Database, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await Idempotency.write(
            under: whole, in: database, until: ContinuousClock.now + patience, body)
    }
}
