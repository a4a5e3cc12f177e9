/// JSON that is written as it comes, for answers of thousands of numbers: no value is made that is only
/// written. It is written as `JSONValue` writes it.
package struct JSONBytes: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Whether something stands before what comes next, in the same object or array.
    private var follows = false

    package init() {}

    package mutating func object(_ members: (inout JSONBytes) -> Void) {
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    package mutating func array(_ elements: (inout JSONBytes) -> Void) {
        nest(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    /// Before each value of an object. The name is written as it stands.
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        follows = false
    }

    package mutating func value(_ value: JSONValue) {
        separate()
        value.write(into: &bytes)
        follows = true
    }

    package mutating func members(of object: JSONObject) {
        for member in object.members {
            value(.string(member.key))
            bytes.append(UInt8(ascii: ":"))
            follows = false
            value(member.value)
        }
    }

    private mutating func nest(_ first: UInt8, _ last: UInt8, _ body: (inout JSONBytes) -> Void) {
        separate()
        bytes.append(first)
        follows = false
        body(&self)
        bytes.append(last)
        follows = true
    }

    private mutating func separate() {
        if follows { bytes.append(UInt8(ascii: ",")) }
    }
}
