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
        let look = Look(kept: try keptAnswer(of: call, path: path))
        return try await once(look, database: database, world: world, patience: patience, effect: effect)
    }

    /// The same after a first look. `together`, where it is given, is asked before `effect`: it answers when
    /// it has done the work and kept the answer under the key it is given, in a transaction that it shares
    /// with others; nil when the request must go alone.
    package static func once(
        _ look: Look, database: any Database, world: World, patience: Duration = patience,
        together: ((KeptAnswer?) async throws -> APIAnswer?)? = nil,
        effect: @escaping @Sendable (any Connection) throws -> APIAnswer
    ) async throws -> APIAnswer {
        if let answer = look.answer { return answer }
        guard let kept = look.kept else {
            if let answer = try await together?(nil) { return answer }
            return try await database.write(effect)
        }
        return try await alone(under: kept, in: database, patience) { isFirst, deadline in
            // Asked of a reader: a writer that looked for a key that is not there yet would meet every
            // other writer of keys (PostgreSQL 15 manual, 13.2.3), and inserting it finds out anyway.
            if !look.isDone || !isFirst, let answer = try await kept.answer(in: database) { return answer }
            if let answer = try await together?(kept) { return answer }
            while true {
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
                if let answer = try await kept.answer(in: database) { return answer }
            }
        }
    }

    /// What a request found out before its work begins.
    package struct Look: Sendable {
        let kept: KeptAnswer?
        var answer: APIAnswer?
        /// Else the key was not looked for yet.
        var isDone = false
    }

    /// Looks for the key of a request beside whatever else is to be read. Throws `bad-key` and
    /// `idempotency-key-reused`.
    package static func look<Value: Sendable>(
        _ call: Call, keptAs form: KeptForm = .whole, in database: any Database,
        beside read: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> (Value, Look) {
        var kept = try keptAnswer(of: call, path: nil)
        kept?.form = form
        return try await database.read { [kept] tx in
            (try read(tx), Look(kept: kept, answer: try kept?.answer(in: tx), isDone: true))
        }
    }

    private static func keptAnswer(of call: Call, path: String?) throws -> KeptAnswer? {
        guard let key = try key(of: call) else { return nil }
        return KeptAnswer(
            accountID: try call.account(), path: path ?? call.path, key: key,
            bodyHash: SecretHash.of(call.body))
    }

    /// Runs `work` when no other request of this process is at work under the key.
    static func alone<Value>(
        under kept: KeptAnswer, in database: any Database, _ patience: Duration,
        work: (_ isFirst: Bool, _ deadline: ContinuousClock.Instant) async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        let place = KeysAtWork.Place(
            database: ObjectIdentifier(database as AnyObject), accountID: kept.accountID, path: kept.path,
            key: kept.key)
        let isFirst = try await KeysAtWork.shared.enter(place, until: deadline)
        defer { if isFirst { KeysAtWork.shared.leave(place) } }
        return try await work(isFirst, deadline)
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
        try await database.read { tx in try answer(in: tx) }
    }

    fileprivate func answer(in tx: any Connection) throws -> APIAnswer? {
        try find(in: tx).map { status, body in APIAnswer(.init(code: status), body) }
    }

    /// Keeps the answers of requests that share a transaction, each under its own key. Throws where another
    /// process works under one of the keys or has done so: then each request must go alone.
    package static func keep(
        _ answers: [(kept: KeptAnswer, answer: APIAnswer)], at now: Timestamp, in tx: any Connection
    ) throws {
        try keep(
            answers.map { ($0.kept, $0.answer.status.code, $0.answer.body) }, at: now, in: tx)
    }

    /// Holds all keys until the transaction ends. Throws where another process holds one.
    package static func hold(_ all: [KeptAnswer], in tx: any Connection) throws {
        guard try tx.holdAlone(all.map(\.lock)) else { throw KeyTakenMeanwhile() }
    }
}
