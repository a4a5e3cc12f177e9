extension String {
    /// Safe as the text of an element and inside a quoted attribute.
    package var htmlEscaped: String {
        guard utf8.contains(where: { Self.htmlEscape($0) != nil }) else { return self }
        var escaped: [UInt8] = []
        for byte in utf8 {
            if let escape = Self.htmlEscape(byte) {
                escaped.append(contentsOf: escape.utf8)
            } else {
                escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func htmlEscape(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
