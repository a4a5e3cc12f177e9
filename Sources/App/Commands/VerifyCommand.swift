import ArgumentParser
import Formats

/// `rapport verify`: exit 0 where every figure equals a recount and every chain holds, else 1 and each
/// difference on a line of its own.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recount every published figure and check the chain of events.")

    @OptionGroup var data: DataOptions
    @Flag(name: .long, help: "One JSON object.") var json = false

    func run() async throws {
        let found = try await Verification.of(try data.settings())
        if json {
            print(found.json.text)
        } else if found.differences.isEmpty {
            print("No difference: accounts \(found.accounts), events \(found.events).")
        } else {
            for difference in found.differences { print(difference.line) }
        }
        if !found.differences.isEmpty { throw ExitCode(CommandFailure.failed) }
    }
}
