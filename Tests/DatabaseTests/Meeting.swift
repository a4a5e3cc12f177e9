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

/// Opens once.
final class DispatchGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func open() { semaphore.signal() }
    func wait() { _ = semaphore.wait(timeout: .now() + .seconds(10)) }
}
