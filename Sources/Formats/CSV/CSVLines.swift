/// What takes the cells of rows one after the other.
package protocol CellSink {
    mutating func text(_ utf8: UnsafeBufferPointer<UInt8>)
    mutating func integer(_ value: Int)
    mutating func number(_ value: Double)
    mutating func blank()
    mutating func endRow()
}

/// The lines of a CSV file, written cell by cell.
package struct CSVLines: CellSink {
    package var bytes: [UInt8] = []
    private let writer: CSVWriter
    private var start: Int?
    private var cells = 0

    package init(_ writer: CSVWriter) { self.writer = writer }

    package mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) {
        beginCell()
        writer.write(utf8, into: &bytes)
    }

    package mutating func integer(_ value: Int) {
        beginCell()
        writer.write(value, into: &bytes)
    }

    package mutating func number(_ value: Double) {
        beginCell()
        writer.write(value, into: &bytes)
    }

    package mutating func blank() { beginCell() }

    package mutating func endRow() {
        // An empty line would be no row.
        if let start, cells == 1, bytes[start...].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            bytes.insert(UInt8(ascii: "\""), at: start)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(0x0D)
        bytes.append(0x0A)
        (start, cells) = (nil, 0)
    }

    private mutating func beginCell() {
        if cells == 0 { start = bytes.count } else { bytes.append(writer.delimiter) }
        cells += 1
    }
}

/// The cells of some rows, kept.
package struct CellRows: CellSink {
    package private(set) var rows: [[CSVCell]] = []
    private var cells: [CSVCell] = []

    package init() {}

    package mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) {
        cells.append(.text(String(decoding: utf8, as: UTF8.self)))
    }
    package mutating func integer(_ value: Int) { cells.append(.integer(value)) }
    package mutating func number(_ value: Double) { cells.append(.number(value)) }
    package mutating func blank() { cells.append(.blank) }
    package mutating func endRow() {
        rows.append(cells)
        cells.removeAll(keepingCapacity: true)
    }
}
