import Customers
import Formats
import Kernel
import Web

/// What must be true of an event or its customer for a rule to ask: `plan: gold`, `total: {min: 100}`.
package struct AskCondition: Hashable, Sendable {
    package enum Test: Hashable, Sendable {
        case anyOf([String])
        case between(Double?, Double?)
    }

    package let name: String
    package let test: Test

    /// The name of how many events of this kind the customer has had, this one counted.
    package static let count = "event_count"
    static let most = 20
    static let mostValues = 50

    package init(name: String, test: Test) {
        self.name = name
        self.test = test
    }

    func holds(of value: String?) -> Bool {
        guard let value else { return false }
        switch test {
        case .anyOf(let values): return values.contains(value)
        case .between(let least, let most):
            guard let number = Double(value), number.isFinite else { return false }
            return (least.map { number >= $0 } ?? true) && (most.map { number <= $0 } ?? true)
        }
    }

    var json: JSONValue {
        switch test {
        case .anyOf(let values):
            return values.count == 1 ? .string(values[0]) : .array(values.map { .string($0) })
        case .between(let least, let most):
            var limits: JSONObject = [:]
            if let least { limits.set("min", .number(least)) }
            if let most { limits.set("max", .number(most)) }
            return .object(limits)
        }
    }

    /// Reads `where`: each name with a value, several values of which any will do, or `{min?, max?}`.
    static func read(_ input: inout JSONInput) -> [AskCondition] {
        guard var given = input.object("where") else { return [] }
        if given.keys.count > most { input.refuse("where", "too-many", ["max": String(most)]) }
        let read = given.keys.prefix(most).compactMap { name -> AskCondition? in
            if name.trimmed.isEmpty || !CustomerAttribute.nameLengths.contains(name.count) {
                given.refuse(name, "too-long", ["max": String(CustomerAttribute.nameLengths.upperBound)])
                return nil
            }
            if case .object? = given.value(name) { return limits(name, &given) }
            let values = given.value(name).flatMap { $0.array ?? [$0] } ?? []
            let texts = values.compactMap(Self.text)
            if texts.isEmpty || texts.count != values.count || values.count > mostValues {
                given.refuse(name, "wrong-type", ["expected": "text"])
                return nil
            }
            return AskCondition(name: name, test: .anyOf(texts))
        }
        input.take(given.findings)
        return read
    }

    private static func limits(_ name: String, _ input: inout JSONInput) -> AskCondition? {
        guard var limits = input.object(name) else { return nil }
        func number(_ key: String) -> Double? {
            guard let value = limits.value(key) else { return nil }
            if value.double == nil { limits.refuse(key, "not-a-number") }
            return value.double
        }
        let (least, most) = (number("min"), number("max"))
        if least == nil, most == nil, limits.findings.isEmpty { limits.refuse("min", "missing") }
        if let least, let most, most < least { limits.refuse("max", "end-before-start") }
        input.take(limits.findings)
        return AskCondition(name: name, test: .between(least, most))
    }

    /// Numbers and booleans count as their text, as an attribute keeps them; a whole number is written as
    /// one.
    static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): Int64(exactly: number).map(String.init) ?? value.text
        case .bool, .integer: value.text
        case .null, .array, .object: nil
        }
    }
}
