import Accounts
import Crypto
package import Formats
package import Kernel

/// What a webhook and the program behind it share: 32 random bytes, written `whsec_` and base64.
package struct WebhookSecret: Equatable, Sendable {
    private static let mark = "whsec_"
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    static func make(_ world: World) -> WebhookSecret {
        let draw = world.random
        return WebhookSecret(bytes: draw(32))
    }

    /// As Standard Webhooks writes one; `nil` for what is none.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.mark), let bytes = Base64.decode(String(text.dropFirst(Self.mark.count))),
            !bytes.isEmpty
        else { return nil }
        self.bytes = bytes
    }

    package var text: String { Self.mark + Base64.encode(bytes) }

    /// HMAC-SHA256 over id, moment and body (Standard Webhooks 1.0.0).
    package func signature(id: String, at now: Timestamp, body: [UInt8]) -> SignatureHeader.Signature {
        let signed = Array("\(id).\(now.milliseconds / 1000).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: bytes))
        return SignatureHeader.Signature(version: "v1", bytes: Array(code))
    }
}

extension Webhook {
    /// Seals the secrets of webhooks for their rows.
    package struct Seal: Sendable {
        private let seal: SecretSeal

        /// `secret` is the installation's.
        package init(secret: [UInt8]) { seal = SecretSeal(secret: secret, purpose: "webhook") }

        func seal(_ secret: WebhookSecret, of webhook: ID, world: World) throws -> String {
            try seal.seal(secret.bytes, for: webhook.description, world: world)
        }
        func open(_ text: String, of webhook: ID) throws -> WebhookSecret {
            WebhookSecret(bytes: try seal.open(text, for: webhook.description))
        }
    }
}
