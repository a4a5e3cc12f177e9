package import Kernel

/// Rows on their way into one table, with the types of its columns: a NULL has one too.
package struct NewRows: Sendable {
    package typealias Column = (name: StaticString, type: SQLType)

    let table: StaticString
    let columns: [Column]
    private(set) var rows: [[SQLValue]] = []

    package init(_ table: StaticString, _ columns: [Column]) {
        self.table = table
        self.columns = columns
    }

    package mutating func add(_ values: [SQLValue]) {
        precondition(values.count == columns.count, "a row has other columns than its table")
        rows.append(values)
    }
}

extension Connection {
    /// Adds rows that break no key. PostgreSQL takes some by statements that stay prepared and need no wait,
    /// many by its fastest road; to SQLite, which has no way to go, both are one road.
    package func insert(_ new: NewRows) throws {
        if new.rows.count > 256 || dialect == .sqlite && !new.rows.isEmpty {
            try load(table: new.table, columns: new.columns.map { $0.name }, rows: new.rows)
        } else {
            try insert(new, else: "")
        }
    }

    /// The same for rows that may meet others under their key: `conflict` says what then. By powers of two,
    /// so that few statements do for any number; one by one where nothing is far. How many rows the
    /// statements returned, where they return any.
    @discardableResult
    package func insert(_ new: NewRows, else conflict: SQL) throws -> Int {
        var returned = 0
        if dialect == .sqlite, let first = new.rows.first {
            var one: SQL = "\(SQL(inserting: [first], of: new)) \(conflict)"
            for row in new.rows {
                one.rebind(row)
                returned += try run(one).count
            }
            return returned
        }
        var rest = new.rows[...]
        var size = 128
        while !rest.isEmpty {
            while size > rest.count { size /= 2 }
            returned += try run("\(SQL(inserting: rest.prefix(size), of: new)) \(conflict)").count
            rest = rest.dropFirst(size)
        }
        return returned
    }
}

extension SQLValue {
    @inlinable package static func of(_ value: (some SQLBindable)?) -> SQLValue { value?.sqlValue ?? .null }
    @inlinable package static func of(_ value: (some RawRepresentable<String>)?) -> SQLValue {
        value.map { .text($0.rawValue) } ?? .null
    }

    // What most columns hold, without a look at what the type can do.
    package static func of(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
    package static func of(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    package static func of(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    package static func of(_ value: Timestamp?) -> SQLValue {
        value.map { .integer($0.milliseconds) } ?? .null
    }
    package static func of<Tag>(_ value: Identifier<Tag>?) -> SQLValue {
        value.map { .integer($0.number) } ?? .null
    }
}
