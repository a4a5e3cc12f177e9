import Glibc
import Kernel

/// Slows down whoever guesses passwords, and never shuts anybody out for good: after the free failures each
/// further try must wait twice as long as the one before, up to 15 minutes; after 15 quiet minutes all is
/// forgotten.
struct SignInLimit: Equatable, Sendable {
    static let windowSeconds: Int64 = 900

    /// Whose failures are counted.
    enum Subject: Equatable, Sendable {
        /// One mailbox, whoever tries it.
        case email(String)
        /// One client, whichever mailbox it tries; of IPv6 the network that one customer gets, /64.
        case address(String)
        /// A browser that has signed in to that mailbox before: counted apart, so that a stranger's guesses
        /// never keep the owner out.
        case device(String, email: String)

        var freeFailures: Int {
            switch self {
            case .email, .device: 10
            case .address: 50
            }
        }

        /// As stored: hashed, for it names a person or a place.
        var key: String {
            switch self {
            case .email(let email): "email:" + SecretHash.of(email)
            case .address(let address): "address:" + SecretHash.of(Self.network(of: address))
            case .device(let token, let email): "device:" + SecretHash.of(token + " " + email)
            }
        }

        private static func network(of address: String) -> String {
            var bytes = [UInt8](repeating: 0, count: 16)
            guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
            // An IPv4 client of a socket that speaks both.
            let isMapped = bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            return isMapped
                ? bytes.suffix(4).map(String.init).joined(separator: ".") : bytes.prefix(8).hexadecimal
        }
    }

    let failures: Int
    let lastAt: Timestamp

    /// Failures that still count.
    func recent(at now: Timestamp) -> Int {
        now - lastAt >= .seconds(Self.windowSeconds) ? 0 : failures
    }

    /// How many seconds the next try must wait; `nil` when it may go on.
    func waitSeconds(free: Int, at now: Timestamp) -> Int? {
        let beyond = recent(at: now) - free
        guard beyond >= 0 else { return nil }
        let delay = beyond >= 9 ? Self.windowSeconds : min(Self.windowSeconds, 2 << Int64(beyond))
        let left = (lastAt + .seconds(delay)).milliseconds - now.milliseconds
        return left > 0 ? Int((left + 999) / 1000) : nil
    }
}
