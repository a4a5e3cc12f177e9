public import ArgumentParser

/// `rapport`: every command of the product.
public struct RapportCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "rapport",
        abstract: "Closed-loop customer feedback that you run yourself.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, MigrateCommand.self]
    )

    public init() {}
}
