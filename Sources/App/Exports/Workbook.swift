import CXLSXWriter
import Formats

/// An XLSX file, written row by row: the library keeps no more than one row in memory. Text is always text,
/// never a formula.
final class Workbook {
    /// Of one sheet; more rows go on another one.
    private static let mostRows: UInt32 = 1_048_576
    /// Of one cell, in UTF-16; what is longer is cut, for Excel would refuse the file.
    private static let longestText = 32_767

    private let book: UnsafeMutablePointer<lxw_workbook>
    private var sheet: UnsafeMutablePointer<lxw_worksheet>
    private var row: UInt32 = 0
    private var heading: [CSVCell] = []
    private var isClosed = false
    private let path: String

    init(path: String) throws {
        var options = lxw_workbook_options()
        options.constant_memory = 1
        guard let book = workbook_new_opt(path, &options),
            let sheet = workbook_add_worksheet(book, nil)
        else {
            throw CommandFailure("\(path) cannot be written.")
        }
        self.path = path
        self.book = book
        self.sheet = sheet
    }

    deinit { if !isClosed { _ = workbook_close(book) } }

    /// The first row is the heading; it stands on each sheet.
    func write(_ cells: [CSVCell]) throws {
        if heading.isEmpty { heading = cells }
        if row == Self.mostRows {
            guard let next = workbook_add_worksheet(book, nil) else {
                throw CommandFailure("\(path) cannot be written.")
            }
            (sheet, row) = (next, 0)
            try write(heading)
        }
        for (column, cell) in cells.enumerated() {
            let place = lxw_col_t(column)
            let outcome =
                switch cell {
                case .text(let text): worksheet_write_string(sheet, row, place, Self.cut(text), nil)
                case .integer(let value): worksheet_write_number(sheet, row, place, Double(value), nil)
                case .number(let value): worksheet_write_number(sheet, row, place, value, nil)
                case .blank: LXW_NO_ERROR
                }
            try check(outcome)
        }
        row += 1
    }

    func close() throws {
        isClosed = true
        try check(workbook_close(book))
    }

    private func check(_ outcome: lxw_error) throws {
        if outcome != LXW_NO_ERROR {
            throw CommandFailure("\(path) cannot be written: \(String(cString: lxw_strerror(outcome))).")
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf16.count <= longestText ? text : String(text.prefix(longestText / 2))
    }
}
