import Accounts
package import Kernel

/// Keeps the addresses and secrets of robots, so that a copy of the database alone opens none.
package struct RobotSeal: Sendable {
    private let seal: SecretSeal
    private let secret: [UInt8]

    /// `secret` is the installation's own.
    package init(secret: [UInt8]) {
        seal = SecretSeal(secret: secret, purpose: "robot")
        self.secret = secret
    }

    /// It opens under the same `place` only: what was sealed for one row is none of another's.
    package func seal(_ text: String, for place: String, world: World) throws -> String {
        try seal.seal(Array(text.utf8), for: place, world: world)
    }

    /// `nil` for what was not sealed by this installation, or for another place.
    package func open(_ sealed: String, for place: String) -> String? {
        (try? seal.open(sealed, for: place)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Names a text without telling it, alike each time.
    package func mark(_ text: String) -> String {
        String(SecretHash.keyed(by: secret, "robot \(text)").prefix(32))
    }
}
