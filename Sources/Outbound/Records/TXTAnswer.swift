/// The TXT records in an answer of the DNS (RFC 1035, 4.1).
package struct TXTAnswer: Equatable, Sendable {
    /// Each record's strings joined, as receivers of mail read them (RFC 7208, 3.3; RFC 6376, 3.6.2.2).
    package let records: [String]

    private static let mostRecords = 100

    /// `nil` for bytes that are no answer, or less than the whole of one.
    package init?(_ message: [UInt8]) {
        var reader = Reader(rest: message[...])
        guard message.count >= 12, reader.take(4) != nil, let questions = reader.number(),
            let answers = reader.number(), reader.take(4) != nil
        else { return nil }
        for _ in 0..<questions { guard reader.name(), reader.take(4) != nil else { return nil } }
        var records: [String] = []
        for _ in 0..<answers {
            guard reader.name(), let type = reader.number(), let kind = reader.number(),
                reader.take(4) != nil, let length = reader.number(), let data = reader.take(length)
            else { return nil }
            // What leads here from another name stands among the answers, too.
            guard type == 16, kind == 1 else { continue }
            guard records.count < Self.mostRecords, let text = Self.text(data) else { return nil }
            records.append(text)
        }
        self.records = records
    }

    private static func text(_ data: ArraySlice<UInt8>) -> String? {
        var (rest, bytes) = (data, [UInt8]())
        while let length = rest.popFirst() {
            guard rest.count >= Int(length) else { return nil }
            bytes += rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
        }
        return String(decoding: bytes.map { (0x20..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        mutating func number() -> Int? { take(2).map { $0.reduce(0) { $0 << 8 | Int($1) } } }

        /// Passes a name by: labels up to the empty one, or to a pointer, which ends it.
        mutating func name() -> Bool {
            while let length = rest.popFirst() {
                switch length {
                case 0: return true
                case 1...63: guard take(Int(length)) != nil else { return false }
                case 0xC0...: return rest.popFirst() != nil
                default: return false
                }
            }
            return false
        }
    }
}
