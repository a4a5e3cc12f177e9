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
    /// Adds rows that break no key: a few by one statement that stays prepared, many by the fastest road.
    package func insert(_ new: NewRows) throws {
        if new.rows.count > 8 {
            try load(table: new.table, columns: new.columns.map { $0.name }, rows: new.rows)
        } else if !new.rows.isEmpty {
            try run(SQL(inserting: new.rows[...], of: new))
        }
    }

    /// The same for rows that may meet others under their key: `conflict` says what then. By powers of two,
    /// so that few statements do for any number.
    package func insert(_ new: NewRows, else conflict: SQL) throws {
        var rest = new.rows[...]
        var size = 128
        while !rest.isEmpty {
            while size > rest.count { size /= 2 }
            try run("\(SQL(inserting: rest.prefix(size), of: new)) \(conflict)")
            rest = rest.dropFirst(size)
        }
    }
}

extension SQLValue {
    package static func of(_ value: (some SQLBindable)?) -> SQLValue { value?.sqlValue ?? .null }
    package static func of(_ value: (some RawRepresentable<String>)?) -> SQLValue {
        value.map { .text($0.rawValue) } ?? .null
    }
}
