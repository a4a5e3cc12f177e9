import Dispatch
import Synchronization

/// What a driver offers. One thread at a time uses it.
protocol SessionConnection: Connection {
    func begin(_ isolation: Isolation) throws
    /// Errors of all that was run so far are thrown here at the latest: PostgreSQL's connection runs ahead of its answers.
    func settle() throws
    /// True when the transaction failed because of others, and would succeed if it ran again.
    func mayRunAgain(after error: any Error) -> Bool
}

/// SQLite and libpq block, so each connection has its own serial queue, never the cooperative pool.
private final class Session: @unchecked Sendable {
    private let queue = DispatchQueue(label: "database")
    private let connection: any SessionConnection

    init(_ connection: any SessionConnection) { self.connection = connection }

    func schedule(_ work: @escaping @Sendable (any SessionConnection) -> Void) {
        queue.async { work(self.connection) }
    }
}

/// Group commit: bodies that wait while sessions are busy share the next commit.
///
/// Invariant: a caller hears of its body only after the COMMIT of its batch, even when the body threw:
/// it may have judged by rows that another body of the batch wrote.
final class CommitQueue: Sendable {
    private typealias Outcome = @Sendable () -> Void
    private struct Waiting: Sendable {
        let isolation: Isolation
        let run: @Sendable (any Connection) throws -> Outcome
        let fail: @Sendable (any Error) -> Void
    }
    private struct State {
        var waiting: [Waiting] = []
        var idle: [Session]
        var closing: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private static let mostWaiting = 10_000
    private let state: Mutex<State>
    private let sessionCount: Int
    private let largestBatch: Int
    private let committed: @Sendable () -> Void

    init(
        _ connections: [any SessionConnection], largestBatch: Int,
        committed: @escaping @Sendable () -> Void = {}
    ) {
        state = Mutex(State(idle: connections.map(Session.init)))
        sessionCount = connections.count
        self.largestBatch = largestBatch
        self.committed = committed
    }

    func perform<T: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Waiting(isolation: isolation) { tx in
                    let value = try body(tx)
                    return { continuation.resume(returning: value) }
                } fail: {
                    continuation.resume(throwing: $0)
                })
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                guard !state.isClosed else { return continuation.resume() }
                (state.isClosed, state.closing) = (true, continuation)
                endIfIdle(&state)
            }
        }
    }

    /// Sessions hold the connections: letting go of them closes those.
    private func endIfIdle(_ state: inout State) {
        guard state.idle.count == sessionCount else { return }
        state.idle = []
        state.closing?.resume()
        state.closing = nil
    }

    private func enqueue(_ one: Waiting) {
        let (idle, refusal) = state.withLock { state -> (Session?, (any Error)?) in
            if state.isClosed { return (nil, DatabaseClosed()) }
            guard state.waiting.count < Self.mostWaiting else { return (nil, DatabaseBusy()) }
            state.waiting.append(one)
            return (state.idle.popLast(), nil)
        }
        if let refusal { return one.fail(refusal) }
        guard let idle else { return }
        idle.schedule { connection in
            while let batch = self.nextBatch(for: idle) { self.commit(batch, on: connection) }
        }
    }

    /// No delay to gather: whatever waits when a session is free. A session without work rests here.
    private func nextBatch(for session: Session) -> ArraySlice<Waiting>? {
        state.withLock { state in
            guard let isolation = state.waiting.first?.isolation else {
                state.idle.append(session)
                if state.isClosed { endIfIdle(&state) }
                return nil
            }
            let batch = state.waiting.prefix(largestBatch).prefix { $0.isolation == isolation }
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    /// Bodies first run bare. When one throws, the batch runs again with a savepoint for each, so that it fails alone.
    private func commit(_ batch: ArraySlice<Waiting>, on connection: any SessionConnection) {
        for attempt in 1... {
            var mayHaveCommitted = false
            do {
                try connection.begin(batch.first!.isolation)
                let outcomes = try batch.map { one in
                    attempt == 1 ? try one.run(connection) : try contained(one, on: connection)
                }
                try connection.settle()
                mayHaveCommitted = true
                try connection.run("COMMIT")
                try connection.settle()
                committed()
                return outcomes.forEach { $0() }
            } catch {
                rollBack(connection)
                // A COMMIT whose answer is lost is never run again: its callers know by their keys.
                let bodyThrew = attempt == 1 && batch.count > 1 && !mayHaveCommitted
                let again = bodyThrew || connection.mayRunAgain(after: error)
                // A batch shares its conflicts: after two tries each body goes alone, so that a contended one
                // fails only itself.
                if again && attempt == 2 && batch.count > 1 {
                    return batch.indices.forEach { commit(batch[$0...$0], on: connection) }
                }
                if again && attempt < 5 { continue }
                return batch.forEach { $0.fail(error) }
            }
        }
    }

    private func contained(_ one: Waiting, on connection: any SessionConnection) throws -> Outcome {
        try connection.run("SAVEPOINT body")
        do {
            let outcome = try one.run(connection)
            try connection.run("RELEASE body")
            try connection.settle()
            return outcome
        } catch  where !connection.mayRunAgain(after: error) {
            try? connection.settle()
            // Throws when the database has already given up the whole transaction (disk full): all must hear of it.
            try connection.run("ROLLBACK TO body")
            try connection.run("RELEASE body")
            try connection.settle()
            return { one.fail(error) }
        }
    }

    private func rollBack(_ connection: any SessionConnection) {
        try? connection.settle()
        _ = try? connection.run("ROLLBACK")
        try? connection.settle()
    }
}
