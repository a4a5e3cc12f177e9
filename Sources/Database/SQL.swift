/// SQL text and the values bound to it: one literal that both SQLite and PostgreSQL run.
///
/// Interpolating a value binds it; interpolating `SQL` splices it. Plain strings never reach the
/// text: only literals and `StaticString` do, so injection does not compile.
///
/// The text holds `?` for each value, so it is ready for SQLite and a key for prepared statements as it
/// stands. PostgreSQL's `$1, $2, …` are written once, when a statement is prepared.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    struct Parameter: Sendable {
        let value: SQLValue
        /// Of the value, or of what it would be if it were not null: PostgreSQL types a statement by its
        /// first call.
        let type: SQLType?
    }

    private(set) var text: String
    private(set) var parameters: [Parameter] = []
    private var words: [DialectWord] = []
    /// How to find so many rows depends on how large the table is by then: PostgreSQL keeps no plan for it.
    private(set) var hasLongList = false

    package init(stringLiteral text: String) { self.text = text }
    package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

    package struct StringInterpolation: StringInterpolationProtocol {
        /// Twice as many would be more than SQLite binds.
        private static let longestPadded = 16_384
        private static let longList = 512
        var sql: SQL = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + interpolationCount)
            sql.parameters.reserveCapacity(interpolationCount)
        }
        package mutating func appendLiteral(_ text: String) {
            assert(!text.utf8.contains(UInt8(ascii: "?")), "a question mark stands for a value")
            sql.text += text
        }
        package mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) {
            sql.bind(value?.sqlValue ?? .null, as: Value.sqlType)
        }
        package mutating func appendInterpolation<Value: RawRepresentable<String>>(_ value: Value?) {
            sql.bind(value.map { .text($0.rawValue) } ?? .null, as: .text)
        }
        // What most statements bind, without a look at what the type can do.
        package mutating func appendInterpolation(_ value: Int64) { sql.bind(.integer(value), as: .integer) }
        package mutating func appendInterpolation(_ value: Int) {
            sql.bind(.integer(Int64(value)), as: .integer)
        }
        package mutating func appendInterpolation(_ value: String) { sql.bind(.text(value), as: .text) }
        package mutating func appendInterpolation(_ other: SQL) { sql.append(other) }
        package mutating func appendInterpolation(_ word: DialectWord) {
            sql.text += word.mark
            sql.words.append(word)
        }
        /// Binds each value: `IN \(list: ids)`.
        package mutating func appendInterpolation<Value: SQLBindable>(list values: [Value]) {
            appendList(values.map(\.sqlValue), as: Value.sqlType)
        }
        package mutating func appendInterpolation<Value: RawRepresentable<String>>(list values: [Value]) {
            appendList(values.map { .text($0.rawValue) }, as: .text)
        }
        package mutating func appendInterpolation(verbatim text: StaticString) { sql.text += "\(text)" }

        private mutating func appendList(_ values: [SQLValue], as type: SQLType?) {
            precondition(!values.isEmpty, "IN () is not SQL: decide in Swift what an empty list means")
            // The last one again up to a power of two: lists of any length share a few prepared statements.
            let count = values.count > Self.longestPadded ? values.count : values.count.powerOfTwoAbove
            if count >= Self.longList { sql.hasLongList = true }
            for index in 0..<count {
                sql.text += index == 0 ? "(" : ", "
                sql.bind(values[min(index, values.count - 1)], as: type)
            }
            sql.text += ")"
        }
    }

    private mutating func bind(_ value: SQLValue, as type: SQLType?) {
        text += "?"
        parameters.append(Parameter(value: value, type: value.type ?? type))
    }

    fileprivate mutating func append(_ other: SQL, after separator: StaticString = "") {
        if separator.utf8CodeUnitCount > 0 { text += "\(separator)" }
        text += other.text
        parameters += other.parameters
        words += other.words
        hasLongList = hasLongList || other.hasLongList
    }

    /// One statement for a few rows.
    init(inserting rows: Range<Int>, of new: NewRows) {
        self.init(stringLiteral: "INSERT INTO \(new.table) (")
        text += new.columns.map { $0.name.description }.joined(separator: ", ") + ") VALUES "
        for (index, row) in rows.enumerated() {
            text += index == 0 ? "(" : ", ("
            for (column, value) in new.row(row).enumerated() {
                if column > 0 { text += ", " }
                bind(value, as: new.columns[column].type)
            }
            text += ")"
        }
    }

    /// The same statement for another row: as many values, each of the same column.
    mutating func rebind(_ row: ArraySlice<SQLValue>) {
        for (index, value) in row.enumerated() {
            parameters[index] = Parameter(value: value, type: value.type ?? parameters[index].type)
        }
    }

    /// The text in the words of one database. Costs nothing for SQLite unless a dialect word is in it.
    func text(in dialect: Dialect) -> String {
        var text = text
        for word in words { text.replace(word.mark, with: word.text(in: dialect)) }
        guard dialect == .postgres else { return text }
        let parts = text.split(separator: "?", omittingEmptySubsequences: false)
        return parts.dropFirst().enumerated().reduce(into: String(parts[0])) {
            $0 += "$\($1.offset + 1)\($1.element)"
        }
    }
}

extension [SQL] {
    /// Splices fragments: `filters.joined(" AND ")`.
    package func joined(_ separator: StaticString) -> SQL {
        enumerated().reduce(into: "") { $0.append($1.element, after: $1.offset == 0 ? "" : separator) }
    }
}

extension Int {
    /// The smallest power of two that is not below it.
    var powerOfTwoAbove: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
