import ArgumentParser
import Database
import Formats
import Foundation
import Outbound
import Surveys

/// `rapport inbound`: one message from stdin, as a mail system pipes it.
struct InboundCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inbound",
        abstract: "Take in one mail: a bounce, a complaint, a reply.",
        discussion: """
            Reads the message from stdin, for Postfix's pipe or procmail. Exit codes: 0 it was read, whatever
            it is; 75 nothing was done, hand it over again later; 64 the options or settings are wrong.
            """)

    @OptionGroup var data: DataOptions
    @Option(name: .long, help: "Whom the mail system delivers it to, with what stands behind the plus.")
    var recipient: String?
    @Flag(name: .long, help: "One JSON object.") var json = false

    func run() async throws {
        // More than that is nobody's reply; the rest is left in the pipe.
        let bytes = try FileHandle.standardInput.read(upToCount: InboundRoutes.largestMail + 1) ?? Data()
        do {
            try await Console.run(data) { installation in
                let intake = try MailIntake(installation)
                let mail = intake.read(Array(bytes), recipient: recipient)
                let answer = try await installation.database.write { tx in
                    try intake.take(mail, account: nil, in: tx)
                }
                print(json ? answer.json.text : answer.line)
            }
        } catch {
            // A mail system returns what fails for good to its sender: ours is no fault of theirs.
            let failure = CommandFailure(error)
            guard failure.code == CommandFailure.failed, !(error is ExitCode) else { throw error }
            throw CommandFailure(failure.sentence, code: CommandFailure.tryAgain)
        }
    }
}

extension MailIntake.Answer {
    fileprivate var line: String {
        kind.rawValue + (customer.map { " \($0)" } ?? "")
    }
}
