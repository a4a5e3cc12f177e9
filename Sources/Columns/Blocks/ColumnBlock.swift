import CColumns

/// Packed columns of at most `mostRows` rows: score, day, then one for each dimension that the table knew.
///
/// On disk, little endian, parts at multiples of 64: magic, length, checksum of all that follows it, rows,
/// first and last day, number of columns; 8 bytes for each column (width, constant, offset); the codes.
struct ColumnBlock: Sendable {
    static let mostRows = 16_384
    static let headLength = 32
    static let magic: UInt32 = 0x3143_4252  // RBC1

    /// Keeps the bytes alive.
    private let memory: any BlockMemory
    let rows: Int
    let days: ClosedRange<Int>
    let length: Int
    private let columns: [Column]

    /// `width` bytes a row from `offset` on, or `constant` in each row where the width is 0.
    private struct Column: Sendable {
        let width: Int
        let constant: Int
        let start: UInt
    }

    static let (score, day, firstDimension) = (0, 1, 2)

    /// The block that begins at `offset`; throws `Damaged` for anything that is not one, whole.
    init(in memory: any BlockMemory, at offset: Int, checking: Bool = true) throws {
        let bytes = UnsafeRawBufferPointer(rebasing: memory.bytes[min(offset, memory.bytes.count)...])
        guard bytes.count >= Self.headLength, bytes.number(at: 0, as: UInt32.self) == Self.magic else {
            throw Damaged()
        }
        let length = Int(bytes.number(at: 4, as: UInt32.self))
        let rows = Int(bytes.number(at: 16, as: UInt32.self))
        let columnCount = Int(bytes.number(at: 24, as: UInt16.self))
        let first = Int(bytes.number(at: 20, as: UInt16.self))
        let last = Int(bytes.number(at: 22, as: UInt16.self))
        guard length <= bytes.count, length >= Self.headLength + 8 * columnCount, columnCount >= 2,
            rows <= Self.mostRows, first <= last,
            !checking || checksum(bytes[16..<length]) == bytes.number(at: 8, as: UInt64.self)
        else { throw Damaged() }
        columns = try (0..<columnCount).map { index in
            let place = Self.headLength + 8 * index
            let width = Int(bytes.number(at: place, as: UInt16.self))
            let offset = Int(bytes.number(at: place + 4, as: UInt32.self))
            guard width <= 2, offset + width * rows <= length else { throw Damaged() }
            return Column(
                width: width, constant: Int(bytes.number(at: place + 2, as: UInt16.self)),
                start: UInt(bitPattern: bytes.baseAddress) + UInt(offset))
        }
        self.memory = memory
        self.rows = rows
        self.length = length
        days = first...last
    }

    /// A column that the table did not know when the block was filled holds no value in any row.
    func column(_ index: Int) -> rapport_column {
        guard index < columns.count else { return rapport_column(codes: nil, width: 0, constant: 0) }
        let column = columns[index]
        return rapport_column(
            codes: UnsafeRawPointer(bitPattern: column.start), width: UInt32(column.width),
            constant: UInt32(column.constant))
    }

    /// Not what was written, or not all of it.
    struct Damaged: Error {}
}

/// Bytes that stay where they are.
protocol BlockMemory: AnyObject, Sendable {
    var bytes: UnsafeRawBufferPointer { get }
}

/// A block that is not in a file: the rows that have come last.
final class HeapMemory: BlockMemory, @unchecked Sendable {
    private let buffer: UnsafeMutableRawBufferPointer
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer) }

    init(_ bytes: [UInt8]) {
        buffer = .allocate(byteCount: bytes.count, alignment: 64)
        buffer.copyBytes(from: bytes)
    }

    deinit { buffer.deallocate() }
}

extension UnsafeRawBufferPointer {
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

func checksum(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    return rapport_checksum(bytes.baseAddress, bytes.count)
}
