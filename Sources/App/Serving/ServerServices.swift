import Alerts
import Hummingbird
import Insight
import Kernel
import Ledger
import ServiceLifecycle
import Surveys

/// Seals events and lets the consumers take them in, until the server is asked to end.
struct FollowerService: Service {
    let follower: Follower

    func run() async throws {
        await cancelWhenGracefulShutdown { await follower.run() }
    }
}

/// Runs the jobs that are due, until the server is asked to end.
struct WorkerService: Service {
    let worker: Worker

    func run() async throws {
        await cancelWhenGracefulShutdown { await worker.run() }
    }
}

/// Sends invitations, until the server is asked to end; what is on its way is brought to its end.
struct InvitationSenderService: Service {
    let sender: InvitationSender

    func run() async throws {
        await cancelWhenGracefulShutdown { await sender.run() }
    }
}

/// Sends what members and customers are told, until the server is asked to end.
struct NoticeSenderService: Service {
    let sender: NoticeSender

    func run() async throws {
        await cancelWhenGracefulShutdown { await sender.run() }
    }
}

/// Tells members and robots of answers, until the server is asked to end.
struct AlertSenderService: Service {
    let sender: AlertSender

    func run() async throws {
        await cancelWhenGracefulShutdown { await sender.run() }
    }
}

/// Delivers what webhooks wait for, until the server is asked to end; what is on its way is brought to its
/// end.
struct WebhookSenderService: Service {
    let sender: WebhookSender

    func run() async throws {
        await cancelWhenGracefulShutdown { await sender.run() }
    }
}

/// Reads the mailbox of bounces and replies, until the server is asked to end.
struct MailboxService: Service {
    let poller: MailboxPoller

    func run() async throws {
        await cancelWhenGracefulShutdown { await poller.run() }
    }
}

/// Tells listeners what is new, until the server is asked to end; then ends them, for a server waits for its
/// last answer.
struct LiveFeedService: Service {
    let feed: LiveFeed

    func run() async throws {
        await cancelWhenGracefulShutdown { await feed.run() }
    }
}

/// Keeps this process's node number; a process that may have lost it must stop making ids.
struct NodeService: Service {
    let installation: Installation

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await installation.node.keep(in: installation.database, now: installation.world.now)
        }
    }
}

/// Keeps packed columns in step with the sealed events, until the server is asked to end.
struct ColumnsService: Service {
    let columns: ScoreColumns

    func run() async throws {
        await cancelWhenGracefulShutdown { await columns.run() }
    }
}
