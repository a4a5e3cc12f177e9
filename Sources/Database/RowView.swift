import CLibPQ
import CSQLite

/// One row where the driver holds it: values are asked for by the number of their column, and no text is
/// copied. Valid while the body runs that it was handed to.
package struct RowView {
    private enum Holder {
        case sqlite(OpaquePointer)
        case postgres(OpaquePointer, row: Int32)
    }

    private let holder: Holder

    init(sqlite statement: OpaquePointer) { holder = .sqlite(statement) }
    init(postgres result: OpaquePointer, row: Int32) { holder = .postgres(result, row: row) }

    /// The UTF-8 of a text; `nil` for NULL.
    package func text(_ column: Int) -> UnsafeBufferPointer<UInt8>? {
        let column = Int32(column)
        switch holder {
        case .sqlite(let statement):
            if sqlite3_column_type(statement, column) == SQLITE_NULL { return nil }
            let start = sqlite3_column_text(statement, column)
            return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
        case .postgres(let result, let row):
            if PQgetisnull(result, row, column) == 1 { return nil }
            return UnsafeRawBufferPointer(
                start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column))
            ).assumingMemoryBound(to: UInt8.self)
        }
    }

    package func int64(_ column: Int) -> Int64? {
        switch holder {
        case .sqlite(let statement):
            sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
                ? nil : sqlite3_column_int64(statement, Int32(column))
        case .postgres: text(column).map { integer(UnsafeRawBufferPointer($0)) }
        }
    }

    package func double(_ column: Int) -> Double? {
        switch holder {
        case .sqlite(let statement):
            sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
                ? nil : sqlite3_column_double(statement, Int32(column))
        case .postgres: text(column).flatMap { Double(String(decoding: $0, as: UTF8.self)) }
        }
    }
}
