import Customers
import Database
package import Formats
import Kernel

/// Some rows of an export side by side: their bytes once, their cells as places in them. Read in a
/// transaction, written after it.
package struct ResponsePart: Sendable {
    private enum Cell {
        case blank
        case text(start: Int32, count: Int32)
        case integer(Int)
        case number(Double)
        case made(Kind, Int64)
    }

    /// What a column of `ResponseExport.fixedHeadings` holds.
    enum Kind {
        case text, integer, time
        case response, survey, customer
    }

    /// How many columns each row has.
    private let width: Int
    private var bytes: [UInt8] = []
    private var fixed: [Cell] = []
    /// Cells of columns that not every row fills.
    private var further: [(row: Int, column: Int, cell: Cell)] = []
    private(set) var ids: [SurveyResponse.ID] = []
    private(set) var last: ResponsePlace?
    /// Where the export goes on; `nil` after the last part.
    package internal(set) var next: ResponsePlace?
    package var count: Int { ids.count }

    init(width: Int) { self.width = width }

    /// Takes the columns of a row that stand in the order of `kinds`; the first is its id.
    mutating func add(_ row: RowView, _ kinds: [Kind], time: Int) {
        let id = SurveyResponse.ID(row.int64(0) ?? 0)
        ids.append(id)
        last = ResponsePlace(occurredAt: Timestamp(milliseconds: row.int64(time) ?? 0), id: id)
        for (column, kind) in kinds.enumerated() { fixed.append(cell(row, column, kind)) }
    }

    private mutating func cell(_ row: RowView, _ column: Int, _ kind: Kind) -> Cell {
        if kind == .text { return row.text(column).map { text($0) } ?? .blank }
        guard let number = row.int64(column) else { return .blank }
        return kind == .integer ? .integer(Int(number)) : .made(kind, number)
    }

    private mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) -> Cell {
        defer { bytes.append(contentsOf: utf8) }
        return .text(start: Int32(bytes.count), count: Int32(utf8.count))
    }

    /// What was known or said beside, in a column of its own.
    mutating func add(_ utf8: UnsafeBufferPointer<UInt8>, row: Int, column: Int) {
        further.append((row, column, text(utf8)))
    }

    mutating func add(_ number: Double, row: Int, column: Int) {
        further.append((row, column, .number(number)))
    }

    /// Hands over row by row, in the order of the export's headings.
    package func write(to sink: inout some CellSink) {
        guard !ids.isEmpty else { return }
        var scratch: [UInt8] = []
        let further = further.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        var rest = further[...]
        let each = fixed.count / ids.count
        bytes.withUnsafeBufferPointer { bytes in
            for row in ids.indices {
                for cell in fixed[row * each..<(row + 1) * each] {
                    Self.put(cell, bytes, &scratch, into: &sink)
                }
                var column = each
                while let next = rest.first, next.row == row {
                    while column < next.column {
                        sink.blank()
                        column += 1
                    }
                    Self.put(next.cell, bytes, &scratch, into: &sink)
                    column += 1
                    rest.removeFirst()
                }
                while column < width {
                    sink.blank()
                    column += 1
                }
                sink.endRow()
            }
        }
    }

    private static func put(
        _ cell: Cell, _ bytes: UnsafeBufferPointer<UInt8>, _ scratch: inout [UInt8],
        into sink: inout some CellSink
    ) {
        switch cell {
        case .blank: sink.blank()
        case .text(let start, let count):
            sink.text(UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(start) + Int(count)]))
        case .integer(let value): sink.integer(value)
        case .number(let value): sink.number(value)
        case .made(let kind, let number):
            scratch.removeAll(keepingCapacity: true)
            kind.write(number, into: &scratch)
            scratch.withUnsafeBufferPointer { sink.text($0) }
        }
    }
}

extension ResponsePart.Kind {
    /// What a number of the table stands for, as the API writes it.
    fileprivate func write(_ number: Int64, into bytes: inout [UInt8]) {
        switch self {
        case .response: SurveyResponse.ID(number).write(into: &bytes)
        case .survey: Survey.ID(number).write(into: &bytes)
        case .customer: Customer.ID(number).write(into: &bytes)
        case .time: bytes.append(contentsOf: Timestamp(milliseconds: number).rfc3339.utf8)
        case .text, .integer: bytes.append(contentsOf: String(number).utf8)
        }
    }
}
