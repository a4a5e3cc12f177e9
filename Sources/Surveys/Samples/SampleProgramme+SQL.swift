package import Accounts
package import Database
package import Kernel
import Language
package import Ledger

extension EventKind {
    /// A generated programme is gone: what was counted of it no longer counts.
    package static let sampleRemoved = EventKind("sample.removed")
}

extension SampleProgramme {
    private static let batch = 250

    /// True where an account holds a generated programme, whole or begun.
    package static func isShown(account: Int64, in tx: any Connection) throws -> Bool {
        try !tx.run(
            "SELECT id FROM surveys WHERE account_id = \(account) AND sample = \(true) LIMIT 1"
        ).isEmpty
    }

    /// Surveys open when the last answer is in: with none open, the filling was broken off.
    private static func isWhole(account: Int64, in tx: any Connection) throws -> Bool {
        try !tx.run(
            """
            SELECT id FROM surveys WHERE account_id = \(account) AND sample = \(true) AND status = 'open'
            LIMIT 1
            """
        ).isEmpty
    }

    /// Records the programme in an account, `false` where it is there already. One that was broken off is
    /// removed and begun again.
    package func fill(
        _ account: Account, database: any Database, world: World,
        progress: @Sendable (_ recorded: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws -> Bool {
        let number = account.id.number
        let (isShown, isWhole) = try await database.read { tx in
            (try Self.isShown(account: number, in: tx), try Self.isWhole(account: number, in: tx))
        }
        if isWhole { return false }
        if isShown { try await database.write { tx in try Self.remove(number, world: world, in: tx) } }
        let words = SampleWords(account.language), zone = account.zone
        let surveys = try await database.write { tx in
            try Self.makeSurveys(words, number, at: zone.start(of: firstDay), world: world, in: tx)
        }
        let answers = answers
        for start in stride(from: 0, to: answers.count, by: Self.batch) {
            let batch = answers[start..<min(start + Self.batch, answers.count)]
            let drafts = batch.map { answer in
                var draft = words.draft(for: answer)
                draft.occurredAt = zone.moment(on: answer.day, minute: answer.minute)
                return (survey: answer.survey, draft: draft)
            }
            try await database.write { tx in
                for (survey, draft) in drafts {
                    let at = draft.occurredAt ?? world.now()
                    _ = try SurveyResponse.record(
                        draft, for: surveys[survey.rawValue],
                        Recording(source: .sample, actor: .system, world: world, now: at), in: tx)
                }
            }
            progress(start + batch.count, answers.count)
        }
        try await database.write { tx in
            try markRead(number, zone, in: tx)
            for survey in surveys {
                var open = survey
                open.status = .open
                _ = try open.save(over: survey, by: .system, world: world, at: world.now(), in: tx)
            }
        }
        return true
    }

    /// What is older than a week is done with, and only the newest are unread.
    private func markRead(_ account: Int64, _ zone: Zone, in tx: any Connection) throws {
        let (read, done) = (zone.start(of: lastDay - 1), zone.start(of: lastDay - 6))
        try tx.run(
            """
            INSERT INTO response_marks (response_id, account_id, read_at, done_at)
            SELECT r.id, r.account_id, r.recorded_at,
              CASE WHEN r.occurred_at < \(done) THEN r.recorded_at END
            FROM responses r JOIN surveys s ON s.id = r.survey_id
            WHERE r.account_id = \(account) AND s.sample = \(true) AND r.occurred_at < \(read)
            """)
    }

    private static func makeSurveys(
        _ words: SampleWords, _ account: Int64, at now: Timestamp, world: World, in tx: any Connection
    ) throws -> [Survey] {
        try SampleSurvey.allCases.map { kind in
            let made = try Survey.create(
                words.input(for: kind), account: account, isSample: true, by: .system, world: world, at: now,
                in: tx)
            var closed = made
            closed.status = .closed
            return try closed.save(over: made, by: .system, world: world, at: now, in: tx)
        }
    }

    /// Takes the programme out of an account with everybody who answered nothing else, `false` where there is
    /// none. Events stay: they hold no words and no names.
    @discardableResult
    package static func remove(_ account: Int64, world: World, in tx: any Connection) throws -> Bool {
        guard try isShown(account: account, in: tx) else { return false }
        let people = try tx.run(
            """
            SELECT DISTINCT r.customer_id FROM responses r JOIN surveys s ON s.id = r.survey_id
            WHERE r.account_id = \(account) AND s.sample = \(true) AND r.customer_id IS NOT NULL
              AND NOT EXISTS (
                SELECT 1 FROM responses o JOIN surveys t ON t.id = o.survey_id
                WHERE o.account_id = \(account) AND o.customer_id = r.customer_id AND t.sample = \(false))
            LIMIT 1000000
            """
        ).map { try $0.int64("customer_id") }
        try removeAnswers(account, in: tx)
        try remove(people: people, account, in: tx)
        try Ledger.append(
            .sampleRemoved, about: account, by: .operator, id: world.newID(), account: account,
            at: world.now(), in: tx)
        return true
    }

    private static func removeAnswers(_ account: Int64, in tx: any Connection) throws {
        let surveys: SQL = "SELECT id FROM surveys WHERE account_id = \(account) AND sample = \(true)"
        let responses: SQL =
            "SELECT id FROM responses WHERE account_id = \(account) AND survey_id IN (\(surveys))"
        let cases: SQL =
            "SELECT id FROM recovery_cases WHERE account_id = \(account) AND survey_id IN (\(surveys))"
        try tx.run("DELETE FROM case_contacts WHERE account_id = \(account) AND case_id IN (\(cases))")
        try tx.run("DELETE FROM case_verdicts WHERE account_id = \(account) AND case_id IN (\(cases))")
        try tx.run(
            "DELETE FROM recovery_cases WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try tx.run("DELETE FROM response_search WHERE account_id = \(account) AND rowid IN (\(responses))")
        try tx.run("DELETE FROM answers WHERE account_id = \(account) AND response_id IN (\(responses))")
        try tx.run(
            "DELETE FROM response_segments WHERE account_id = \(account) AND response_id IN (\(responses))")
        try tx.run(
            "DELETE FROM response_marks WHERE account_id = \(account) AND response_id IN (\(responses))")
        try tx.run(
            "DELETE FROM response_tags WHERE account_id = \(account) AND response_id IN (\(responses))")
        try tx.run("DELETE FROM scores WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try tx.run("DELETE FROM answer_keys WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try tx.run("DELETE FROM imports WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        let asked: SQL =
            "SELECT id FROM invitations WHERE account_id = \(account) AND survey_id IN (\(surveys))"
        try tx.run(
            "DELETE FROM invitation_intents WHERE account_id = \(account) AND invitation_id IN (\(asked))")
        try tx.run(
            "DELETE FROM provisional_scores WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try tx.run("DELETE FROM invitations WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try Exclusion.remove(about: surveys, account: account, in: tx)
        try tx.run("DELETE FROM waves WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try AskRule.remove(about: surveys, account: account, in: tx)
        try tx.run("DELETE FROM responses WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try tx.run("DELETE FROM survey_versions WHERE account_id = \(account) AND survey_id IN (\(surveys))")
        try tx.run("DELETE FROM surveys WHERE account_id = \(account) AND sample = \(true)")
    }

    private static func remove(people: [Int64], _ account: Int64, in tx: any Connection) throws {
        for start in stride(from: 0, to: people.count, by: 500) {
            let some = Array(people[start..<min(start + 500, people.count)])
            try tx.run(
                "DELETE FROM contact_points WHERE account_id = \(account) AND customer_id IN \(list: some)")
            try tx.run(
                "DELETE FROM customer_events WHERE account_id = \(account) AND customer_id IN \(list: some)")
            try tx.run(
                """
                DELETE FROM customer_attributes WHERE account_id = \(account) AND customer_id IN \(list: some)
                """)
            try tx.run("DELETE FROM customers WHERE account_id = \(account) AND id IN \(list: some)")
        }
        try tx.run(
            """
            DELETE FROM attribute_names WHERE account_id = \(account)
              AND NOT EXISTS (SELECT 1 FROM customer_attributes c
                WHERE c.account_id = \(account) AND c.name = attribute_names.name)
              AND NOT EXISTS (SELECT 1 FROM response_segments g
                WHERE g.account_id = \(account) AND g.name = attribute_names.name)
            """)
    }
}
