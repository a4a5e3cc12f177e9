import Database
import Kernel

/// One try to prove who one is, slowed down where there were many.
struct PasswordProof: Sendable {
    enum Outcome: Sendable {
        case proved(Member)
        /// One outcome for a wrong password and for an address that nobody has, after the same work.
        case refused
        case tooEarly(seconds: Int)
    }

    let database: any Database
    let world: World

    /// `device` is what a browser was given that has signed in to this mailbox before.
    func attempt(
        email: String, password: String, address: String, device: String?
    ) async throws -> Outcome {
        let now = world.now()
        let (wait, subjects) = try await database.write { tx in
            let subjects = try Self.subjects(email, address, device, in: tx)
            return (try SignInLimit.take(subjects, at: now, in: tx), subjects)
        }
        if let wait { return .tooEarly(seconds: wait) }
        let member = try await database.read { tx in try Member.known(by: email, in: tx) }
        guard try await Password.isRight(password, for: member?.passwordHash), let member else {
            return .refused
        }
        try await database.write { tx in try SignInLimit.forgive(subjects, in: tx) }
        return .proved(member)
    }

    private static func subjects(
        _ email: String, _ address: String, _ device: String?, in tx: any Connection
    ) throws -> [SignInLimit.Subject] {
        if let device {
            let known = SignInLimit.Subject.device(device, email: email)
            if try SignInLimit.isKnown(known, in: tx) { return [known] }
        }
        return [.email(email), .address(address)]
    }
}
