import ArgumentParser
import Formats
import Foundation

/// `rapport doctor`: what is in order and what is not, with a word of advice; exit 1 when something is wrong.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look whether everything is in order.")

    @OptionGroup var data: DataOptions
    @Flag(name: .long, help: "One JSON array.") var json = false

    func run() async throws {
        let found = await Examination.of(try data.settings(), at: systemNow())
        if json {
            print(JSONValue.array(found.checks.map(\.json)).text)
        } else {
            for check in found.checks { print(check.lines) }
        }
        if !found.isSound { throw ExitCode(CommandFailure.failed) }
    }
}

extension Examination.Check {
    fileprivate var lines: String {
        let word = verdict.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
        let line = "\(word)\(name): \(says)"
        return advice.map { line + "\n      → " + $0 } ?? line
    }

    fileprivate var json: JSONValue {
        [
            "check": .string(name), "verdict": .string(verdict.rawValue), "says": .string(says),
            "advice": advice.map { .string($0) } ?? .null,
        ]
    }
}
