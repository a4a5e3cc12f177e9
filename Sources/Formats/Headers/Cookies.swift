/// The cookies that a browser sends (RFC 6265, section 5.4), in order.
package struct Cookies: Sendable, Equatable {
    private var pairs: [(name: String, value: String)] = []

    /// From all `Cookie` headers of a request. What is no `name=value` is passed over, as other programs on
    /// the same host may have set it.
    package init(_ headers: some Sequence<String>) {
        for header in headers {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let name = Self.trimmed(pair[..<equals]), value = Self.trimmed(pair[equals...].dropFirst())
                guard !name.isEmpty else { continue }
                pairs.append((Self.text(name), Self.text(Self.unquoted(value))))
            }
        }
    }

    package init(_ header: String) { self.init([header]) }

    /// The first of that name: browsers send the one with the longest path first.
    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    package static func == (left: Self, right: Self) -> Bool { left.pairs.elementsEqual(right.pairs, by: ==) }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return bytes
    }

    private static func unquoted(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
            return bytes
        }
        return bytes.dropFirst().dropLast()
    }

    private static func text(_ bytes: Substring.UTF8View) -> String {
        (try? PercentCoding.decode(bytes)) ?? String(decoding: bytes, as: UTF8.self)
    }
}

/// One cookie for the browser to keep (RFC 6265, section 4.1), for this host only.
package struct SetCookie: Sendable {
    package enum SameSite: String, Sendable { case strict = "Strict", lax = "Lax" }

    package let name: String
    package let value: String
    /// `nil` keeps it until the browser closes, 0 removes it.
    package let maxAgeSeconds: Int?
    package let isSecure: Bool
    package let sameSite: SameSite
    /// Out of reach of scripts.
    package let isHTTPOnly: Bool

    package init(
        _ name: String, _ value: String, maxAgeSeconds: Int? = nil, isSecure: Bool, sameSite: SameSite = .lax,
        isHTTPOnly: Bool = true
    ) {
        self.name = name
        self.value = value
        self.maxAgeSeconds = maxAgeSeconds
        self.isSecure = isSecure
        self.sameSite = sameSite
        self.isHTTPOnly = isHTTPOnly
    }

    /// The value of a `Set-Cookie` header. Name and value are percent-encoded where they must be, so that no
    /// text can add an attribute or a header; `Cookies` decodes them.
    package var header: String {
        var parts = ["\(PercentCoding.encode(name))=\(PercentCoding.encode(value))", "Path=/"]
        if let maxAgeSeconds { parts.append("Max-Age=\(maxAgeSeconds)") }
        if isSecure { parts.append("Secure") }
        if isHTTPOnly { parts.append("HttpOnly") }
        parts.append("SameSite=\(sameSite.rawValue)")
        return parts.joined(separator: "; ")
    }
}
