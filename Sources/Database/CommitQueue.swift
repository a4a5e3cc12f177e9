import Dispatch
import Synchronization

/// How much is put up with before a caller is sent away.
struct Patience: Sendable {
    /// In the list, for a connection that broke, or to have met nobody.
    var waiting = Duration.seconds(10)
    /// For the answer to a COMMIT, which a synchronous standby may hold back for ever.
    var committing = Duration.seconds(10)
    /// For another process to let go of the file.
    var forOtherProcesses = Duration.seconds(5)
    var mostWaiting = 10_000
}

/// Group commit: bodies that wait while sessions are busy share the next commit.
///
/// Invariant: a caller hears of its body only after the COMMIT of its batch, even when the body threw:
/// it may have judged by rows that another body of the batch wrote.
final class CommitQueue: Sendable {
    private typealias Batch = ArraySlice<WaitingBody>
    private struct State {
        var waiting: [WaitingBody] = []
        var idle: [Session]
        var committing: [ObjectIdentifier: (batch: Batch, since: ContinuousClock.Instant)] = [:]
        var closing: CheckedContinuation<[Session], Never>?
        var isClosed = false
    }

    /// At a key that another body may have taken after we had looked.
    private static let mostLooks = 20
    private let state: Mutex<State>
    private let sessionCount: Int
    private let largestBatch: Int
    /// For readers: who waits already when a snapshot begins may be answered from it, as it holds all that
    /// was committed before they came.
    private let sharesSnapshots: Bool
    private let patience: Patience
    private let committed: @Sendable () -> Void
    private nonisolated(unsafe) let watch: any DispatchSourceTimer

    init(
        _ connections: [any SessionConnection], largestBatch: Int, sharesSnapshots: Bool = false,
        patience: Patience = Patience(),
        committed: @escaping @Sendable () -> Void = {}
    ) {
        state = Mutex(State(idle: connections.map(Session.init)))
        sessionCount = connections.count
        self.largestBatch = largestBatch
        self.sharesSnapshots = sharesSnapshots
        self.patience = patience
        self.committed = committed
        watch = DispatchSource.makeTimerSource()
        let step = min(patience.waiting, patience.committing) / 10
        let pause = DispatchTimeInterval.milliseconds(Int(step / .milliseconds(1)))
        watch.schedule(deadline: .now() + pause, repeating: pause, leeway: pause)
        watch.setEventHandler { [weak self] in self?.sendAwayTheTired() }
        watch.activate()
    }

    deinit { watch.cancel() }

    func perform<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { enqueue(WaitingBody(isolation, body, $0)) }
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Bodies that wait are still run; those that come later are refused.
    func close() async {
        let sessions: [Session] = await withCheckedContinuation { continuation in
            state.withLock { state in
                guard !state.isClosed else { return continuation.resume(returning: []) }
                (state.isClosed, state.closing) = (true, continuation)
                endIfIdle(&state)
            }
        }
        for session in sessions { await session.close() }
    }

    private func endIfIdle(_ state: inout State) {
        guard state.idle.count == sessionCount else { return }
        state.closing?.resume(returning: state.idle)
        (state.idle, state.closing) = ([], nil)
    }

    private func enqueue(_ one: WaitingBody) {
        let (idle, refusal) = state.withLock { state -> (Session?, (any Error)?) in
            if state.isClosed { return (nil, DatabaseClosed()) }
            guard state.waiting.count < patience.mostWaiting, hanging(state).isEmpty else {
                return (nil, DatabaseBusy())
            }
            state.waiting.append(one)
            return (state.idle.popLast(), nil)
        }
        if let refusal { return one.fail(refusal) }
        guard let idle else { return }
        idle.schedule { connection in
            while let batch = self.nextBatch(for: idle) { self.perform(batch, on: connection) }
        }
    }

