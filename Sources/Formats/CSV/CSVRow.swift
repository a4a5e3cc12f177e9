/// One record of a CSV file. Keeps the UTF-8 of its cells side by side; a cell becomes a `String` when asked
/// for.
package struct CSVRow: Sendable {
    /// Why a record cannot be read as a row. It is handed over all the same, so that it is counted and can be
    /// saved.
    package enum Fault: String, Sendable {
        /// More or fewer cells than the header has.
        case cellCount
        case unclosedQuote
        case textAfterQuote
        /// Bytes that are no text in the file's encoding, or a zero byte.
        case badBytes
        /// More than 1 MiB.
        case tooLong
    }

    /// The line of the file on which it begins; the first is 1. A quoted cell may run over several lines.
    package internal(set) var line = 0
    /// `nil` for a row that can be read.
    package internal(set) var fault: Fault?

    var bytes = Refill<UInt8>()
    var cells = Refill<Range<Int>>()
    var hasQuotes = false

    package var count: Int { cells.count }

    /// The text of a cell, without the apostrophe that guards a spreadsheet from formulas; empty where the
    /// row has no such cell.
    package subscript(index: Int) -> String {
        guard cells.indices.contains(index) else { return "" }
        return FormulaGuard.removed(from: withBytes(of: index) { String(decoding: $0, as: UTF8.self) })
    }

    /// The UTF-8 of a cell as it stands in the file, quotes resolved; valid only within `body`.
    package func withBytes<Result>(
        of index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { all in
            try body(UnsafeBufferPointer(rebasing: all[cells.indices.contains(index) ? cells[index] : 0..<0]))
        }
    }

    package func isBlank(_ index: Int) -> Bool {
        withBytes(of: index) { bytes in
            // Most cells begin with a sign of ASCII that is no blank.
            if let first = bytes.first, (0x21...0x7E).contains(first) { return false }
            return ScoreText.isBlank(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The whole number in a cell, as `ScoreText` reads it.
    package func integer(_ index: Int) -> Int? { withBytes(of: index) { ScoreText.integer($0) } }

    /// Every cell as text. Of a record that could not be cut into cells: its line.
    package var texts: [String] {
        count > 0
            ? cells.indices.map { self[$0] }
            : [bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }]
    }

    /// The same in no more memory than it needs, to be kept while others are read.
    package var compact: CSVRow {
        var row = self
        (row.bytes, row.cells) = (bytes.compact, cells.compact)
        return row
    }

    /// Begins anew, keeping the memory.
    mutating func clear() {
        fault = nil
        bytes.removeAll()
        cells.removeAll()
        hasQuotes = false
    }

    /// Nothing but blanks: no row at all.
    var isEmptyLine: Bool {
        count == 1 && bytes.withUnsafeBufferPointer { $0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
    }

    /// Finds bytes that are no text. Cell by cell, for two bad cells can look like a good one together.
    mutating func checkBytes() {
        let isBad = bytes.withUnsafeBufferPointer { all in
            let (hasHigh, hasZero) = UTF8Check.survey(all)
            return hasZero
                || (hasHigh
                    && !cells.indices.allSatisfy {
                        UTF8Check.isValid(UnsafeBufferPointer(rebasing: all[cells[$0]]))
                    })
        }
        if isBad { fault = .badBytes }
    }

    /// Makes each pair of quotes within a cell one.
    mutating func unescape(_ index: Int) {
        let quote = UInt8(ascii: "\"")
        let cell = cells[index]
        var end = cell.lowerBound
        var position = cell.lowerBound
        while position < cell.upperBound {
            bytes[end] = bytes[position]
            position += bytes[position] == quote ? 2 : 1
            end += 1
        }
        cells[index] = cell.lowerBound..<end
    }
}
