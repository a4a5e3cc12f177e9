package import Kernel
import Synchronization

/// How many answers one address may send in a minute. Kept in memory: a restart forgives.
package final class AnswerLimit: Sendable {
    private struct Window {
        var begunAt: Timestamp
        var answers: Int
    }
    private static let minute = Duration.seconds(60)
    /// Beyond it, windows that are over are dropped.
    private static let mostAddresses = 10_000

    private let perMinute: Int
    private let windows = Mutex<[String: Window]>([:])

    /// 0 is no limit.
    package init(perMinute: Int) { self.perMinute = perMinute }

    /// Throws `too-many-answers`, with the seconds until the next is taken.
    package func count(from address: String, at now: Timestamp) throws(DomainError) {
        if perMinute == 0 { return }
        let wait: Duration? = windows.withLock { windows in
            if windows.count > Self.mostAddresses {
                windows = windows.filter { now - $0.value.begunAt < Self.minute }
            }
            var window = windows[address] ?? Window(begunAt: now, answers: 0)
            if now - window.begunAt >= Self.minute { window = Window(begunAt: now, answers: 0) }
            window.answers += 1
            windows[address] = window
            return window.answers > perMinute ? Self.minute - (now - window.begunAt) : nil
        }
        guard let wait else { return }
        var error = DomainError(.tooMany, "too-many-answers")
        error.retryAfterSeconds = max(1, Int(wait.components.seconds) + 1)
        throw error
    }
}
