import Database
import Kernel
import Synchronization

/// Keys under which a request of this process is at work. Whoever comes with the same key waits here, where
/// waiting costs no database anything.
final class KeysAtWork: Sendable {
    struct Place: Hashable {
        let database: ObjectIdentifier
        let accountID: Int64
        let path: String
        let key: String
    }

    static let shared = KeysAtWork()
    private static let pause = Duration.milliseconds(10)
    private let places = Mutex<Set<Place>>([])

    /// True for the first, which must `leave`; the others come through when it has left. Throws `key-in-use`
    /// where it has not until `deadline`.
    func enter(_ place: Place, until deadline: ContinuousClock.Instant) async throws -> Bool {
        if places.withLock({ $0.insert(place).inserted }) { return true }
        while places.withLock({ $0.contains(place) }) {
            guard ContinuousClock.now < deadline else { throw DomainError.keyInUse }
            try await Task.sleep(for: Self.pause)
        }
        return false
    }

    func leave(_ place: Place) { _ = places.withLock { $0.remove(place) } }
}

extension DomainError {
    /// Another request under the same key is not done yet.
    static var keyInUse: DomainError {
        var error = DomainError(.conflict, "key-in-use")
        error.retryAfterSeconds = 1
        return error
    }
}
