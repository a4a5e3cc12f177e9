package import Formats
package import Kernel

/// Reads the fields of one JSON object and remembers every one that is wrong, so that a caller hears of all
/// at once.
///
/// Read all fields, then call `finish()`: it throws what was found, unknown names included.
package struct JSONInput: Sendable {
    private let object: JSONObject
    private let path: String
    private var known: Set<String> = []
    package private(set) var problems: [DomainError.Field] = []

    /// Throws `malformed` (400) for what is not JSON or not UTF-8, `invalid` (422) for what is not an object.
    package init(_ bytes: [UInt8]) throws(DomainError) {
        do {
            self = try JSONInput(JSONValue(parsing: bytes), path: "")
        } catch let error as JSONError {
            throw .malformedJSON(error)
        } catch let error as DomainError {
            throw error
        } catch {
            throw DomainError(.malformed, "json-malformed")
        }
    }

    package init(_ value: JSONValue, path: String) throws(DomainError) {
        guard let object = value.object else { throw .invalid(path, "wrong-type", ["expected": "object"]) }
        self.object = object
        self.path = path
    }

    package var keys: [String] { object.keys }

    /// True where the field stands in the body, `null` included.
    package func has(_ key: String) -> Bool { object[key] != nil }

    package func pointer(_ key: String) -> String {
        let isPlain = !key.utf8.contains { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }
        return path + "/" + (isPlain ? key : key.replacing("~", with: "~0").replacing("/", with: "~1"))
    }

    package mutating func refuse(_ key: String, _ code: String, _ values: [String: String] = [:]) {
        problems.append(DomainError.Field(pointer(key), code, values))
    }
    package mutating func take(_ others: [DomainError.Field]) { problems += others }

    /// The raw value; `nil` where it is missing or null.
    package mutating func value(_ key: String) -> JSONValue? {
        known.insert(key)
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    /// Text of `length` characters after trimming; `nil` where it is missing, null, empty or wrong.
    package mutating func text(_ key: String, _ length: ClosedRange<Int> = 1...200) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { return wrongType(key, "text") }
        return checked(text, key, length)
    }
    package mutating func requiredText(_ key: String, _ length: ClosedRange<Int> = 1...200) -> String {
        if let text = text(key, length) { return text }
        if !problems.contains(where: { $0.pointer == pointer(key) }) { refuse(key, "missing") }
        return ""
    }

    /// A whole number; `7.0` is one, `7.5` and `"7"` are not.
    package mutating func integer(_ key: String, in range: ClosedRange<Int>? = nil) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.exactInteger else {
            refuse(key, value.double == nil ? "wrong-type" : "not-an-integer", ["expected": "number"])
            return nil
        }
        if let range, !range.contains(number) {
            refuse(key, "out-of-range", ["min": String(range.lowerBound), "max": String(range.upperBound)])
            return nil
        }
        return number
    }

    package mutating func bool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let bool = value.bool else { return wrongType(key, "true or false") }
        return bool
    }

    /// One of a closed set, by its raw value.
    package mutating func choice<T: RawRepresentable<String> & CaseIterable>(
        _ key: String, _: T.Type = T.self
    ) -> T? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { return wrongType(key, "text") }
        guard let choice = T(rawValue: text) else {
            refuse(key, "unknown-value", ["allowed": T.allCases.map(\.rawValue).joined(separator: ", ")])
            return nil
        }
        return choice
    }

    package mutating func time(_ key: String) -> Timestamp? {
        guard let value = value(key) else { return nil }
        guard let time = value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
            refuse(key, "not-a-time")
            return nil
        }
        return time
    }

    package mutating func array(_ key: String) -> [JSONValue]? {
        guard let value = value(key) else { return nil }
        guard let array = value.array else { return wrongType(key, "list") }
        return array
    }

    /// A nested object; its own problems come back through `take`.
    package mutating func object(_ key: String) -> JSONInput? {
        guard let value = value(key) else { return nil }
        guard let nested = try? JSONInput(value, path: pointer(key)) else { return wrongType(key, "object") }
        return nested
    }

    package mutating func require(_ key: String) {
        known.insert(key)
        if !has(key) || object[key]?.isNull == true { refuse(key, "missing") }
    }

    /// Throws what was found; fields that nobody read are refused as unknown.
    package func finish() throws(DomainError) {
        let all = problems + unknownFields
        if !all.isEmpty { throw .invalid(all) }
    }

    /// For a nested object: everything wrong in it.
    package var findings: [DomainError.Field] { problems + unknownFields }

    private var unknownFields: [DomainError.Field] {
        object.keys.filter { !known.contains($0) }.map { DomainError.Field(pointer($0), "unknown-field") }
    }

    private mutating func wrongType<T>(_ key: String, _ expected: String) -> T? {
        refuse(key, "wrong-type", ["expected": expected])
        return nil
    }

    private mutating func checked(_ text: String, _ key: String, _ length: ClosedRange<Int>) -> String? {
        let trimmed = text.trimmed
        if trimmed.isEmpty { return nil }
        // PostgreSQL keeps no NUL, and nobody types one.
        if trimmed.utf8.contains(0) {
            refuse(key, "not-text")
            return nil
        }
        if trimmed.count > length.upperBound {
            refuse(key, "too-long", ["max": String(length.upperBound)])
            return nil
        }
        if trimmed.count < length.lowerBound {
            refuse(key, "too-short", ["min": String(length.lowerBound)])
            return nil
        }
        return trimmed
    }
}

extension DomainError {
    static func malformedJSON(_ error: JSONError) -> DomainError {
        DomainError(.malformed, "json-malformed", ["offset": String(error.offset)])
    }
}

extension String {
    /// Without white space at either end.
    package var trimmed: String {
        // Nearly every text: what begins and ends with a sign of ASCII that is no blank.
        if let first = utf8.first, let last = utf8.last, (0x21...0x7E).contains(first),
            (0x21...0x7E).contains(last)
        {
            return self
        }
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
