import Formats
import Foundation
package import Kernel
import Ledger
package import Logging

/// Writes each record to stderr: one JSON object a line for programs, a plain line on a terminal.
///
/// Words with an `@` are taken out, so that no address of a person gets into a log.
package struct LogLine: LogHandler {
    package let label: String
    package let isPlain: Bool
    package var metadataProvider: Logger.MetadataProvider?
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level

    package init(label: String, isPlain: Bool, level: Logger.Level) {
        self.label = label
        self.isPlain = isPlain
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = text(of: event, at: systemNow()) + "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    /// The record as it is written, without the end of the line.
    package func text(of event: LogEvent, at now: Timestamp) -> String {
        var details = metadata.merging(metadataProvider?.get() ?? [:]) { _, new in new }
        details.merge(event.metadata ?? [:]) { _, new in new }
        if let error = event.error { details["error"] = "\(error)" }
        let said = details.sorted { $0.key < $1.key }.map { ($0.key, clean("\($0.value)")) }
        let message = clean("\(event.message)")
        if isPlain {
            let words = said.map { "\($0.0)=\($0.1)" }
            return ([now.rfc3339, "\(event.level)", message] + words).joined(separator: " ")
        }
        var object: JSONObject = [
            "time": .string(now.rfc3339), "level": .string("\(event.level)"), "logger": .string(label),
            "message": .string(message),
        ]
        for (key, value) in said where object[key] == nil { object.append(key, .string(value)) }
        return JSONValue.object(object).text
    }

    private func clean(_ text: String) -> String { FailureReason(text).description }

    /// Sends the records of this process here. `RAPPORT_LOG` names the lowest level that is written: info
    /// without it, notice on a terminal.
    static func start(_ settings: Settings?) throws {
        let isPlain = isatty(STDERR_FILENO) == 1
        var level: Logger.Level = isPlain ? .notice : .info
        if let asked = settings?.text("log") {
            guard let known = Logger.Level(rawValue: asked.lowercased()) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingsError(setting: "log", problem: "must be one of \(levels)")
            }
            level = known
        }
        LoggingSystem.bootstrap { [level] in LogLine(label: $0, isPlain: isPlain, level: level) }
    }
}
