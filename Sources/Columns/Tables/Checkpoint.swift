/// How far the tables of a folder are, with the rows that fill no block yet.
///
/// On disk, little endian: magic, version, then each field in turn, texts and lists after their lengths, a
/// checksum at the end.
struct Checkpoint: Equatable, Sendable {
    struct Table: Equatable, Sendable {
        let id: Int64
        /// Of the file of blocks.
        let length: Int
        let isWhole: Bool
        let words: ColumnWords
        let gathered: GatheredRows
    }

    let label: String
    let position: Int
    let mark: Int64
    let tables: [Table]

    private static let magic: UInt32 = 0x3143_4352  // RCC1

    init(label: String, position: Int, mark: Int64, tables: [Table]) {
        self.label = label
        self.position = position
        self.mark = mark
        self.tables = tables
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(Self.magic)
        bytes.append(text: label)
        bytes.append(Int64(position))
        bytes.append(mark)
        bytes.append(UInt32(tables.count))
        for table in tables {
            bytes.append(table.id)
            bytes.append(Int64(table.length))
            bytes.append(UInt32(table.isWhole ? 1 : 0))
            bytes.append(texts: table.words.names)
            for values in table.words.values { bytes.append(texts: values) }
            bytes.append(texts: table.words.unpacked.sorted())
            bytes.append(numbers: table.gathered.scores)
            bytes.append(numbers: table.gathered.days)
            bytes.append(UInt32(table.gathered.codes.count))
            for codes in table.gathered.codes { bytes.append(numbers: codes) }
        }
        bytes.append(bytes.withUnsafeBytes { checksum($0[...]) })
        return bytes
    }

    /// Throws `ColumnBlock.Damaged` for anything but what `bytes` gave.
    init(_ bytes: [UInt8]) throws {
        let whole = bytes.count - 8
        guard
            whole > 0,
            bytes.withUnsafeBytes({ checksum($0[..<whole]) == $0.number(at: whole, as: UInt64.self) })
        else { throw ColumnBlock.Damaged() }
        var reader = CheckpointReader(bytes[..<whole])
        guard try reader.number(UInt32.self) == Self.magic else { throw ColumnBlock.Damaged() }
        label = try reader.text()
        position = Int(try reader.number(Int64.self))
        mark = try reader.number(Int64.self)
        tables = try (0..<reader.number(UInt32.self)).map { _ in try Table(&reader) }
    }
}

extension Checkpoint.Table {
    fileprivate init(_ reader: inout CheckpointReader) throws {
        id = try reader.number(Int64.self)
        length = Int(try reader.number(Int64.self))
        isWhole = try reader.number(UInt32.self) == 1
        let names = try reader.texts()
        let values = try names.map { _ in try reader.texts() }
        words = ColumnWords(names: names, values: values, unpacked: Set(try reader.texts()))
        let scores = try reader.numbers(UInt8.self)
        let days = try reader.numbers(UInt16.self)
        let codes = try (0..<reader.number(UInt32.self)).map { _ in try reader.numbers(UInt16.self) }
        guard days.count == scores.count, codes.allSatisfy({ $0.count <= scores.count }),
            codes.count <= names.count
        else { throw ColumnBlock.Damaged() }
        gathered = GatheredRows(scores: scores, days: days, codes: codes)
    }
}

/// Reads what was written, in the same order; throws `ColumnBlock.Damaged` where it ends too soon.
private struct CheckpointReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw ColumnBlock.Damaged() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        try take(Number.bitWidth / 8).withUnsafeBytes { $0.number(at: 0, as: type) }
    }

    mutating func numbers<Number: FixedWidthInteger>(_ type: Number.Type) throws -> [Number] {
        let (count, width) = (Int(try number(UInt32.self)), Number.bitWidth / 8)
        return try take(count * width).withUnsafeBytes { bytes in
            (0..<count).map { bytes.number(at: $0 * width, as: type) }
        }
    }

    mutating func text() throws -> String { String(decoding: try numbers(UInt8.self), as: UTF8.self) }

    mutating func texts() throws -> [String] {
        try (0..<number(UInt32.self)).map { _ in try text() }
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(numbers: [Number]) {
        append(UInt32(numbers.count))
        for number in numbers { append(number) }
    }
    fileprivate mutating func append(text: String) { append(numbers: Array(text.utf8)) }
    fileprivate mutating func append(texts: [String]) {
        append(UInt32(texts.count))
        for text in texts { append(text: text) }
    }
}
