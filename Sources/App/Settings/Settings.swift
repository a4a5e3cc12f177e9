import Foundation
import TOMLKit

/// What an installation can be told: a flag, else `RAPPORT_*` in the environment, else a key of
/// `rapport.toml`, else the
/// default. A key is the variable's name in small letters without the prefix: `RAPPORT_BASE_URL` is
/// `base_url`.
package struct Settings: Sendable {
    private let flags: [String: String]
    private let environment: [String: String]
    private let file: [String: String]

    /// Throws what is wrong with `rapport.toml` (in the working folder, or where `RAPPORT_CONFIG` says).
    package init(
        flags: [String: String] = [:], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        self.flags = flags
        self.environment = environment
        let path = environment["RAPPORT_CONFIG"] ?? "rapport.toml"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            file = [:]
            return
        }
        var values: [String: String] = [:]
        guard let table = try? TOMLTable(string: text) else {
            throw SettingsError(setting: "config", problem: "names \(path), which is not TOML")
        }
        for (key, value) in table {
            values[key] = value.string ?? value.int.map(String.init) ?? value.bool.map(String.init)
        }
        file = values
    }

    /// For tests: nothing but these variables.
    package init(variables: [String: String]) {
        flags = [:]
        environment = variables
        file = [:]
    }

    package func text(_ name: String) -> String? {
        let value = flags[name] ?? environment["RAPPORT_" + name.uppercased()] ?? file[name]
        return value?.isEmpty == true ? nil : value
    }

    package func number(_ name: String, default standard: Int) throws -> Int {
        guard let text = text(name) else { return standard }
        guard let number = Int(text), number >= 0 else {
            throw SettingsError(setting: name, problem: "must be a whole number, 0 or more, not \"\(text)\"")
        }
        return number
    }

    package var dataFolder: String { text("data") ?? "./data" }
    package var databaseFile: String { dataFolder + "/rapport.db" }
    package var secretFile: String { text("secret_file") ?? dataFolder + "/secret.key" }
    /// Each node's own: derived from the database, made again where it is missing.
    package var columnsFolder: String { text("columns_folder") ?? dataFolder + "/columns" }
    /// Who was erased, kept outside the database.
    package var erasureLog: ErasureLog {
        ErasureLog(path: text("erasure_log") ?? dataFolder + "/erasures.log")
    }
    package var databaseURL: String? { text("database_url") }
    /// Mails are kept and shown where no relay takes them.
    package var hasMailbox: Bool { text("smtp_url") == nil }
    package var timeZone: String { text("time_zone") ?? "UTC" }
    package var trustedProxies: Set<String> { Set(list("trusted_proxies")) }
    /// Words of user agents that open links for others, beside those that the product knows.
    package var scanners: [String] { list("scanners") }

    private func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

/// A setting that cannot be used; the command ends with exit code 64.
package struct SettingsError: Error, CustomStringConvertible {
    package let setting: String
    package let problem: String
    package var description: String { "RAPPORT_\(setting.uppercased()) \(problem)" }
}
