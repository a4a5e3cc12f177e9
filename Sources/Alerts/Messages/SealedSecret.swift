import Crypto
package import Kernel

/// What must be kept and still be read: a webhook's secret, a robot's address. AES-256-GCM under a key made
/// of the installation's secret, so that a copy of the database alone opens none.
package struct SealedSecret: Sendable {
    private let key: SymmetricKey

    /// `secret` is the installation's own.
    package init(secret: [UInt8]) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: Array("rapport sealed secrets".utf8),
            outputByteCount: 32)
    }

    /// It opens under the same `context` only: what was sealed for one row is none of another's.
    package func seal(_ text: String, for context: String, world: World) throws -> String {
        let draw = world.random
        let nonce = try AES.GCM.Nonce(data: draw(12))
        let box = try AES.GCM.seal(
            Array(text.utf8), using: key, nonce: nonce, authenticating: Array(context.utf8))
        return "v1." + (box.combined.map { Array($0).hexadecimal } ?? "")
    }

    /// `nil` for what was not sealed by this installation, or for another context.
    package func open(_ sealed: String, for context: String) -> String? {
        guard sealed.hasPrefix("v1."), let bytes = Self.bytes(sealed.dropFirst(3)),
            let box = try? AES.GCM.SealedBox(combined: bytes),
            let opened = try? AES.GCM.open(box, using: key, authenticating: Array(context.utf8))
        else { return nil }
        return String(decoding: opened, as: UTF8.self)
    }

    /// Names a text without telling it, alike each time.
    package func mark(_ text: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key).prefix(16).hexadecimal
    }

    private static func bytes(_ letters: Substring) -> [UInt8]? {
        let units = Array(letters.utf8)
        guard units.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: units.count, by: 2) {
            guard let byte = UInt8(String(decoding: units[index...index + 1], as: UTF8.self), radix: 16)
            else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
