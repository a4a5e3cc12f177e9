package import ArgumentParser

/// `rapport`: every command of the product.
package struct RapportCommand: AsyncParsableCommand {
    package static let version = "0.1.0"
    package static let configuration = CommandConfiguration(
        commandName: "rapport",
        abstract: "Closed-loop customer feedback that you run yourself.",
        version: version,
        subcommands: [
            ServeCommand.self, WorkCommand.self,
            ReportCommand.self, SampleCommand.self, ImportCommand.self, ExportCommand.self,
            InviteCommand.self, InboundCommand.self,
            AdminCommand.self, TokenCommand.self, AccountCommand.self,
            MigrateCommand.self, DoctorCommand.self, VerifyCommand.self,
            BackupCommand.self, RestoreCommand.self,
        ]
    )

    package init() {}

    /// Parses the arguments of this process and runs the command that they name. What stops it is said in one
    /// sentence on stderr, never as a dump.
    package static func launch() async {
        do {
            var command = try parseAsRoot()
            try LogLine.start(try? Settings())
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            CommandFailure.exit(error)
        }
    }
}
