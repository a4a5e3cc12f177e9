package import Kernel
import Synchronization

/// Time that stands still until a test moves it, with ids and chance that are the same in every run.
package final class TestClock: Sendable {
    private struct State {
        var now: Timestamp
        var chance: UInt64 = 0x9E37_79B9_7F4A_7C15
    }
    private let state: Mutex<State>
    private let snowflakes: Snowflakes

    /// Begins on Monday 2026-11-23 at 12:00 UTC unless told otherwise.
    package init(at start: Timestamp = Timestamp(milliseconds: 1_795_435_200_000), node: Int64 = 1) {
        state = Mutex(State(now: start))
        snowflakes = Snowflakes(node: node)
    }

    package var now: Timestamp { state.withLock { $0.now } }

    package func advance(by pause: Duration) { state.withLock { $0.now = $0.now + pause } }
    package func move(to moment: Timestamp) { state.withLock { $0.now = moment } }

    /// What the code under test is given.
    package var world: World {
        World(
            now: { self.now }, newID: { self.snowflakes.next(at: self.now) },
            random: { count in (0..<count).map { _ in self.randomByte() } })
    }

    /// xorshift64: repeatable, nothing more.
    private func randomByte() -> UInt8 {
        state.withLock { state in
            state.chance ^= state.chance << 13
            state.chance ^= state.chance >> 7
            state.chance ^= state.chance << 17
            return UInt8(truncatingIfNeeded: state.chance >> 32)
        }
    }
}
