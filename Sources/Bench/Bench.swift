import ArgumentParser

/// What the product is measured against, never a part of it: what this machine's disk gives to SQLite
/// alone, and one row written through our driver behind our HTTP library; packed columns without their rows.
/// `scripts/bench` drives it.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rapport-bench", abstract: "The floors that `make bench` compares with.",
        subcommands: [FloorCommand.self, DiskCommand.self, ColumnsCommand.self, MailCommand.self])
}
