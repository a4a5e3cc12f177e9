import Formats
import Web

/// A cell as the import takes it: without the apostrophe that guards spreadsheets, and without blanks around
/// it. Becomes a `String` only when asked for. Valid as long as the row that it is of.
struct ImportCell {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Where more had to be looked at than the first and the last letter.
    private let trimmed: String?

    /// `nil` for a cell in which nothing stands.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.isEmpty { return nil }
        self.bytes = bytes
        if Self.isPlain(bytes) {
            trimmed = nil
            return
        }
        let text = FormulaGuard.removed(from: String(decoding: bytes, as: UTF8.self)).trimmed
        if text.isEmpty { return nil }
        trimmed = text
    }

    var text: String { trimmed ?? String(decoding: bytes, as: UTF8.self) }

    /// Never fewer than its characters.
    var length: Int { trimmed?.utf8.count ?? bytes.count }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard var trimmed else { return body(bytes) }
        return trimmed.withUTF8(body)
    }

    /// Nearly every cell: a letter or a sign at both ends, of ASCII or an ideograph of the common plane. No
    /// mark makes a blank of these.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        let isBegun =
            (0x21...0x7E).contains(first) && first != UInt8(ascii: "'") || (0xE4...0xE9).contains(first)
        return isBegun
            && ((0x21...0x7E).contains(last)
                || last >= 0x80 && bytes.count >= 3 && (0xE4...0xE9).contains(bytes[bytes.count - 3]))
    }
}
