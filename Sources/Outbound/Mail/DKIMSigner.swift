import CDKIM
import Glibc

/// Signs mail of one domain (RFC 6376): rsa-sha256, relaxed/relaxed, by libopendkim.
package struct DKIMSigner: Sendable {
    package let domain: String
    package let selector: String
    let pem: String

    /// No signature can be made: the key is none, or too weak.
    package struct Unusable: Error, Equatable, Sendable {
        package let reason: String
    }

    /// Throws `Unusable` unless `key`, in PEM, signs.
    package init(key: String, selector: String, domain: String) throws {
        let names = (selector + domain).utf8
        let isName = names.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") }
        guard !selector.isEmpty, !domain.isEmpty, isName else {
            throw Unusable(reason: "selector and domain are names of the DNS")
        }
        (self.pem, self.selector, self.domain) = (key, selector, domain.lowercased())
        _ = try signed(Array("From: probe@\(domain)\r\nSubject: probe\r\n\r\nprobe\r\n".utf8))
    }

    /// Whether a receiver would call the signature aligned with that sender (RFC 7489, relaxed).
    package func covers(_ sender: MailMessage.Mailbox) -> Bool {
        guard let at = sender.address.lastIndex(of: "@") else { return false }
        let senderDomain = sender.address[sender.address.index(after: at)...].lowercased()
        return senderDomain == domain || senderDomain.hasSuffix("." + domain)
    }

    /// The whole message, with CRLF, and its signature in front.
    package func signed(_ message: [UInt8]) throws -> [UInt8] {
        var reason = [CChar](repeating: 0, count: 256)
        let field = rapport_dkim_sign(
            pem, selector, domain, message, message.count, &reason, reason.count)
        guard let field else {
            let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Unusable(reason: String(decoding: words, as: UTF8.self))
        }
        defer { free(field) }
        return Array(String(cString: field).utf8) + [0x0D, 0x0A] + message
    }
}
