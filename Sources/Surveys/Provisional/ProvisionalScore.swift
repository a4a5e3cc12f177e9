import Kernel

/// A score that a customer has chosen and looked at, and not sent. The last one chosen stands; it is an
/// answer when a day has passed, unless they send one before. Until then it is shown apart and counts
/// nowhere.
package struct ProvisionalScore: Equatable, Sendable {
    let invitation: Invitation.ID
    let account: Int64
    let survey: Survey.ID
    let raw: Int
    let givenAt: Timestamp
    let dueAt: Timestamp

    static let timeToSend = Duration.seconds(86_400)
}

extension ProvisionalScore {
    init(_ score: Score, of invitation: Invitation, at now: Timestamp) {
        self.init(
            invitation: invitation.id, account: invitation.account, survey: invitation.survey, raw: score.raw,
            givenAt: now, dueAt: now + Self.timeToSend)
    }
}
