import ArgumentParser
import Database
import Logging
import ServiceLifecycle
import UnixSignals
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
        let lock = try Self.lock(settings)
        defer { withExtendedLifetime(lock) {} }
        let installation = try await data.open()
        let site = Site(baseURL: settings.text("base_url") ?? "http://127.0.0.1:8080")
        let services = try ProductServer(installation, site: site, workers: workers).background
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "rapport")))
        try await group.run()
        await installation.close()
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
