import ArgumentParser
import Database
import Schema

/// `rapport migrate`: brings the schema up, and says which migrations ran.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the schema up to date.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try data.settings()
        if settings.databaseURL == nil { try Installation.makeFolder(settings.dataFolder) }
        let database = try Installation.openDatabase(settings)
        let ran = try await Schema.migrator.migrate(database, at: systemNow())
        print(ran.isEmpty ? "The schema is up to date." : ran.joined(separator: "\n"))
        await database.close()
    }
}
