/// The fields of a form or of a query string (`application/x-www-form-urlencoded`), in order, repeated ones
/// kept.
///
/// A name is plain text: `where[city]` is a name like any other.
package struct FormFields: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// How much one form may hold.
    package struct Limits: Sendable {
        package let fields: Int
        package let bytes: Int

        package init(fields: Int = 1000, bytes: Int = 65_536) {
            self.fields = fields
            self.bytes = bytes
        }
    }

    package enum Fault: Error, Equatable {
        case tooManyFields, tooLarge
        /// A `%` that two hexadecimal digits do not follow.
        case badEscape
        case badUTF8
    }

    package private(set) var fields: [Field]

    package init(_ pairs: some Sequence<(String, String)> = []) {
        fields = pairs.map { Field(name: $0.0, value: $0.1) }
    }

    /// Reads a body or what follows `?`. A name without `=` has the empty value; nothing between two `&` is
    /// no field.
    package init(parsing bytes: some Sequence<UInt8>, limits: Limits = Limits()) throws(Fault) {
        let bytes = Array(bytes)
        guard bytes.count <= limits.bytes else { throw .tooLarge }
        fields = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            guard fields.count < limits.fields else { throw .tooManyFields }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            fields.append(
                Field(
                    name: try PercentCoding.decode(pair[..<equals], plusIsBlank: true),
                    value: try PercentCoding.decode(pair[equals...].dropFirst(), plusIsBlank: true)))
        }
    }

    package init(parsing text: String, limits: Limits = Limits()) throws(Fault) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// The first value of that name.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Every value of that name, in order.
    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// As a body or a query string.
    package func encoded() -> String {
        fields.map { field in
            PercentCoding.encode(field.name, blankAsPlus: true) + "="
                + PercentCoding.encode(field.value, blankAsPlus: true)
        }.joined(separator: "&")
    }
}
