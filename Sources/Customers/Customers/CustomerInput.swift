import Formats
import Kernel
package import Web

extension CustomerInput {
    /// Reads `{external_id?, email?, phone?, name?, language?, consent?, attributes?}`; what is wrong is kept
    /// in `input`.
    package init(_ input: inout JSONInput) {
        externalID = input.text("external_id", 1...200)
        if let text = input.text("email", 1...254) {
            email = EmailAddress(text)
            if email == nil { input.refuse("email", "not-an-email") }
        }
        if let text = input.text("phone", 1...40) {
            phone = PhoneNumber(text)
            if phone == nil { input.refuse("phone", "not-a-phone") }
        }
        name = input.text("name", 1...200)
        if let text = input.text("language", 1...35) {
            if Self.isLanguageTag(text) {
                language = text
            } else {
                input.refuse("language", "not-a-language")
            }
        }
        consents = input.bool("consent")
        attributes = Self.attributes(&input)
    }

    /// The shape of a BCP 47 tag: `pl`, `zh-Hant-TW`.
    package static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let first = parts.first, (2...8).contains(first.count), first.allSatisfy(isLetter) else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            (1...8).contains(part.count) && part.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func attributes(_ input: inout JSONInput) -> [(name: String, value: String?)] {
        guard let value = input.value("attributes") else { return [] }
        guard let object = value.object else {
            input.refuse("attributes", "wrong-type", ["expected": "object"])
            return []
        }
        if object.count > CustomerAttribute.mostPerCustomer {
            input.refuse("attributes", "too-many", ["max": String(CustomerAttribute.mostPerCustomer)])
            return []
        }
        var problems: [DomainError.Field] = []
        let path = input.pointer("attributes")
        let read = object.members.compactMap { member -> (name: String, value: String?)? in
            do {
                return (member.key, try text(of: member.value, named: member.key, path))
            } catch let error as DomainError {
                problems += error.fields
                return nil
            } catch { return nil }
        }
        input.take(problems)
        return read
    }

    /// Numbers and booleans count as their text; null takes an attribute away.
    private static func text(of value: JSONValue, named name: String, _ path: String) throws -> String? {
        let pointer = path + "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
        if name.count > CustomerAttribute.nameLengths.upperBound {
            throw DomainError.invalid(
                pointer, "too-long", ["max": String(CustomerAttribute.nameLengths.upperBound)])
        }
        if name.trimmed.isEmpty { throw DomainError.invalid(pointer, "missing") }
        switch value {
        case .null: return nil
        case .string(let text):
            if text.count > CustomerAttribute.longestValue {
                throw DomainError.invalid(
                    pointer, "too-long", ["max": String(CustomerAttribute.longestValue)])
            }
            return text
        case .bool, .integer, .number: return value.text
        case .array, .object: throw DomainError.invalid(pointer, "wrong-type", ["expected": "text"])
        }
    }
}
