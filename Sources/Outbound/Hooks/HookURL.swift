/// Where somebody wants to be called, read so strictly that no other reader can take it for another place:
/// what leaves is written anew from these parts.
package struct HookURL: Equatable, Sendable {
    package enum Host: Equatable, Sendable {
        /// In small letters, of letters, digits, hyphens and underscores.
        case name(String)
        case address(IPAddress)
    }

    /// What is wrong with one, by its code in the catalogs.
    package enum Fault: String, Error, Sendable, CaseIterable {
        case malformed = "not-a-url"
        case notHTTPS = "url-not-https"
        /// A name or a password before the host: they would be sent to whoever answers there.
        case hasUser = "url-with-user"
        case otherPort = "url-other-port"
        case notPublic = "url-not-public"
    }

    package static let longest = 2048

    package let isHTTPS: Bool
    package let host: Host
    package let port: Int
    /// Path and query, from its slash on.
    package let target: String

    package init(_ text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.longest, bytes.allSatisfy(Self.isOfURLs),
            let colon = text.firstRange(of: "://")
        else { throw .malformed }
        switch text[..<colon.lowerBound].lowercased() {
        case "https": isHTTPS = true
        case "http": isHTTPS = false
        default: throw .notHTTPS
        }
        let rest = text[colon.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        if authority.contains("@") { throw .hasUser }
        let tail = String(rest[end...])
        target = tail.hasPrefix("/") ? tail : "/" + tail
        (host, port) = try Self.place(authority, usual: isHTTPS ? 443 : 80)
    }

    /// One spelling for all that mean the same place.
    package var text: String {
        let usual = isHTTPS ? 443 : 80
        return "\(isHTTPS ? "https" : "http")://\(hostText)\(port == usual ? "" : ":\(port)")\(target)"
    }

    package var hostText: String {
        switch host {
        case .name(let name): name
        case .address(let address): address.authority
        }
    }

    /// What RFC 3986 lets stand in one, without the fragment, which nobody sends.
    private static func isOfURLs(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "-._~:/?[]@!$&'()*+,;=%".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func place(
        _ authority: Substring, usual: Int
    ) throws(Fault) -> (host: Host, port: Int) {
        var (name, digits) = (authority, Substring?.none)
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw .malformed }
            name = authority[...end]
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.first == ":" else { throw .malformed }
            if !after.isEmpty { digits = after.dropFirst() }
        } else if let colon = authority.firstIndex(of: ":") {
            (name, digits) = (authority[..<colon], authority[authority.index(after: colon)...])
        }
        guard let digits else { return (try host(name), usual) }
        guard (1...5).contains(digits.utf8.count), digits.first != "0",
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), port <= 65_535
        else { throw .malformed }
        return (try host(name), port)
    }

    private static func host(_ text: Substring) throws(Fault) -> Host {
        if text.first == "[" {
            guard let address = IPAddress(text.dropFirst().dropLast()), case .v6 = address else {
                throw .malformed
            }
            return .address(address)
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        // Whatever ends in a number is an address to some resolver, in octal or with parts left out.
        if let last = labels.last?.lowercased(),
            last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) || last.hasPrefix("0x")
        {
            guard let address = IPAddress(text) else { throw .malformed }
            return .address(address)
        }
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F }
        }
        guard isName, text.utf8.count <= 253 else { throw .malformed }
        return .name(text.lowercased())
    }
}
