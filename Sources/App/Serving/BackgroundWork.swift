import ServiceLifecycle

/// Works beside the answers until the server is asked to end, and then brings to its end what it has begun: a
/// sender its messages, a feed its listeners, for a server waits for its last answer.
struct BackgroundWork: Service {
    private let work: @Sendable () async throws -> Void

    init(_ work: @escaping @Sendable () async throws -> Void) { self.work = work }

    func run() async throws {
        try await cancelWhenGracefulShutdown(work)
    }
}
