package import Kernel

/// One row of an answer; values are asked for by the name of their column.
package struct Row: Sendable {
    package let columns: [String]
    package let values: [SQLValue]

    package init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    package func value(_ name: String) throws -> SQLValue {
        // Lengths first: to compare two texts costs more.
        let length = name.utf8.count
        guard let index = columns.firstIndex(where: { $0.utf8.count == length && $0 == name }) else {
            throw RowError.noColumn(name)
        }
        return values[index]
    }

    package func int(_ name: String) throws -> Int { Int(try int64(name)) }
    package func int64(_ name: String) throws -> Int64 { try required(name, optionalInt64) }
    package func double(_ name: String) throws -> Double { try required(name, optionalDouble) }
    package func text(_ name: String) throws -> String { try required(name, optionalText) }
    package func bool(_ name: String) throws -> Bool { try required(name, optionalBool) }
    package func bytes(_ name: String) throws -> [UInt8] { try required(name, optionalBytes) }

    package func optionalInt(_ name: String) throws -> Int? { try optionalInt64(name).map { Int($0) } }
    /// Sums of integers are wider than integers on PostgreSQL, so a whole real counts as one.
    package func optionalInt64(_ name: String) throws -> Int64? {
        switch try value(name) {
        case .integer(let value): value
        case .real(let real): if let whole = Int64(exactly: real) { whole } else { throw wrongType(name) }
        case .null: nil
        default: throw wrongType(name)
        }
    }
    package func optionalDouble(_ name: String) throws -> Double? {
        switch try value(name) {
        case .real(let value): value
        case .integer(let value): Double(value)
        case .null: nil
        default: throw wrongType(name)
        }
    }
    package func optionalText(_ name: String) throws -> String? {
        switch try value(name) {
        case .text(let value): value
        case .null: nil
        default: throw wrongType(name)
        }
    }
    package func optionalBool(_ name: String) throws -> Bool? {
        switch try value(name) {
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .null: nil
        default: throw wrongType(name)
        }
    }
    package func optionalBytes(_ name: String) throws -> [UInt8]? {
        switch try value(name) {
        case .blob(let value): value
        case .null: nil
        default: throw wrongType(name)
        }
    }

    private func required<Value>(_ name: String, _ optional: (String) throws -> Value?) throws -> Value {
        guard let value = try optional(name) else { throw wrongType(name) }
        return value
    }
    func wrongType(_ name: String) -> RowError {
        .wrongType(name, columns.firstIndex(of: name).map { values[$0] } ?? .null)
    }
}

/// A query and its reader disagree: a bug, never the caller's fault.
package enum RowError: Error { case noColumn(String), wrongType(String, SQLValue) }

extension Row {
    @inlinable package func id<Tag>(_ name: String) throws -> Identifier<Tag> { Identifier(try int64(name)) }
    package func timestamp(_ name: String) throws -> Timestamp { Timestamp(milliseconds: try int64(name)) }
    package func day(_ name: String) throws -> LocalDay { LocalDay(number: try int(name)) }
    /// A closed set kept as its word.
    package func value<Value: RawRepresentable<String>>(_ name: String, as: Value.Type = Value.self) throws
        -> Value
    {
        guard let value = Value(rawValue: try text(name)) else { throw wrongType(name) }
        return value
    }

    @inlinable package func optionalID<Tag>(_ name: String) throws -> Identifier<Tag>? {
        try optionalInt64(name).map { Identifier($0) }
    }
    package func optionalTimestamp(_ name: String) throws -> Timestamp? {
        try optionalInt64(name).map { Timestamp(milliseconds: $0) }
    }
    package func optionalDay(_ name: String) throws -> LocalDay? {
        try optionalInt(name).map { LocalDay(number: $0) }
    }
    package func optionalValue<Value: RawRepresentable<String>>(
        _ name: String, as: Value.Type = Value.self
    ) throws -> Value? {
        guard let text = try optionalText(name) else { return nil }
        guard let value = Value(rawValue: text) else { throw wrongType(name) }
        return value
    }
}

extension Identifier: SQLBindable {
    package static var sqlType: SQLType? { .integer }
    package var sqlValue: SQLValue { .integer(number) }
}
extension Timestamp: SQLBindable {
    package static var sqlType: SQLType? { .integer }
    package var sqlValue: SQLValue { .integer(milliseconds) }
}
extension LocalDay: SQLBindable {
    package static var sqlType: SQLType? { .integer }
    package var sqlValue: SQLValue { .integer(Int64(number)) }
}
