import Accounts
import Kernel
package import Ledger
import Surveys

/// Counts of raw scores per survey, local day and one dimension at a time.
///
/// A dimension is `""` (everything), touchpoint, channel, agent, language or one of the first customer
/// attributes; an answer without a value of it stands in the cell with the value `""`. At most eight are
/// kept.
package enum ScoreDays {
    package static let consumerName = "score-days"
    static let fixedDimensions = ["touchpoint", "channel", "agent", "language"]
    static let mostDimensions = 8

    struct Cell: Hashable, Sendable {
        let survey: Int64
        let dimension: String
        let value: String
        let day: Int
        let raw: Int
    }

    /// In which zone and by which dimensions an account's cells are cut.
    struct Settings: Equatable, Sendable {
        let zone: Zone
        /// Attributes beyond the fixed dimensions, those that were known first.
        let attributes: [String]

        var dimensions: [String] { ScoreDays.fixedDimensions + attributes }
    }

    /// One scored answer with all that is known of it.
    struct Counted: Sendable {
        let id: Int64
        let survey: Int64
        let raw: Int
        let at: Timestamp
        let values: [String: String]
    }

    /// The consumer that keeps the cells.
    package static var consumer: Consumer {
        Consumer(
            consumerName, kinds: [.responseRecorded, .accountChanged, .sampleRemoved],
            atOnce: Follower.catchingUp
        ) { account, events, tx in
            try follow(events, account: account, in: tx)
        }
    }
}
