import Kernel
import Language

/// One browser signed in to one account.
struct Session: Equatable, Sendable {
    static let idleSeconds: Int64 = 12 * 3600
    static let longestSeconds: Int64 = 30 * 86_400
    /// How often at most it is written down that somebody is there.
    static let touchSeconds: Int64 = 60

    let tokenHash: String
    let memberID: Member.ID
    let accountID: Account.ID
    /// Goes into each form of this session.
    let csrfToken: String
    let lastSeenAt: Timestamp
    let expiresAt: Timestamp

    func isOpen(at now: Timestamp) -> Bool {
        now < expiresAt && now - lastSeenAt < .seconds(Self.idleSeconds)
    }

    func needsTouch(at now: Timestamp) -> Bool { now - lastSeenAt >= .seconds(Self.touchSeconds) }
}

/// A session with everything that a page shows of it.
struct OpenSession: Sendable {
    let session: Session
    let memberName: String
    let email: String
    let language: ReaderLanguage?
    let role: Role
    let accountName: String
    let timeZone: String
}
