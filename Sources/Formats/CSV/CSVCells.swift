/// The cells of one record as UTF-8, for whoever looks at every cell of a million rows. Valid while
/// `CSVRow.withCells` runs.
package struct CSVCells {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let cells: UnsafeBufferPointer<Range<Int>>

    package var count: Int { cells.count }

    /// A cell as it stands in the file, quotes resolved; empty where the row has no such cell.
    package subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[cells.indices.contains(index) ? cells[index] : 0..<0])
    }
}

extension CSVRow {
    /// Returns nothing, for a result of any type would be handed through memory, row by row.
    package func withCells(_ body: (CSVCells) throws -> Void) rethrows {
        try bytes.withUnsafeBufferPointer { bytes in
            try cells.withUnsafeBufferPointer { try body(CSVCells(bytes: bytes, cells: $0)) }
        }
    }
}
