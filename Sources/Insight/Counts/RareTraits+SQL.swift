import Accounts
package import Customers
package import Database
import Kernel
import Ledger
import Surveys

/// What could still tell whose score it was, when a person is erased: an attribute or a language that hardly
/// anybody else in the survey has.
extension ScoreDays {
    /// A value that fewer answers of others share is taken off.
    static let fewestSharing = 5

    /// Takes off a person's answers what fewer than five answers of others share, and moves their counts to
    /// those without a value. Attributes that are not counted are taken off always: nobody knows how common
    /// they are. Runs while the answers are still theirs.
    @Sendable package static func forget(customer: Customer.ID, account: Int64, in tx: any Connection) throws
    {
        let settings = try settings(of: account, in: tx)
        let theirs = try answers(of: customer, account, in: tx)
        var own: [Trait: Int] = [:]
        let counted = try countedAlready(theirs.map(\.id), account, in: tx)
        for answer in theirs where counted.contains(answer.id) {
            for trait in answer.traits { own[trait, default: 0] += 1 }
        }
        var shared: [Trait: Int] = [:]
        var moved: [Cell: Int] = [:]
        for answer in theirs {
            let rare = try answer.traits.filter { trait in
                guard let settings, settings.dimensions.contains(trait.dimension) else { return true }
                let all = try shared[trait] ?? sharing(trait, account, in: tx)
                shared[trait] = all
                return all - (own[trait] ?? 0) < fewestSharing
            }
            try SurveyResponse.takeOff(
                rare.map(\.dimension), of: SurveyResponse.ID(answer.id), account: account, in: tx)
            guard let settings, counted.contains(answer.id) else { continue }
            let day = settings.zone.day(of: answer.at).number
            for trait in rare where settings.dimensions.contains(trait.dimension) {
                for (value, change) in [(trait.value, -1), ("", 1)] {
                    let cell = Cell(
                        survey: answer.survey, dimension: trait.dimension, value: value, day: day,
                        raw: answer.raw)
                    moved[cell, default: 0] += change
                }
            }
        }
        try add(moved, to: account, in: tx)
        try ScoreSpans.move(moved, of: account, in: tx)
        for cell in moved.filter({ $0.value < 0 }).keys.sorted(by: { $0.day < $1.day }) {
            try tx.run(
                """
                DELETE FROM score_days
                WHERE account_id = \(account) AND survey_id = \(cell.survey)
                  AND dimension = \(cell.dimension) AND value = \(cell.value) AND day = \(cell.day)
                  AND raw = \(cell.raw) AND responses <= 0
                """)
        }
    }

    fileprivate struct Trait: Hashable {
        let survey: Int64
        let dimension: String
        let value: String
    }

    private static func answers(
        of customer: Customer.ID, _ account: Int64, in tx: any Connection
    ) throws -> [Counted] {
        let ids = try tx.run(
            """
            SELECT id FROM responses WHERE account_id = \(account) AND customer_id = \(customer)
            ORDER BY id LIMIT 100000
            """
        ).map { try $0.int64("id") }
        return try ids.chunks(of: 500).flatMap { try answers(Array($0), account, in: tx) }
    }

    /// Those that stand in the cells: the others will be counted as they are then.
    private static func countedAlready(
        _ ids: [Int64], _ account: Int64, in tx: any Connection
    ) throws -> Set<Int64> {
        var counted: Set<Int64> = []
        for chunk in ids.chunks(of: 500) {
            let rows = try tx.run(
                """
                SELECT subject_id FROM events
                WHERE account_id = \(account) AND subject_id IN \(list: Array(chunk))
                  AND kind = \(EventKind.responseRecorded) AND position <= (
                    SELECT position FROM consumers WHERE name = \(consumerName) AND account_id = \(account))
                LIMIT 1000
                """)
            for row in rows { counted.insert(try row.int64("subject_id")) }
        }
        return counted
    }

    private static func sharing(_ trait: Trait, _ account: Int64, in tx: any Connection) throws -> Int {
        let rows = try tx.run(
            """
            SELECT COALESCE(SUM(responses), 0) AS n FROM score_days
            WHERE account_id = \(account) AND survey_id = \(trait.survey)
              AND dimension = \(trait.dimension) AND value = \(trait.value) LIMIT 1
            """)
        return try rows.first?.int("n") ?? 0
    }
}

extension ScoreDays.Counted {
    /// What the person brought along; touchpoint, channel and agent tell of the company.
    fileprivate var traits: [ScoreDays.Trait] {
        values.filter { !["touchpoint", "channel", "agent"].contains($0.key) }.map {
            ScoreDays.Trait(survey: survey, dimension: $0.key, value: $0.value)
        }.sorted { $0.dimension < $1.dimension }
    }
}
