import Crypto
import Formats
package import Kernel

/// Keeps a secret that must be read again: encrypted and authenticated (AES-256-GCM), by a key that is made
/// of the installation's own secret and is not in the database.
package struct SecretSeal: Sendable {
    /// It was sealed by another key, for another row, or tampered with.
    package struct Broken: Error, Sendable {}

    /// Says by which method and key: another one would begin another way.
    private static let mark = "s1."
    private static let nonceBytes = 12
    private let key: SymmetricKey

    /// Each purpose has a key of its own.
    package init(secret: [UInt8], purpose: String) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: Array("rapport seal \(purpose)".utf8),
            outputByteCount: 32)
    }

    /// `place` names the row: what is sealed for one opens in no other.
    package func seal(_ bytes: [UInt8], for place: String, world: World) throws -> String {
        let draw = world.random
        let nonce = try AES.GCM.Nonce(data: draw(Self.nonceBytes))
        let box = try AES.GCM.seal(bytes, using: key, nonce: nonce, authenticating: Array(place.utf8))
        return Self.mark + Base64URL.encode(Array(box.nonce) + Array(box.ciphertext) + Array(box.tag))
    }

    package func open(_ text: String, for place: String) throws(Broken) -> [UInt8] {
        guard text.hasPrefix(Self.mark), let bytes = Base64URL.decode(String(text.dropFirst(Self.mark.count)))
        else { throw Broken() }
        do {
            let box = try AES.GCM.SealedBox(combined: bytes)
            return Array(try AES.GCM.open(box, using: key, authenticating: Array(place.utf8)))
        } catch {
            throw Broken()
        }
    }
}
