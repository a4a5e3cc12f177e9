import CLibPQ
import Kernel

extension SQLType {
    var typeOID: Oid {
        switch self {
        case .integer: 20
        case .real: 701
        case .text: 25
        case .boolean: 16
        case .blob: 17
        }
    }
}

/// The values of one call in libpq's binary form, in buffers that are used again: a string for each would
/// cost more than the insert.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    mutating func fill(_ parameters: [SQL.Parameter]) {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        // Never empty, so that an empty text has an address too: none is a NULL.
        bytes.append(0)
        for parameter in parameters {
            let start = bytes.count
            append(parameter.value)
            starts.append(parameter.value == .null ? -1 : start)
            lengths.append(Int32(bytes.count - start))
        }
        while formats.count < lengths.count { formats.append(1) }
    }

    private mutating func append(_ value: SQLValue) {
        switch value {
        case .null: break
        case .integer(let value): append(UInt64(bitPattern: value))
        case .real(let value): append(value.bitPattern)
        case .text(let value): bytes += value.utf8
        case .boolean(let value): bytes.append(value ? 1 : 0)
        case .blob(let value): bytes += value
        }
    }

    private mutating func append(_ bits: UInt64) {
        withUnsafeBytes(of: bits.bigEndian) { bytes += $0 }
    }

    mutating func withPointers<Result>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
            pointers.removeAll(keepingCapacity: true)
            for start in starts { pointers.append(start < 0 ? nil : base + start) }
            return body(Int32(pointers.count), pointers, lengths, formats)
        }
    }
}

/// Names and kinds of the columns of an answer.
struct RowShape {
    private enum Kind { case boolean, bytes, integer, numeric, real, text }
    private let columns: [String]
    private let kinds: [Kind]

    init(of result: OpaquePointer) {
        let width = PQnfields(result)
        columns = (0..<width).map { String(cString: PQfname(result, $0)) }
        kinds = (0..<width).map { column in
            switch PQftype(result, column) {
            case 16: .boolean
            case 17: .bytes
            case 20, 21, 23, 26: .integer
            case 1700: .numeric
            case 700, 701: .real
            default: .text
            }
        }
    }

    func rows(of result: OpaquePointer) -> [Row] {
        (0..<PQntuples(result)).map { row in
            Row(columns: columns, values: kinds.indices.map { value(result, row, Int32($0), kinds[$0]) })
        }
    }

    private func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32, _ kind: Kind) -> SQLValue {
        if PQgetisnull(result, row, column) == 1 { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        var text: String { String(decoding: bytes, as: UTF8.self) }
        return switch kind {
        case .boolean: .boolean(bytes.first == UInt8(ascii: "t"))
        case .integer: .integer(integer(bytes))
        case .numeric: Int64(text).map { .integer($0) } ?? .real(Double(text)!)
        case .real: .real(Double(text)!)
        case .bytes: .blob(unhexed(bytes))
        case .text: .text(text)
        }
    }
}

func integer(_ digits: UnsafeRawBufferPointer) -> Int64 {
    let isNegative = digits.first == UInt8(ascii: "-")
    return digits.dropFirst(isNegative ? 1 : 0).reduce(0) { number, digit in
        // Downwards from zero, where the smallest integer has its digits too.
        isNegative ? number * 10 - Int64(digit - 0x30) : number * 10 + Int64(digit - 0x30)
    }
}

/// PostgreSQL writes bytes as `\x` and pairs of hexadecimal digits.
private func unhexed(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    func nibble(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
    return stride(from: 2, to: text.count, by: 2).map { nibble(text[$0]) << 4 | nibble(text[$0 + 1]) }
}

/// Rows in the text format of COPY: tabs between values, `\N` for NULL.
struct CopyLines {
    private static let size = 65_536
    private var bytes: [UInt8] = []
    var isFull: Bool { bytes.count >= Self.size }

    init() { bytes.reserveCapacity(Self.size * 2) }

    mutating func append(_ row: ArraySlice<SQLValue>) {
        for (index, value) in row.enumerated() {
            if index > 0 { bytes.append(0x09) }
            append(value)
        }
        bytes.append(0x0A)
    }

    private mutating func append(_ value: SQLValue) {
        switch value {
        case .null: bytes += #"\N"#.utf8
        case .integer(let value): bytes += String(value).utf8
        case .real(let value): bytes += String(value).utf8
        case .boolean(let value): bytes.append(value ? 0x74 : 0x66)
        case .blob(let value): bytes += (#"\\x"# + value.hexadecimal).utf8
        case .text(let text):
            for byte in text.utf8 {
                switch byte {
                case 0x09: bytes += #"\t"#.utf8
                case 0x0A: bytes += #"\n"#.utf8
                case 0x0D: bytes += #"\r"#.utf8
                case 0x5C: bytes += #"\\"#.utf8
                default: bytes.append(byte)
                }
            }
        }
    }

    mutating func send(to handle: OpaquePointer) -> Bool {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes.withUnsafeBytes {
            PQputCopyData(handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count)) == 1
        }
    }
}
