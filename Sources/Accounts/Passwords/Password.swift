import CSodium
import Dispatch
import Kernel
import Synchronization

/// What a member proves to be themselves with.
package enum Password {
    package static let shortest = 10
    package static let longest = 128

    /// What is wrong with a new password, as the code of a field; `nil` where it will do.
    ///
    /// Whoever guesses begins with these: one letter again and again, a run along the keyboard, a word of a
    /// list, the owner's own name, the product's.
    package static func fault(in password: String, email: String) -> (code: String, values: [String: String])?
    {
        if password.count < shortest { return ("password-too-short", ["min": String(shortest)]) }
        if password.count > longest { return ("too-long", ["max": String(longest)]) }
        let folded = password.lowercased()
        let mailbox = email.lowercased().prefix { $0 != "@" }
        let isGuessable =
            Set(folded).count < 4 || runs.contains { $0.contains(folded) }
            || common.contains { folded.hasPrefix($0) }
            || folded.contains("rapport") || (mailbox.count >= 4 && folded.contains(mailbox))
        return isGuessable ? ("password-guessable", [:]) : nil
    }

    private static let runs: [String] = {
        let rows = [
            "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
            "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujm",
        ]
        return rows + rows.map { String($0.reversed()) }
    }()
    private static let common = [
        "password", "passw0rd", "p@ssw0rd", "haslo", "hasło", "qwerty", "12345678", "letmein", "welcome",
        "iloveyou",
        "changeme", "administrator", "zaq12wsx", "1qaz2wsx", "woaini", "polska", "sunshine", "football",
        "princess",
    ]
}

extension Password {
    /// The stored form: argon2id with 2 passes over 46 MiB and a salt of its own.
    package static func hash(_ password: String) async throws -> String {
        try await HashingQueue.shared.run {
            var stored = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
            let failed = crypto_pwhash_str(
                &stored, password, UInt64(password.utf8.count), passes, memoryBytes)
            // Fails only where the memory cannot be had.
            guard failed == 0 else { throw DomainError(.busy, "busy") }
            return String(decoding: stored.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// True where `stored` was made of this password. Without a stored one the same work is done in vain, so
    /// that nobody learns by the clock who is a member.
    package static func isRight(_ password: String, for stored: String?) async throws -> Bool {
        try await HashingQueue.shared.run {
            let verified =
                crypto_pwhash_str_verify(stored ?? decoy, password, UInt64(password.utf8.count)) == 0
            return verified && stored != nil
        }
    }

    private static let passes: UInt64 = 2
    private static let memoryBytes = 46 * 1024 * 1024
    private static let decoy =
        "$argon2id$v=19$m=47104,t=2,p=1$vcnoHbI+WhsYn1TOmKWxZg"
        + "$KTXpaa1iMZLr8cjvk5ffmQlimEMH8RFwk7cEt8eu+kA"
}

/// Two hashes at once on threads of their own, at most 50 waiting: hashing must not become the way to stop
/// the server.
private final class HashingQueue: Sendable {
    static let shared = HashingQueue()
    private static let mostWaiting = 50

    private let queues = [DispatchQueue(label: "password-1"), DispatchQueue(label: "password-2")]
    private let waiting = Atomic<Int>(0)
    private let taken = Atomic<Int>(0)

    private init() { precondition(sodium_init() >= 0, "libsodium cannot start") }

    func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        let ahead = waiting.add(1, ordering: .relaxed).oldValue
        defer { waiting.subtract(1, ordering: .relaxed) }
        guard ahead < Self.mostWaiting else {
            var busy = DomainError(.busy, "busy")
            busy.retryAfterSeconds = 2
            throw busy
        }
        let queue = queues[taken.add(1, ordering: .relaxed).oldValue & 1]
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
