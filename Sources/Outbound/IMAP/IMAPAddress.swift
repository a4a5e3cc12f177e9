import Formats

/// Which mailbox is read, as an operator writes it: `imaps://user:password@host:993/INBOX`.
package struct IMAPAddress: Equatable, Sendable {
    package let host: String
    package let port: Int
    package let security: RelayAddress.Security
    package let user: String
    let password: String
    /// `INBOX` unless another is named.
    package let folder: String

    /// `security` is what the operator asked for, if anything: `imaps` is TLS, `imap` is STARTTLS otherwise.
    package init(url: String, security wanted: RelayAddress.Security? = nil) throws(RelayAddress.Invalid) {
        guard let colon = url.firstRange(of: "://"), url.utf8.count <= 2048 else {
            throw .init(reason: "a mailbox is imaps://user:password@host:port/INBOX")
        }
        let scheme = url[..<colon.lowerBound].lowercased()
        guard scheme == "imap" || scheme == "imaps" else {
            throw .init(reason: "\(scheme) is not a mailbox's scheme; imap and imaps are")
        }
        var rest = url[colon.upperBound...]
        // A password may hold a slash only where it is encoded.
        var folder = "INBOX"
        if let slash = rest.firstIndex(of: "/") {
            let written = (try? PercentCoding.decode(rest[rest.index(after: slash)...].utf8)) ?? ""
            if !written.isEmpty { folder = written }
            rest = rest[..<slash]
        }
        guard folder.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }) else {
            throw .init(reason: "the folder of a mailbox is named in plain letters")
        }
        let named = try RelayAddress.credentials(cutFrom: &rest)
        guard let user = named.user, let password = named.password else {
            throw .init(reason: "a mailbox needs a name and a password, user:password@")
        }
        let (host, port) = try RelayAddress.place(rest)
        security = scheme == "imaps" ? .tls : wanted ?? .starttls
        guard scheme == "imap" || wanted == nil || wanted == .tls else {
            throw .init(reason: "imaps is TLS from the first byte; use imap with another mode")
        }
        guard security != .none || RelayAddress.isLoopback(host) else {
            throw .init(
                reason: "a mailbox is read without TLS on the loopback only, and \(host) is not there")
        }
        (self.host, self.user, self.password, self.folder) = (host, user, password, folder)
        self.port = port ?? (security == .tls ? 993 : 143)
    }

    var url: String { "\(security == .tls ? "imaps" : "imap")://\(host):\(port)" }
    /// What tells it from other mailboxes.
    package var name: String { "\(user)@\(host):\(port)/\(folder)" }
    /// As a string of the protocol.
    var quotedFolder: String {
        "\"" + folder.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
