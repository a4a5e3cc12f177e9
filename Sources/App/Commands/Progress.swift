import Foundation
import Synchronization

/// How far a long command is: one line on stderr, on a terminal only.
final class Progress: Sendable {
    private let noun: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private let last = Mutex(ContinuousClock.now - .seconds(1))

    init(_ noun: String) { self.noun = noun }

    /// At most ten times a second. `total` is `nil` where nobody knows it yet.
    func show(_ done: Int, of total: Int? = nil) {
        guard isShown else { return }
        let isDue = last.withLock { last -> Bool in
            let now = ContinuousClock.now
            guard last.duration(to: now) > .milliseconds(100) else { return false }
            last = now
            return true
        }
        if isDue { write("\r\(done)\(total.map { " of \($0)" } ?? "") \(noun)") }
    }

    func end() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
