import Accounts
import ArgumentParser
import Database
import Foundation
import Hummingbird
import Kernel
import Ledger
import Logging
import ServiceLifecycle
import UnixSignals
import Web

/// `rapport serve`: the server, with its consumers and workers inside unless `--workers 0`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the server.")

    @OptionGroup var data: DataOptions
    @Option(name: .long, help: "Address to listen on.") var host = "127.0.0.1"
    @Option(name: .long, help: "Port to listen on.") var port = 8080
    @Option(name: .long, help: "Job workers in this process; 0 serves only.") var workers = 2

    func run() async throws {
        let settings = try data.settings()
        let baseURL = try baseURL(settings)
        try StartUp.check(settings, at: systemNow())
        let lock = try Installation.serveLock(settings)
        defer { withExtendedLifetime(lock) {} }
        try await Console.run(data, patience: Installation.servingPatience) { installation in
            try await installation.takeOver()
            let site = Site(
                baseURL: baseURL, trustedProxies: settings.trustedProxies, hasMailbox: settings.hasMailbox)
            let server = try ProductServer(
                installation.keepingColumns(), site: site, workers: workers)
            let services = try server.services(host: host, port: port) { await announce(installation, site) }
            try await Self.run(services)
        }
    }

    /// Until somebody asks the process to end.
    static func run(_ services: [any Service]) async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "rapport")))
        try await group.run()
    }

    /// Links are built from `RAPPORT_BASE_URL` alone; a guess is safe on loopback only.
    private func baseURL(_ settings: Settings) throws -> String {
        if let given = settings.text("base_url") { return given }
        guard ["127.0.0.1", "localhost", "::1"].contains(host) else {
            throw ValidationError(
                "Set RAPPORT_BASE_URL: a server that listens on \(host) cannot guess its own address."
            )
        }
        return "http://\(host == "::1" ? "[::1]" : host):\(port)"
    }

    private func announce(_ installation: Installation, _ site: Site) async {
        print("Rapport is at \(site.baseURL)/")
        let link = try? await SetupLink.issueIfNeeded(
            installation.database, site: site, world: installation.world)
        if let link { print("Nobody owns it yet. Set it up here: \(link)") }
        print("To see it full of made-up answers, run in another terminal: \(sampleCommand)")
        fflush(nil)
    }

    /// As this program was called, on the same data.
    private var sampleCommand: String {
        let program = CommandLine.arguments.first ?? "rapport"
        return ([program, "sample"] + data.asGiven).joined(separator: " ")
    }
}
