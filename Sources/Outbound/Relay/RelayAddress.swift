import Formats

/// Where mail is handed over, as an operator writes it: `smtp://user:password@host:587`.
package struct RelayAddress: Equatable, Sendable {
    package enum Security: String, Sendable, CaseIterable {
        /// TLS after STARTTLS, or no mail.
        case starttls
        /// TLS from the first byte.
        case tls
        /// None at all: on the loopback only.
        case none
    }

    /// What an operator has to change.
    package struct Invalid: Error, Equatable, Sendable {
        package let reason: String
    }

    package let host: String
    package let port: Int
    package let security: Security
    package let user: String?
    package let password: String?

    /// `security` is what the operator asked for, if anything: `smtps` is TLS, `smtp` is STARTTLS otherwise.
    package init(url: String, security wanted: Security? = nil) throws(Invalid) {
        guard let colon = url.firstRange(of: "://"), url.utf8.count <= 2048 else {
            throw Invalid(reason: "a relay is smtp://host:port or smtps://host:port")
        }
        let scheme = url[..<colon.lowerBound].lowercased()
        guard scheme == "smtp" || scheme == "smtps" else {
            throw Invalid(reason: "\(scheme) is not a relay's scheme; smtp and smtps are")
        }
        var rest = url[colon.upperBound...]
        if rest.hasSuffix("/") { rest.removeLast() }
        (user, password) = try Self.credentials(cutFrom: &rest)
        let (host, port) = try Self.place(rest)
        security = scheme == "smtps" ? .tls : wanted ?? .starttls
        guard scheme == "smtp" || wanted == nil || wanted == .tls else {
            throw Invalid(reason: "smtps is TLS from the first byte; use smtp with another mode")
        }
        guard security != .none || Self.isLoopback(host) else {
            throw Invalid(reason: "mail without TLS goes to the loopback only, and \(host) is not there")
        }
        self.host = host
        self.port = port ?? (security == .tls ? 465 : 587)
    }

    /// What libcurl is given, which says `name` in EHLO.
    func url(greeting name: String) -> String {
        "\(security == .tls ? "smtps" : "smtp")://\(host):\(port)/\(PercentCoding.encode(name))"
    }

    static func credentials(
        cutFrom rest: inout Substring
    ) throws(Invalid) -> (user: String?, password: String?) {
        guard let at = rest.lastIndex(of: "@") else { return (nil, nil) }
        let both = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        rest = rest[rest.index(after: at)...]
        let decoded = both.map { try? PercentCoding.decode($0.utf8) }
        guard decoded.count == 2, let user = decoded[0], let password = decoded[1], !user.isEmpty,
            !(user + password).unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw Invalid(reason: "a user of a relay has a name and a password, user:password@") }
        return (user, password)
    }

    static func place(_ text: Substring) throws(Invalid) -> (host: String, port: Int?) {
        var host = text, port: Substring?
        if let end = text.lastIndex(of: "]"), text.first == "[" {
            host = text[...end]
            let after = text[text.index(after: end)...]
            if after.first == ":" { port = after.dropFirst() } else if !after.isEmpty { host = "" }
        } else if let colon = text.firstIndex(of: ":") {
            (host, port) = (text[..<colon], text[text.index(after: colon)...])
        }
        let isName = host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "-._:[]".utf8.contains($0)
        }
        guard !host.isEmpty, isName, port == nil || Int(port!).map({ (1...65_535).contains($0) }) == true
        else {
            throw Invalid(reason: "a relay has a host, and a port from 1 to 65535 or none")
        }
        return (host.lowercased(), port.flatMap { Int($0) })
    }

    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
