import ArgumentParser

/// `--data` and `--database-url`, written after any command that opens an installation.
package struct DataOptions: ParsableArguments {
    @Option(name: .long, help: "Folder of the embedded database and the secret key (RAPPORT_DATA).")
    var data: String?
    @Option(
        name: .customLong("database-url"),
        help: "postgres://… instead of the embedded database (RAPPORT_DATABASE_URL).")
    var databaseURL: String?

    package init() {}

    /// The settings with these flags on top.
    package func settings() throws -> Settings {
        do {
            return try Settings(flags: ["data": data, "database_url": databaseURL].compactMapValues { $0 })
        } catch let error as SettingsError {
            throw ValidationError(error.description)
        }
    }

    /// The same words again, for a command that a person is told to run. A database's address may hold its
    /// password: it is never printed.
    var asGiven: [String] {
        (data.map { ["--data", $0] } ?? []) + (databaseURL == nil ? [] : ["--database-url …"])
    }

    package func open(
        migrate: Bool = true, patience: Duration = Installation.patience
    ) async throws -> Installation {
        try await Installation.open(try settings(), migrate: migrate, patience: patience)
    }
}
