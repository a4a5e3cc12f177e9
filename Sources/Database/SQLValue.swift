/// What a column holds, as both databases know it.
package enum SQLType: Sendable {
    case integer, real, text, boolean, blob
}

package enum SQLValue: Sendable, Equatable {
    case null, integer(Int64), real(Double), text(String), boolean(Bool), blob([UInt8])

    var type: SQLType? {
        switch self {
        case .null: nil
        case .integer: .integer
        case .real: .real
        case .text: .text
        case .boolean: .boolean
        case .blob: .blob
        }
    }
}

/// What can be interpolated into `SQL` as a bound value; an optional of it binds NULL.
package protocol SQLBindable {
    /// Known without a value, so that a NULL has a type too. `nil` leaves it to the database to infer.
    static var sqlType: SQLType? { get }
    var sqlValue: SQLValue { get }
}

extension Int: SQLBindable {
    package static var sqlType: SQLType? { .integer }
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Int64: SQLBindable {
    package static var sqlType: SQLType? { .integer }
    package var sqlValue: SQLValue { .integer(self) }
}
extension Double: SQLBindable {
    package static var sqlType: SQLType? { .real }
    package var sqlValue: SQLValue { .real(self) }
}
extension String: SQLBindable {
    package static var sqlType: SQLType? { .text }
    package var sqlValue: SQLValue { .text(self) }
}
extension Bool: SQLBindable {
    package static var sqlType: SQLType? { .boolean }
    package var sqlValue: SQLValue { .boolean(self) }
}
extension [UInt8]: SQLBindable {
    package static var sqlType: SQLType? { .blob }
    package var sqlValue: SQLValue { .blob(self) }
}
/// A value whose type is known only when the program runs.
extension SQLValue: SQLBindable {
    package static var sqlType: SQLType? { nil }
    package var sqlValue: SQLValue { self }
}
