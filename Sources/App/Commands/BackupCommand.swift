import ArgumentParser
import Database
import Foundation
import Kernel

/// `rapport backup --to FILE`: one snapshot, beside a running server.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write the whole installation into one file, while it runs.",
        discussion: "The file holds the secret key and every answer: keep it where only you can read it.")

    @OptionGroup var data: DataOptions
    @Option(name: .long, help: "The file; one that is there is replaced when the new one is whole.")
    var to: String

    func run() async throws {
        let settings = try data.settings()
        let database = try Installation.openExisting(settings)
        guard let secret = FileManager.default.contents(atPath: settings.secretFile) else {
            throw CommandFailure("\(settings.secretFile) cannot be read.")
        }
        let manifest = try await Backup(secret: Array(secret), madeAt: systemNow()).write(database, to: to)
        await database.close()
        print("\(to): \(manifest.rows) rows of \(manifest.tables.count) tables.")
    }
}
