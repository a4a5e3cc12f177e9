import Dispatch

/// What a driver offers. One thread at a time uses it.
protocol SessionConnection: Connection {
    func begin(_ isolation: Isolation) throws
    /// Errors of all that was run so far are thrown here at the latest: PostgreSQL's connection runs ahead of
    /// its answers.
    func settle() throws
    /// Throws `OutcomeUnknown` when nobody can know what became of it.
    func commit() throws
    func rollBack()
    func remedy(for error: any Error) -> Remedy
}

/// What to do about a failed batch.
enum Remedy {
    /// One body threw, for its own reasons.
    case failAlone
    /// The whole transaction is lost, and trying at once would lose it again.
    case failTogether
    /// Others were in the way; it would succeed if it ran again.
    case runAgain
    /// The connection broke before COMMIT was sent, so that nothing was written.
    case reconnect
}

/// SQLite and libpq block, so each connection has its own serial queue, never the cooperative pool.
final class Session: @unchecked Sendable {
    private let queue = DispatchQueue(label: "database")
    /// Used on the queue only; nil once it is closed.
    private var connection: (any SessionConnection)?

    init(_ connection: any SessionConnection) { self.connection = connection }

    func schedule(_ work: @escaping @Sendable (any SessionConnection) -> Void) {
        queue.async { if let connection = self.connection { work(connection) } }
    }

    /// Lets go of the connection, behind whatever still holds it.
    func close() async {
        await withCheckedContinuation { done in
            queue.async {
                self.connection = nil
                done.resume()
            }
        }
    }

    /// At once the first time, then for up to 2 ms, doubled each time, to 64 ms. The clock's last digits
    /// choose, else two nodes that write to the same pages would meet again and again.
    static func rest(afterConflicts conflicts: Int) {
        guard conflicts > 1 else { return }
        let longest: UInt64 = 1_000_000 << UInt64(min(conflicts - 1, 6))
        rest(.nanoseconds(Int(DispatchTime.now().uptimeNanoseconds % longest)))
    }

    /// From 50 ms, doubled each time, to one second.
    static func rest(afterBreaks breaks: Int) {
        rest(.milliseconds(min(1000, 50 << min(breaks, 5))))
    }

    private static func rest(_ pause: DispatchTimeInterval) {
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + pause)
    }
}
