import Kernel
import Ledger
import Surveys

/// What an operator of one account sees of the work behind its pages, on one snapshot.
struct Operations: Sendable {
    static let mostJobs = 50
    static let eventsOnAPage = 50

    let queue: JobQueue
    /// Of this account and of the whole installation.
    let failed: [Job]
    let waiting: [Job]
    let standings: [Consumer.Standing]
    let oldestUnsealed: Timestamp?
    /// Why no mail goes out.
    let alarm: RelayAlarm?
    let mail: MailHealth
    let sizeBytes: Int
    /// One more than a page shows where there is a next page.
    let events: [SealedEvent]
    let names: ActorNames
}

/// The names of those who did something, for an audit list.
struct ActorNames: Equatable, Sendable {
    var members: [Int64: String] = [:]
    var tokens: [Int64: String] = [:]
}
