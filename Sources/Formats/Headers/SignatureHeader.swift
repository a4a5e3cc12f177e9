/// Signatures of one message, as the header `webhook-signature` carries them (Standard Webhooks 1.0.0):
/// `v1,BASE64 v1,BASE64`. One that fits is enough, so that secrets can change.
package struct SignatureHeader: Equatable, Sendable {
    package struct Signature: Equatable, Sendable {
        /// `v1` is HMAC-SHA256.
        package let version: String
        package let bytes: [UInt8]

        package init(version: String, bytes: [UInt8]) {
            self.version = version
            self.bytes = bytes
        }
    }

    package static let longest = 4096
    package static let most = 16
    package let signatures: [Signature]

    package init(_ signatures: [Signature]) { self.signatures = signatures }

    /// `nil` for what is none; signatures of other versions are kept, and fit nothing here.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        var found: [Signature] = []
        for word in text.split(separator: " ") {
            let parts = word.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, found.count < Self.most, !parts[0].isEmpty,
                parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }),
                let bytes = Base64.decode(String(parts[1])), !bytes.isEmpty
            else { return nil }
            found.append(Signature(version: String(parts[0]), bytes: bytes))
        }
        guard !found.isEmpty else { return nil }
        signatures = found
    }

    package var text: String {
        signatures.map { "\($0.version),\(Base64.encode($0.bytes))" }.joined(separator: " ")
    }

    /// Compares each without telling by its duration where the first difference stands.
    package func holds(_ expected: Signature) -> Bool {
        signatures.reduce(false) { held, one in
            let isAlike =
                one.version == expected.version && one.bytes.count == expected.bytes.count
                && zip(one.bytes, expected.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
            return held || isAlike
        }
    }
}
