import Database
import Dispatch
import Synchronization

/// Holds the first of two bodies until the second has come to the same place. Where only one body runs at a
/// time nobody comes, so its patience is short there.
final class Meeting: Sendable {
    private let arrived = Atomic(0)
    private let second = DispatchSemaphore(value: 0)

    private let patience: DispatchTimeInterval

    init(on dialect: Dialect) { patience = .milliseconds(dialect == .sqlite ? 20 : 3000) }

    var hasBegun: Bool { arrived.load(ordering: .relaxed) > 0 }

    func meet() {
        if arrived.add(1, ordering: .relaxed).newValue == 1 {
            _ = second.wait(timeout: .now() + patience)
        } else {
            second.signal()
        }
    }
}

/// Closed until it is opened.
final class DispatchGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let isOpen = Atomic(false)

    func open() {
        isOpen.store(true, ordering: .releasing)
        semaphore.signal()
    }
    /// For bodies, which may block.
    func wait() {
        _ = semaphore.wait(timeout: .now() + .seconds(10))
        semaphore.signal()
    }
    /// For tasks, which may not.
    func opened() async throws {
        while !isOpen.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(1)) }
    }
}

/// Counts from many threads.
final class Tally: Sendable {
    private let number = Atomic(0)
    var count: Int { number.load(ordering: .relaxed) }
    @discardableResult func add() -> Int { number.add(1, ordering: .relaxed).newValue }
}
