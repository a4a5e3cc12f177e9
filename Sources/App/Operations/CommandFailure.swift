import ArgumentParser
import Database
import Foundation
import Kernel
import Language
import Ledger
import NIOCore

/// What a command says of an error, in one sentence, and the exit code that programs act on: 1 failed, 64
/// used wrongly, 75 try again.
package struct CommandFailure: Error, Equatable {
    package let sentence: String
    package let code: Int32

    package static let failed: Int32 = 1
    package static let usage: Int32 = 64
    package static let tryAgain: Int32 = 75

    package init(_ sentence: String, code: Int32 = CommandFailure.failed) {
        self.sentence = sentence
        self.code = code
    }

    /// Every error that reaches the end of a command and is not the argument parser's own.
    package init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as SettingsError: self.init(error.description + ".", code: Self.usage)
        case let error as DomainError: self.init(error)
        case let error as ServeLock.Held: self.init(error)
        case let error as DatabaseUnavailable:
            self.init("The database cannot be used: \(oneLine(error.reason))", code: Self.tryAgain)
        case let error as OutcomeUnknown:
            self.init("Nobody knows whether it was written: \(oneLine(error.reason))", code: Self.tryAgain)
        case is DatabaseBusy: self.init("The database is busy; try again soon.", code: Self.tryAgain)
        case is DatabaseClosed: self.init("The database was closed meanwhile.", code: Self.tryAgain)
        case is NoNodeLeft: self.init("1,024 processes use this database already.", code: Self.tryAgain)
        case let error as LeaseLost:
            self.init("Another process has taken over: \(error.name).", code: Self.tryAgain)
        case let error as Migrator.SchemaIsNewer:
            self.init("A newer rapport has changed this database: \(error.unknown.joined(separator: ", ")).")
        case let error as SQLiteError: self.init("The database refused: \(oneLine(error.message))")
        case let error as PostgresError: self.init("The database refused: \(oneLine(error.message))")
        case let error as IOError where error.errnoCode == EADDRINUSE:
            self.init("Another program listens on that address: choose another port with --port.")
        case let error as IOError:
            self.init("The system refused: \(String(cString: strerror(error.errnoCode))).")
        case let error as CocoaError: self.init(error.localizedDescription)
        default: self.init("It failed: \(FailureReason(error).description)")
        }
    }

    private init(_ error: DomainError) {
        let messages = Messages.of(.en)
        let fields = error.fields.map { "\($0.pointer.dropFirst()): \(messages.sentence($0))" }
        let sentence = fields.isEmpty ? messages.sentence(error) : fields.joined(separator: "\n")
        if let hint = Self.hints[error.code] {
            self.init(sentence + " " + hint, code: Self.usage)
        } else {
            self.init(sentence, code: [.busy, .tooMany].contains(error.kind) ? Self.tryAgain : Self.failed)
        }
    }

    /// What to type instead, after a command that named no account, or none that there is.
    private static let hints = [
        "account-unknown":
            "'rapport account list' shows those there are; 'rapport account create --name NAME' makes one.",
        "account-not-named": "Add --account NAME; 'rapport account list' shows those there are.",
    ]

    private init(_ held: ServeLock.Held) {
        let holder = held.process.map { " (process \($0))" } ?? ""
        self.init("A server\(holder) already uses this data folder; stop it first.", code: Self.tryAgain)
    }

    /// Ends the process. Help and wrong usage are said in the argument parser's way.
    static func exit(_ error: any Error) -> Never {
        let code = RapportCommand.exitCode(for: error)
        if error is ExitCode || error is CleanExit || code.rawValue != Self.failed {
            RapportCommand.exit(withError: error)
        }
        let failure = CommandFailure(error)
        FileHandle.standardError.write(Data(("rapport: " + failure.sentence + "\n").utf8))
        Foundation.exit(failure.code)
    }
}

/// Databases explain themselves over several lines.
private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        .joined(separator: " ")
}
