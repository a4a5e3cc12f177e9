package import Database
import HTTPTypes
package import Kernel
package import Web

extension Idempotency {
    /// The same for one of many effects that share a transaction, under a key that its line carries.
    package static func once(
        key: String, content: [UInt8], path: String, account: Int64, at now: Timestamp, in tx: any Connection,
        effect: () throws -> APIAnswer
    ) throws -> APIAnswer {
        let kept = KeptAnswer(accountID: account, path: path, key: key, bodyHash: SecretHash.of(content))
        if let (status, body) = try kept.find(in: tx) { return APIAnswer(.init(code: status), body) }
        let answer = try effect()
        try kept.keep(answer.status.code, answer.body, at: now, in: tx)
        return answer
    }
}
