import Accounts
import ArgumentParser
import Database
import Formats
import Kernel
import Language
import Ledger

/// `rapport account`: companies on one installation, none of which sees another.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Make and list accounts.", subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an account and print its id.")

        @OptionGroup var data: DataOptions
        @Option(name: .long, help: "Its name, not given twice.") var name: String

        func run() async throws {
            try await Console.run(data) { installation in
                let (name, world) = (name, installation.world)
                let zone = try installation.settings.knownTimeZone
                let account = try await installation.database.write { tx in
                    try Account.makeNamed(name, timeZone: zone, by: .operator, world: world, in: tx)
                }
                print(account.id)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts: id and name.")

        @OptionGroup var data: DataOptions
        @Flag(name: .long, help: "One JSON array.") var json = false

        func run() async throws {
            try await Console.run(data) { installation in
                let accounts = try await installation.database.read { tx in
                    try Account.list(limit: 10_000, in: tx)
                }
                guard json else { return accounts.forEach { print("\($0.id)\t\($0.name)") } }
                let rows = accounts.map { account -> JSONValue in
                    [
                        "id": .string(account.id.description), "name": .string(account.name),
                        "time_zone": .string(account.timeZone), "language": .string(account.language.tag),
                        "created_at": .string(account.createdAt.rfc3339),
                    ]
                }
                print(JSONValue.array(rows).text)
            }
        }
    }
}
