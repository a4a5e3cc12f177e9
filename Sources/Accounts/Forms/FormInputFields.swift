import Formats
import Kernel
import Web

/// The fields that several forms here share.
extension FormInput {
    /// Normalised; empty where it is missing or wrong.
    mutating func requiredEmail(_ key: String) -> String {
        let text = requiredText(key, 1...254)
        if text.isEmpty { return "" }
        if let email = EmailAddress(text) { return email.normalised }
        refuse(key, "not-an-email")
        return ""
    }

    /// As typed: blanks belong to a password.
    mutating func newPassword(_ key: String, email: String) -> String {
        let password = fields[key] ?? ""
        if password.isEmpty {
            refuse(key, "missing")
        } else if let fault = Password.fault(in: password, email: email) {
            refuse(key, fault.code, fault.values)
        }
        return password
    }

    mutating func requiredTimeZone(_ key: String) -> String {
        let name = requiredText(key)
        if !name.isEmpty, Zone(named: name) == nil { refuse(key, "not-a-time-zone") }
        return name
    }
}
