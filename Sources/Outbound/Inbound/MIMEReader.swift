import CGMime

/// A message taken apart by GMime, within limits that hold for any bytes.
struct MIMEReader: Equatable, Sendable {
    struct Part: Equatable, Sendable {
        /// In lower case: `text/plain`. Of a message within the message, `message/rfc822`: its header fields.
        let type: String
        let content: [UInt8]
        let isEmbedded: Bool
        let isAttachment: Bool

        /// With LF between lines.
        var text: String {
            var lines = content
            lines.removeAll { $0 == 0x0D }
            return String(decoding: lines, as: UTF8.self)
        }
    }

    /// Names in lower case; values unfolded, with what is encoded in them.
    let headers: [(name: String, value: String)]
    /// Decoded.
    let subject: String
    let parts: [Part]
    /// Something was left out for its size, number or depth.
    let isCut: Bool

    static let mostBytes = 25 * 1024 * 1024
    private static let limits = rapport_mime_limits(headers: 500, parts: 200, depth: 20, bytes: mostBytes)

    /// `nil` where the bytes are too many or no message at all.
    static func read(_ bytes: [UInt8]) -> MIMEReader? {
        guard bytes.count <= mostBytes, let read = rapport_mime_read(bytes, bytes.count, limits) else {
            return nil
        }
        defer { rapport_mime_free(read) }
        return MIMEReader(read.pointee)
    }

    private init(_ c: rapport_mime) {
        headers = UnsafeBufferPointer(start: c.headers, count: c.header_count).map {
            (String(cString: $0.name).lowercased(), String(cString: $0.value))
        }
        subject = c.subject.map { String(cString: $0) } ?? ""
        parts = UnsafeBufferPointer(start: c.parts, count: c.part_count).map {
            Part(
                type: String(cString: $0.type),
                content: Array(UnsafeBufferPointer(start: $0.content, count: $0.length)),
                isEmbedded: $0.is_embedded, isAttachment: $0.is_attachment)
        }
        isCut = c.is_cut
    }

    func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name == name }.map(\.value)
    }

    func first(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name == name }?.value
    }

    static func == (left: Self, right: Self) -> Bool {
        left.parts == right.parts && left.isCut == right.isCut && left.subject == right.subject
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}
