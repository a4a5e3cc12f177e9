import Accounts
import ArgumentParser
import Database
import Kernel
import Ledger
import Web

/// `rapport token`: keys for programs.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make API tokens.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an API token and print it, alone on the last line, this once.")

        @OptionGroup var data: DataOptions
        @Option(name: .long, help: "What the token is for.") var name: String
        @Option(name: .long, help: "The account; may be left out while there is one.") var account: String?
        @Option(
            name: .customLong("scope"), help: "What it may do, repeated; all that an owner may when left out."
        )
        var scopes: [String] = []

        func run() async throws {
            let permissions = scopes.compactMap { text in APIToken.scopes.first { $0.rawValue == text } }
            guard permissions.count == scopes.count else {
                let known = APIToken.scopes.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("A scope is one of \(known).")
            }
            try await Console.run(data) { installation in
                let (name, account, world) = (name, account, installation.world)
                let secret = try await installation.database.write { tx in
                    let meant = try Account.meant(by: account, in: tx)
                    return try APIToken.make(
                        name: name, scopes: Set(permissions), account: meant.id, by: .operator, world: world,
                        in: tx
                    ).secret
                }
                print(secret)
            }
        }
    }
}
