import Dispatch
import Synchronization

/// Does one piece of work after the other on a thread of its own while its caller goes on, who waits once
/// three are not done.
final class Aside: Sendable {
    private let queue = DispatchQueue(label: "aside")
    private let room = DispatchSemaphore(value: 3)
    private let failure = Mutex<(any Error)?>(nil)

    /// Throws what an earlier piece has thrown, after which none is done.
    func next(_ work: @escaping @Sendable () throws -> Void) throws {
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            if failure.withLock({ $0 != nil }) { return }
            do { try work() } catch { failure.withLock { $0 = error } }
        }
        try rethrow()
    }

    /// Waits for all pieces. Throws what one of them has thrown.
    func finish() throws {
        queue.sync {}
        try rethrow()
    }

    private func rethrow() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
