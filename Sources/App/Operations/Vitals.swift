import Kernel
import Ledger

/// How the work of the whole installation goes, over all accounts.
struct Vitals: Sendable {
    let oldestUnsealed: Timestamp?
    let failedJobs: Int
    let standings: [Consumer.Standing]
    let newestEvent: Timestamp?
    /// `nil` where the database has no clock of its own.
    let databaseClock: Timestamp?
}
