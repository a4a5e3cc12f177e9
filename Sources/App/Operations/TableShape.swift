import Database
import Formats
import Foundation

/// One table as a backup carries it: the same on both engines.
struct TableShape: Equatable, Sendable {
    enum ColumnType: String, Sendable { case integer, real, text, boolean, blob }
    struct Column: Equatable, Sendable {
        let name: String
        let type: ColumnType
    }

    /// What belongs to running processes and open sessions, and the list of migrations, which the manifest
    /// holds.
    static let leftOut: Set<String> = ["migrations", "nodes", "leases", "sessions", "sign_in_failures"]

    let name: String
    let columns: [Column]

    /// `nil` for names that no table of ours has: they become part of statements.
    init?(name: String, columns: [Column]) {
        let isPlain = ([name] + columns.map(\.name)).allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || $0 == 0x5F || (0x30...0x39).contains($0)
                }
        }
        guard isPlain, !columns.isEmpty else { return nil }
        self.name = name
        self.columns = columns
    }

    /// A row as one line of JSON without the line's end: an array in the order of the columns.
    func line(_ values: [SQLValue]) -> [UInt8] {
        JSONValue.array(zip(values, columns).map { value, column in json(value, column.type) }).encoded()
    }

    private func json(_ value: SQLValue, _ type: ColumnType) -> JSONValue {
        switch value {
        case .null: .null
        case .integer(let number): type == .boolean ? .bool(number != 0) : .integer(number)
        case .real(let number): .number(number)
        case .text(let text): .string(text)
        case .boolean(let flag): .bool(flag)
        case .blob(let bytes): .string(Data(bytes).base64EncodedString())
        }
    }

    /// The values of a line, bound with their types; `nil` for a line of another table.
    func values(_ line: JSONValue) -> [SQL]? {
        guard let fields = line.array, fields.count == columns.count else { return nil }
        let values = zip(fields, columns).map { field, column in bound(field, column.type) }
        return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }

    private func bound(_ field: JSONValue, _ type: ColumnType) -> SQL? {
        switch type {
        case .integer: fits(field, field.exactInteger) { "\($0)" }
        case .real: fits(field, field.double) { "\($0)" }
        case .text: fits(field, field.string) { "\($0)" }
        case .boolean: fits(field, field.bool) { "\($0)" }
        case .blob:
            fits(field, field.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }) { "\($0)" }
        }
    }

    /// Null is null; anything else must be of the column's type.
    private func fits<Value>(_ field: JSONValue, _ value: Value?, _ bind: (Value?) -> SQL) -> SQL? {
        value == nil && !field.isNull ? nil : bind(value)
    }
}
