import ArgumentParser
import Database
import Schema

/// `rapport migrate`: brings the schema up, and says which migrations ran.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the schema up to date.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let installation = try await data.open(migrate: false)
        let ran = try await Schema.migrator.migrate(installation.database, at: systemNow())
        print(ran.isEmpty ? "The schema is up to date." : ran.joined(separator: "\n"))
        await installation.close()
    }
}