    /// No delay to gather: whatever waits when a session is free. A session without work rests here.
    private func nextBatch(for session: Session) -> Batch? {
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

    /// Bodies first run bare. When one throws, the batch runs again with a savepoint for each, so that it
    /// fails alone.
    private func perform(_ all: Batch, on connection: any SessionConnection) {
        var (batch, attempt, breaks) = (all, 1, 0)
        while true {
            do {
                return try commit(batch, contained: attempt > 1, on: connection)
            } catch {
                connection.rollBack()
                switch connection.remedy(for: error) {
                case .failAlone where attempt == 1 && batch.count > 1:
                    // Whoever waited for another's lock has waited for all of the batch.
                    batch = stillPatient(batch, else: DatabaseUnavailable(reason: "\(error)"))
                    if batch.isEmpty { return }
                    attempt = 2
                case .failAlone, .failTogether: return batch.forEach { $0.fail(error) }
                case .reconnect:
                    batch = stillPatient(batch, else: DatabaseUnavailable(reason: "\(error)"))
                    if batch.isEmpty { return }
                    Session.rest(afterBreaks: breaks)
                    breaks += 1
                // A batch shares its conflicts: after two tries each body goes alone, so that a contended one
                // fails only itself.
                case .runAgain where attempt == 2 && batch.count > 1:
                    return batch.indices.forEach { perform(batch[$0...$0], on: connection) }
                // Who met others twenty times may meet them a twenty-first where they are many and this
                // machine is slow; a key that is still taken then is no conflict.
                case .runAgain:
                    let taken = (error as? PostgresError)?.sqlState == PostgresError.keyTaken
                    if taken, attempt == Self.mostLooks { return batch.forEach { $0.fail(error) } }
                    batch = stillPatient(batch, else: DatabaseBusy())
                    if batch.isEmpty { return }
                    Session.rest(afterConflicts: attempt)
                    attempt += 1
                }
            }
        }
    }

    private func commit(_ batch: Batch, contained: Bool, on connection: any SessionConnection) throws {
        let begun = ContinuousClock.now
        try connection.begin(batch.first!.isolation)
        let outcomes = try batch.map {
            contained ? try self.contained($0, on: connection) : try $0.run(connection)
        }
        try connection.settle()
        if sharesSnapshots {
            outcomes.forEach { $0() }
            return try shareSnapshot(begun, on: connection)
        }
        let key = ObjectIdentifier(connection as AnyObject)
        state.withLock { $0.committing[key] = (batch, .now) }
        defer { state.withLock { $0.committing[key] = nil } }
        try connection.commit()
        committed()
        outcomes.forEach { $0() }
    }

    /// Bodies are taken one by one, so that another session that is free takes its part. One that throws
    /// begins again on its own, and ends the sharing: what it did to the transaction is its own affair.
    private func shareSnapshot(
        _ begun: ContinuousClock.Instant, on connection: any SessionConnection
    ) throws {
        while let one = nextBody(before: begun) {
            do {
                let outcome = try one.run(connection)
                try connection.settle()
                outcome()
            } catch {
                connection.rollBack()
                return perform([one], on: connection)
            }
        }
        try connection.commit()
    }

    private func nextBody(before begun: ContinuousClock.Instant) -> WaitingBody? {
        state.withLock { state in
            guard let first = state.waiting.first, first.since < begun else { return nil }
            return state.waiting.removeFirst()
        }
    }

    private func contained(_ one: WaitingBody, on connection: any SessionConnection) throws
        -> WaitingBody.Outcome
    {
        try connection.run("SAVEPOINT body")
        do {
            let outcome = try one.run(connection)
            try connection.run("RELEASE body")
            try connection.settle()
            return outcome
        } catch  where connection.remedy(for: error) == .failAlone {
            try? connection.settle()
            try connection.run("ROLLBACK TO body")
            try connection.run("RELEASE body")
            try connection.settle()
            return { one.fail(error) }
        }
    }

    private func stillPatient(_ batch: Batch, else refusal: any Error) -> Batch {
        let earliest = ContinuousClock.now - patience.waiting
        batch.filter { $0.since < earliest }.forEach { $0.fail(refusal) }
        return batch.filter { $0.since >= earliest }[...]
    }

    /// Bodies whose COMMIT is not answered. What it waits for, a disk or a standby, the next would wait for,
    /// too: nobody begins meanwhile, or soon every session would hang.
    private func hanging(_ state: State) -> [WaitingBody] {
        if state.committing.isEmpty { return [] }
        let earliest = ContinuousClock.now - patience.committing
        return state.committing.values.filter { $0.since < earliest }.flatMap(\.batch)
    }

    /// Nobody waits for ever: what has not begun never will, and what hangs in its COMMIT is reported as it
    /// is.
    private func sendAwayTheTired() {
        let earliest = ContinuousClock.now - patience.waiting
        let (unbegun, unknown) = state.withLock { state -> (Batch, [WaitingBody]) in
            let unknown = hanging(state)
            let unbegun = state.waiting.prefix { !unknown.isEmpty || $0.since < earliest }
            state.waiting.removeFirst(unbegun.count)
            return (unbegun, unknown)
        }
        unbegun.forEach { $0.fail(DatabaseBusy()) }
        unknown.forEach { $0.fail(OutcomeUnknown(reason: "no answer to COMMIT in \(patience.committing)")) }
    }
}
