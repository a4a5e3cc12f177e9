/// Base64 with padding (RFC 4648, section 4).
package enum Base64 {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let letters = Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(letters) + String(repeating: "=", count: (4 - letters.count % 4) % 4)
    }

    /// `nil` for any text that `encode` does not write.
    package static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 4), !text.contains("-"), !text.contains("_") else { return nil }
        let letters = text.reversed().drop { $0 == "=" }.reversed()
        guard text.count - letters.count <= 2 else { return nil }
        return Base64URL.decode(String(letters.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
    }
}
