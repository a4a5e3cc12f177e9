import Crypto
import Kernel

/// What is stored of a token: SHA-256 in hexadecimal. Tokens are random, so they need neither salt nor
/// slowness.
enum SecretHash {
    static func of(_ token: String) -> String { SHA256.hash(data: Array(token.utf8)).hexadecimal }
    static func of(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }
}
