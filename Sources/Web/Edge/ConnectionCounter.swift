import Synchronization

/// How many connections each address has open.
final class ConnectionCounter: Sendable {
    private struct State {
        var all = 0
        var byAddress: [String: Int] = [:]
    }
    private let state = Mutex(State())
    /// Here once for all connections.
    let limits: EdgeLimits

    init(limits: EdgeLimits) { self.limits = limits }

    /// False where this connection is one too many; then it is not counted.
    func open(from address: String) -> Bool {
        state.withLock { state in
            if limits.connections > 0, state.all >= limits.connections { return false }
            let mine = state.byAddress[address, default: 0]
            if limits.connectionsPerAddress > 0, mine >= limits.connectionsPerAddress { return false }
            state.all += 1
            state.byAddress[address] = mine + 1
            return true
        }
    }

    func close(from address: String) {
        state.withLock { state in
            state.all -= 1
            let left = state.byAddress[address, default: 1] - 1
            state.byAddress[address] = left == 0 ? nil : left
        }
    }
}
