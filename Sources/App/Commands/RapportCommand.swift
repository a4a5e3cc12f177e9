package import ArgumentParser

/// `rapport`: every command of the product.
package struct RapportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rapport",
        abstract: "Closed-loop customer feedback that you run yourself.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, ReportCommand.self, MigrateCommand.self]
    )

    package init() {}

    /// Parses the arguments of this process and runs the command that they name.
    package static func launch() async { await main() }
}
