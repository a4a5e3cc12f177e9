package import Formats
package import Kernel

/// Reads the fields of one form, as `JSONInput` does those of a body. Fields that nobody asks for are
/// ignored: browsers
/// and old pages send more than we know.
package struct FormInput: Sendable {
    package let fields: FormFields
    package private(set) var problems: [DomainError.Field] = []

    package init(_ fields: FormFields) { self.fields = fields }

    package mutating func refuse(_ key: String, _ code: String, _ values: [String: String] = [:]) {
        problems.append(DomainError.Field("/" + key, code, values))
    }

    /// Trimmed; `nil` where it is missing, blank or wrong.
    package mutating func text(_ key: String, _ length: ClosedRange<Int> = 1...200) -> String? {
        guard let text = fields[key]?.trimmed, !text.isEmpty else { return nil }
        if text.count > length.upperBound {
            refuse(key, "too-long", ["max": String(length.upperBound)])
            return nil
        }
        if text.count < length.lowerBound {
            refuse(key, "too-short", ["min": String(length.lowerBound)])
            return nil
        }
        return text
    }
    package mutating func requiredText(_ key: String, _ length: ClosedRange<Int> = 1...200) -> String {
        if let text = text(key, length) { return text }
        if !problems.contains(where: { $0.pointer == "/" + key }) { refuse(key, "missing") }
        return ""
    }

    package mutating func integer(_ key: String) -> Int? {
        guard let text = fields[key]?.trimmed, !text.isEmpty else { return nil }
        guard let number = Int(text) else {
            refuse(key, "not-an-integer")
            return nil
        }
        return number
    }

    package mutating func choice<T: RawRepresentable<String> & CaseIterable>(
        _ key: String, _: T.Type = T.self
    ) -> T? {
        guard let text = fields[key]?.trimmed, !text.isEmpty else { return nil }
        guard let choice = T(rawValue: text) else {
            refuse(key, "unknown-value", ["allowed": T.allCases.map(\.rawValue).joined(separator: ", ")])
            return nil
        }
        return choice
    }

    /// A ticked box.
    package func flag(_ key: String) -> Bool { fields[key] != nil }

    package func finish() throws(DomainError) {
        if !problems.isEmpty { throw .invalid(problems) }
    }
}

extension Call {
    /// A form of a session carries the session's token; one that does not was made elsewhere.
    func requireOwnForm() throws {
        guard let expected = try principal().csrfToken, let sent = try form().fields["csrf"],
            sent.isEqualInConstantTime(to: expected)
        else { throw DomainError(.forbidden, "form-expired") }
    }
}

extension String {
    /// Compares without telling by its duration where the first difference stands.
    package func isEqualInConstantTime(to other: String) -> Bool {
        let (left, right) = (Array(utf8), Array(other.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
