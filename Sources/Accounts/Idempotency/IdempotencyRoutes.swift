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
    /// Runs `effect` in a transaction and answers with what it returns; under a key that was used before,
    /// answers with what was answered then and runs nothing.
    ///
    /// `path` is the request's own where it is left out. Throws `bad-key` for a key of another length than 1
    /// to 255, `idempotency-key-reused` for another body under the same key. `effect` may run more than once,
    /// and only one run stays. `insertOnly` is for an effect that may run so without a key, too.
    package static func once(
        _ call: Call, path: String? = nil, database: any Database, world: World,
        isolation: Isolation = .serializable,
        effect: @escaping @Sendable (any Connection) throws -> APIAnswer
    ) async throws -> APIAnswer {
        guard let key = try key(of: call) else { return try await database.write(isolation, effect) }
        let kept = KeptAnswer(
            accountID: try call.account(), path: path ?? call.request.uri.path, key: key,
            bodyHash: SecretHash.of(call.body))
        for _ in 0..<5 {
            do {
                return try await database.write(isolation) { tx in
                    if let (status, body) = try kept.find(in: tx) {
                        return APIAnswer(.init(code: status), body)
                    }
                    let answer = try effect(tx)
                    try kept.keep(answer.status.code, answer.body, at: world.now(), in: tx)
                    return answer
                }
            } catch is KeyTakenMeanwhile {
                continue
            }
        }
        var inUse = DomainError(.conflict, "key-in-use")
        inUse.retryAfterSeconds = 1
        throw inUse
    }

    /// Bare, or in quotes as a structured header writes it.
    private static func key(of call: Call) throws(DomainError) -> String? {
        guard var key = call.idempotencyKey?.trimmed else { return nil }
        if key.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") {
            key = String(key.dropFirst().dropLast())
        }
        guard (1...255).contains(key.count) else { throw DomainError(.invalid, "bad-key") }
        return key
    }
}
