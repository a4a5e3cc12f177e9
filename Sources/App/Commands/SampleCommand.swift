import Accounts
import ArgumentParser
import Database
import Formats
import Foundation
import Kernel
import Language
import Ledger
import Surveys

/// `rapport sample`: a year of made-up feedback that shows every feature, and out again with `--remove`.
struct SampleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Fill the account with a generated programme, marked as sample on every page.")

    @OptionGroup var data: DataOptions
    @Option(name: .long, help: "The account; may be left out while there is one.") var account: String?
    @Flag(name: .long, help: "Take the programme out again.") var remove = false
    @Flag(name: .long, help: "One JSON object.") var json = false

    func run() async throws {
        try await Console.run(data) { installation in
            let account = try await meant(installation)
            let changed =
                remove
                ? try await takeOut(account, installation) : try await fill(account, installation)
            try await installation.follow()
            if changed, !remove {
                try await SampleCases(account, installation).move(in: installation.database)
                try await installation.follow()
            }
            say(changed, account)
        }
    }

    /// Where nobody has begun, an account is made that the first owner takes over.
    private func meant(_ installation: Installation) async throws -> Account {
        let (name, world) = (account, installation.world)
        let zone = try installation.settings.knownTimeZone
        return try await installation.database.write { tx in
            guard try Account.list(limit: 1, in: tx).isEmpty else {
                return try Account.meant(by: name, in: tx)
            }
            return try Account.makeNamed(
                name ?? Messages.of(.en)("sample.account"), timeZone: zone, by: .operator, world: world,
                in: tx)
        }
    }

    private func fill(_ account: Account, _ installation: Installation) async throws -> Bool {
        let yesterday = account.zone.day(of: installation.world.now()) - 1
        let bar = Progress("answers")
        let filled = try await SampleProgramme(endingOn: yesterday).fill(
            account, database: installation.database, world: installation.world
        ) { bar.show($0, of: $1) }
        bar.end()
        return filled
    }

    private func takeOut(_ account: Account, _ installation: Installation) async throws -> Bool {
        try await installation.database.write { [world = installation.world] tx in
            try SampleProgramme.remove(account.id.number, world: world, in: tx)
        }
    }

    private func say(_ changed: Bool, _ account: Account) {
        let responses = remove || !changed ? 0 : SampleProgramme.responses
        if json {
            let object: JSONValue = [
                "account": .string(account.id.description), "changed": .bool(changed),
                "responses": .integer(Int64(responses)),
            ]
            return print(object.text)
        }
        switch (remove, changed) {
        case (false, true): print("\(account.name) now holds a sample of \(responses) answers.")
        case (false, false): print("The sample is already there.")
        case (true, true): print("The sample is gone.")
        case (true, false): print("There is no sample to remove.")
        }
    }
}

extension Installation {
    /// Seals and counts what a command has written, here or by the server that runs beside it.
    func follow() async throws {
        let follower = Follower(
            database: database, now: world.now, holder: holder, consumers: Subscriptions.consumers(self),
            largestBatch: Follower.catchingUp)
        try await follower.runUntilIdle(patience: .seconds(1800))
    }
}
