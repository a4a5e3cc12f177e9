import Foundation

extension DKIMSigner {
    /// Where the DNS holds it.
    package var recordName: String { "\(selector)._domainkey.\(domain)" }

    /// The public half of the key as the DNS holds it (RFC 6376, 3.6.1); `nil` of a key that is no RSA key.
    package var record: String? {
        guard let key = RSAKey(pem: pem) else { return nil }
        return "v=DKIM1; k=rsa; p=" + Data(key.publicBytes).base64EncodedString()
    }
}

/// Modulus and exponent of an RSA key in PEM, as `openssl genrsa` writes it (RFC 8017, RFC 5208).
private struct RSAKey {
    private let modulus: ArraySlice<UInt8>
    private let exponent: ArraySlice<UInt8>

    init?(pem: String) {
        let lines = pem.split(whereSeparator: \.isNewline).drop { !$0.hasPrefix("-----BEGIN") }.dropFirst()
            .prefix { !$0.hasPrefix("-----END") }
        guard let bytes = Data(base64Encoded: lines.joined()) else { return nil }
        var whole = DER(Array(bytes)[...])
        guard var outer = whole.read(0x30), outer.read(0x02) != nil else { return nil }
        var key = outer
        if var wrapped = Self.wrapped(outer) {
            guard let inner = wrapped.read(0x30) else { return nil }
            key = inner
            guard key.read(0x02) != nil else { return nil }
        }
        guard let modulus = key.read(0x02), let exponent = key.read(0x02) else { return nil }
        (self.modulus, self.exponent) = (modulus.bytes, exponent.bytes)
    }

    /// What PKCS #8 puts around a key: the algorithm, then the key as a string of bytes.
    private static func wrapped(_ outer: DER) -> DER? {
        var outer = outer
        return outer.read(0x30) == nil ? nil : outer.read(0x04)
    }

    /// SubjectPublicKeyInfo (RFC 5280) of rsaEncryption.
    var publicBytes: [UInt8] {
        let algorithm: [UInt8] = [
            0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        let numbers = DER.written(0x02, Array(modulus)) + DER.written(0x02, Array(exponent))
        return DER.written(0x30, algorithm + DER.written(0x03, [0] + DER.written(0x30, numbers)))
    }
}

/// Values with tag and length before them (X.690).
private struct DER {
    private(set) var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The next value; `nil` where another tag stands, and then nothing is read.
    mutating func read(_ tag: UInt8) -> DER? {
        var rest = bytes
        guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { return nil }
        bytes = rest.dropFirst(length)
        return DER(rest.prefix(length))
    }

    static func written(_ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
        guard value.count >= 0x80 else { return [tag, UInt8(value.count)] + value }
        var length: [UInt8] = [], rest = value.count
        while rest > 0 {
            length.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + value
    }
}
