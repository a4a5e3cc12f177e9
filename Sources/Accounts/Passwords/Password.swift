import CSodium
import Dispatch
import Kernel
import Synchronization

/// What a member proves to be themselves with.
package enum Password {
    package static let shortest = 12
    package static let longest = 128

    /// What is wrong with a new password, as the code of a field; `nil` where it will do.
    ///
    /// Whoever guesses begins with these: one short piece again and again, a run along the keyboard, a date
    /// or number, a common password or word with signs around it, the owner's own name, the product's.
    package static func fault(in password: String, email: String) -> (code: String, values: [String: String])?
    {
        if password.count < shortest { return ("password-too-short", ["min": String(shortest)]) }
        if password.count > longest { return ("too-long", ["max": String(longest)]) }
        let folded = password.lowercased()
        let mailbox = email.lowercased().prefix { $0 != "@" }
        let isGuessable =
            Set(folded).count < 4 || !folded.contains { $0.isLetter } || runs.contains { $0.contains(folded) }
            || folded.contains("rapport") || (mailbox.count >= 4 && folded.contains(mailbox))
            || CommonPasswords.holds(anyOf: cores(of: folded))
        return isGuessable ? ("password-guessable", [:]) : nil
    }

    private static let runs: [String] = {
        let rows = [
            "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
            "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujm",
        ]
        return rows + rows.map { String($0.reversed()) }
    }()

    /// What is left of a password without what people put on to make it longer: digits and signs at its
    /// ends, letters written as digits, the same again.
    static func cores(of folded: String) -> Set<String> {
        let ends = folded.drop { !$0.isLetter }.reversed().drop { !$0.isLetter }.reversed()
        let found = [folded, String(ends)].flatMap { [$0, String($0.map { disguises[$0] ?? $0 })] }
        return Set(found.flatMap { [$0, unit(of: $0)] })
    }

    private static let disguises: [Character: Character] = [
        "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
    ]

    /// `abc` of `abcabcabc`.
    private static func unit(of text: String) -> String {
        let letters = Array(text)
        for length in stride(from: 1, through: letters.count / 2, by: 1) where letters.count % length == 0 {
            if letters.indices.allSatisfy({ letters[$0] == letters[$0 % length] }) {
                return String(letters.prefix(length))
            }
        }
        return text
    }
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
