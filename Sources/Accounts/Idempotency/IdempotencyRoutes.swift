package import Database
import HTTPTypes
import Hummingbird
package import Kernel
package import Web

/// One answer to one `Idempotency-Key`: a retry, however late and however many at once, gets what the first
/// one got.
///
/// A name space per account and path. What is refused leaves its key free.
package enum Idempotency {
    /// How long a request waits for another one under the same key.
    package static let patience = Duration.seconds(5)

    /// Runs `effect` in a transaction and answers with what it returns; under a key that was used before,
    /// answers with what was answered then and runs nothing.
    ///
    /// `path` is the request's own where it is left out. Throws `bad-key` for a key of another length than 1
    /// to 255, `idempotency-key-reused` for another body under the same key, `key-in-use` where another
    /// request under the key takes longer than `patience`. `effect` may run more than once, and only one run
    /// stays.
    package static func once(
        _ call: Call, path: String? = nil, database: any Database, world: World,
        patience: Duration = patience, effect: @escaping @Sendable (any Connection) throws -> APIAnswer
    ) async throws -> APIAnswer {
        guard let key = try key(of: call) else { return try await database.write(effect) }
        let kept = KeptAnswer(
            accountID: try call.account(), path: path ?? call.path, key: key,
            bodyHash: SecretHash.of(call.body))
        return try await alone(under: kept, in: database, patience) { deadline in
            while true {
                // Asked of a reader: a writer that looked for a key that is not there yet would meet every
                // other writer of keys (PostgreSQL 15 manual, 13.2.3), and inserting it finds out anyway.
                if let answer = try await kept.answer(in: database) { return answer }
                do {
                    return try await database.write { tx in
                        guard try tx.holdAlone(kept.lock) else { throw KeyTakenMeanwhile() }
                        let answer = try effect(tx)
                        try kept.keep(answer.status.code, answer.body, at: world.now(), in: tx)
                        return answer
                    }
                } catch is KeyTakenMeanwhile {
                    try await rest(until: deadline)
                } catch let error as DomainError {
                    // What another process did under the key since we looked may be why this one is refused.
                    if let answer = try await kept.answer(in: database) { return answer }
                    throw error
                }
            }
        }
    }

    /// Runs `work` when no other request of this process is at work under the key.
    static func alone<Value>(
        under kept: KeptAnswer, in database: any Database, _ patience: Duration,
        work: (_ deadline: ContinuousClock.Instant) async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        let place = KeysAtWork.Place(
            database: ObjectIdentifier(database as AnyObject), accountID: kept.accountID, path: kept.path,
            key: kept.key)
        let isFirst = try await KeysAtWork.shared.enter(place, until: deadline)
        defer { if isFirst { KeysAtWork.shared.leave(place) } }
        return try await work(deadline)
    }

    /// A transaction that begins when no other process has one open under the key.
    static func write<Value: Sendable>(
        under kept: KeptAnswer, in database: any Database, until deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        while true {
            do {
                return try await database.write { tx in
                    guard try tx.holdAlone(kept.lock) else { throw KeyTakenMeanwhile() }
                    return try body(tx)
                }
            } catch is KeyTakenMeanwhile {
                try await rest(until: deadline)
            }
        }
    }

    /// Before another look at a key that another process works under.
    private static func rest(until deadline: ContinuousClock.Instant) async throws {
        guard ContinuousClock.now < deadline else { throw DomainError.keyInUse }
        try await Task.sleep(for: .milliseconds(20))
    }

    /// Bare, or in quotes as a structured header writes it.
    static func key(of call: Call) throws(DomainError) -> String? {
        guard var key = call.idempotencyKey?.trimmed else { return nil }
        if key.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") {
            key = String(key.dropFirst().dropLast())
        }
        guard (1...255).contains(key.count) else { throw DomainError(.invalid, "bad-key") }
        return key
    }
}

extension KeptAnswer {
    fileprivate func answer(in database: any Database) async throws -> APIAnswer? {
        try await database.read { tx in
            try find(in: tx).map { status, body in APIAnswer(.init(code: status), body) }
        }
    }
}
