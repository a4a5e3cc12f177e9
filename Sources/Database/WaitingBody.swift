import Synchronization

/// A body and the caller that waits for what becomes of it. The caller is answered once, by whoever is first.
final class WaitingBody: Sendable {
    typealias Outcome = @Sendable () -> Void

    let isolation: Isolation
    let since = ContinuousClock.now
    private let body: @Sendable (WaitingBody, any Connection) throws -> Outcome
    private let refuse: @Sendable (any Error) -> Void
    private let isAnswered = Atomic(false)

    init<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value,
        _ caller: CheckedContinuation<Value, any Error>
    ) {
        self.isolation = isolation
        self.body = { waiting, connection in
            let value = try body(connection)
            return { if waiting.mayAnswer() { caller.resume(returning: value) } }
        }
        refuse = { caller.resume(throwing: $0) }
    }

    /// What it returns tells the caller, and is called after COMMIT.
    func run(_ connection: any Connection) throws -> Outcome { try body(self, connection) }

    func fail(_ error: any Error) { if mayAnswer() { refuse(error) } }

    private func mayAnswer() -> Bool { !isAnswered.exchange(true, ordering: .relaxed) }
}
