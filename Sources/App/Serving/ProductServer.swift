import Alerts
import Hummingbird
import Insight
import Kernel
import Ledger
import Logging
import Outbound
import ServiceLifecycle
import Surveys
import Web

/// The services of one node: HTTP, the follower of sealed events, the job worker.
struct ProductServer {
    let installation: Installation
    let site: Site
    let workers: Int
    private let mail: OutgoingMail
    private let hooks: any HookCarrier
    private let mailbox: MailboxPoller?

    /// Throws `SettingsError` for what cannot be used.
    init(_ installation: Installation, site: Site, workers: Int) throws {
        self.installation = installation
        self.site = site
        self.workers = workers
        mail = try OutgoingMail(installation, site: site)
        hooks = HookPoster(try HookSettings(installation.settings).poster, now: installation.world.now)
        mailbox = try MailboxPoller(installation)
    }

    func services(
        host: String, port: Int, whenRunning announce: @escaping @Sendable () async -> Void
    ) throws -> [any Service] {
        var limits = EdgeLimits()
        limits.connectionsPerAddress = try installation.settings.number(
            "connections_per_address", default: limits.connectionsPerAddress)
        limits.connections = try installation.settings.number("connections", default: limits.connections)
        let routes = try Routes(installation, site: site)
        let http = Application(
            router: routes.router,
            server: limits.server,
            configuration: .init(address: .hostname(host, port: port), serverName: nil, backlog: 4096),
            onServerRunning: { _ in await announce() }, logger: Logger(label: "http"))
        let columns = installation.columns.map { [BackgroundWork($0.run)] } ?? []
        let serving: [any Service] = [http, BackgroundWork(routes.feed.run)] + columns
        guard workers > 0 else { return serving + [keeper] }
        return serving + background
    }

    /// Keeps this process's node number; a process that may have lost it must stop making ids.
    private var keeper: BackgroundWork {
        BackgroundWork { [installation] in
            try await installation.node.keep(in: installation.database, now: installation.world.now)
        }
    }

    /// What runs beside the answers: on this node, or in `rapport work`.
    var background: [any Service] {
        let follower = Follower(
            database: installation.database, now: installation.world.now, holder: installation.holder,
            consumers: Subscriptions.consumers(installation), doorbell: installation.eventBell)
        var settings = Worker.Settings()
        settings.concurrency = max(1, workers)
        let worker = Worker(
            database: installation.database, world: installation.world,
            handlers: Subscriptions.handlers(installation), schedules: Subscriptions.schedules(installation),
            settings: settings, doorbell: installation.jobBell)
        return [
            BackgroundWork(follower.run), BackgroundWork(worker.run), keeper,
            BackgroundWork(mail.sender(for: installation).run),
            BackgroundWork(mail.noticeSender(for: installation).run),
            BackgroundWork(mail.alertSender(for: installation, hooks: hooks).run),
            BackgroundWork(
                WebhookSender(
                    database: installation.database, world: installation.world, secret: installation.secret,
                    carrier: hooks
                ).run),
        ] + (mailbox.map { [BackgroundWork($0.run)] } ?? [])
    }
}

extension Installation {
    /// With packed columns for what no count covers. Where their folder cannot be used (another node of this
    /// machine has it, the disk is full), the rows answer.
    func keepingColumns() -> Installation {
        var installation = self
        do {
            installation.columns = try ScoreColumns(database, folder: settings.columnsFolder)
        } catch {
            Logger(label: "columns").warning(
                "scores that no count covers come from the rows", metadata: ["reason": "\(error)"])
        }
        return installation
    }
}
