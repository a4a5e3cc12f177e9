import Crypto
import Kernel

/// What is stored of a token: SHA-256 in hexadecimal. Tokens are random, so they need neither salt nor
/// slowness.
package enum SecretHash {
    package static func of(_ token: String) -> String { of(Array(token.utf8)) }
    static func of(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).withUnsafeBytes { $0.hexadecimal }
    }

    /// HMAC-SHA256 (RFC 2104) in hexadecimal: a token that can be made again, by who has the secret.
    package static func keyed(by secret: [UInt8], _ message: String) -> String {
        let key = SymmetricKey(data: secret)
        return HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: key)
            .withUnsafeBytes { $0.hexadecimal }
    }
}
