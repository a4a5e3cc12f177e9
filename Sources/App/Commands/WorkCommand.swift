import ArgumentParser
import Database
import ServiceLifecycle
import Web

/// `rapport work`: consumers and job workers without a server, beside `serve --workers 0`.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Run workers only, beside servers on PostgreSQL.")

    @OptionGroup var data: DataOptions
    @Option(name: .long, help: "Job workers in this process.") var workers = 2

    func validate() throws {
        if workers < 1 { throw ValidationError("--workers must be 1 or more.") }
    }

    func run() async throws {
        let settings = try data.settings()
        try StartUp.check(settings, at: systemNow())
        // Beside a server nobody can guess where that is, and what a customer was sent stays sent.
        if settings.text("smtp_url") != nil, settings.text("base_url") == nil {
            throw SettingsError(
                setting: "base_url", problem: "must be set where RAPPORT_SMTP_URL is: mails link to it")
        }
        let lock = try Self.lock(settings)
        defer { withExtendedLifetime(lock) {} }
        try await Console.run(data, patience: Installation.servingPatience) { installation in
            try await installation.takeOver()
            let site = Site(baseURL: settings.text("base_url") ?? "http://127.0.0.1:8080")
            try await ServeCommand.run(ProductServer(installation, site: site, workers: workers).background)
        }
    }

    /// A server on the embedded database has its workers inside.
    private static func lock(_ settings: Settings) throws -> ServeLock? {
        do {
            return try Installation.serveLock(settings)
        } catch is ServeLock.Held {
            throw CommandFailure(
                "A server works on this data folder already; `rapport work` is for PostgreSQL.",
                code: CommandFailure.tryAgain)
        }
    }
}
