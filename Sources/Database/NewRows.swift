package import Kernel

/// Rows on their way into one table, with the types of its columns: a NULL has one too.
package struct NewRows: Sendable {
    package typealias Column = (name: StaticString, type: SQLType)

    let table: StaticString
    let columns: [Column]
    /// Row after row.
    private(set) var values: [SQLValue] = []
    package var count: Int { values.count / columns.count }

    package init(_ table: StaticString, _ columns: [Column]) {
        self.table = table
        self.columns = columns
    }

    package mutating func add(_ values: [SQLValue]) {
        precondition(values.count == columns.count, "a row has other columns than its table")
        self.values += values
    }

    mutating func removeAll() { values.removeAll(keepingCapacity: true) }

    func row(_ index: Int) -> ArraySlice<SQLValue> {
        values[index * columns.count..<(index + 1) * columns.count]
    }
}

extension Connection {
    /// Adds rows that break no key. PostgreSQL takes some by statements that stay prepared and need no wait,
    /// many by its fastest road; to SQLite, which has no way to go, both are one road.
    package func insert(_ new: NewRows) throws {
        if new.count > 256 || dialect == .sqlite && new.count > 0 {
            try load(new)
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
        var done = 0
        if dialect == .sqlite, new.count > 0 {
            var one: SQL = "\(SQL(inserting: 0..<1, of: new)) \(conflict)"
            for index in 0..<new.count {
                one.rebind(new.row(index))
                returned += try run(one).count
            }
            return returned
        }
        var size = 128
        while done < new.count {
            while size > new.count - done { size /= 2 }
            returned += try run("\(SQL(inserting: done..<done + size, of: new)) \(conflict)").count
            done += size
        }
        return returned
    }

    /// Adds many rows by the fastest road that the database has; the number of rows added.
    @discardableResult
    package func load(
        table: StaticString, columns: [StaticString], rows: some Sequence<[SQLValue]>
    ) throws -> Int {
        // Their types are known to the table; a few at a time, for there may be any number.
        var new = NewRows(table, columns.map { ($0, .integer) })
        var count = 0
        for row in rows {
            new.add(row)
            guard new.count == 4096 else { continue }
            count += try load(new)
            new.removeAll()
        }
        return try count + load(new)
    }
}

extension SQLValue {
    @inlinable package static func of(_ value: (some SQLBindable)?) -> SQLValue { value?.sqlValue ?? .null }
    @inlinable package static func of(_ value: (some RawRepresentable<String>)?) -> SQLValue {
        value.map { .text($0.rawValue) } ?? .null
    }

    // What most columns hold, without a look at what the type can do.
    @inlinable package static func of(_ value: Int?) -> SQLValue {
        value.map { .integer(Int64($0)) } ?? .null
    }
    @inlinable package static func of(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    @inlinable package static func of(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    @inlinable package static func of(_ value: Timestamp?) -> SQLValue {
        value.map { .integer($0.milliseconds) } ?? .null
    }
    @inlinable package static func of<Tag>(_ value: Identifier<Tag>?) -> SQLValue {
        value.map { .integer($0.number) } ?? .null
    }
}
