import Customers
package import Database
package import Kernel
import Ledger

/// One file on its way into one survey. What of it is done stands in the transaction of the rows themselves,
/// so that a broken import goes on where it stopped, and a finished one does nothing twice.
package struct Import: Sendable {
    package let id: Int64
    package let survey: Survey
    /// When it began first: the time of answers that name none.
    package let begun: Timestamp
    /// Rows of the file that are settled, whatever became of them.
    package private(set) var rowsDone: Int
    package private(set) var recorded: Int
    package private(set) var refused: Int
    package private(set) var isFinished: Bool
}

/// What became of some rows.
package struct ImportBatch: Sendable {
    package var recorded = 0
    package var unanswered = 0
    package var refused: [(row: ImportRow, reason: ImportRefusal)] = []

    package init() {}
}

extension DomainError {
    /// Another process took rows of the same file meanwhile.
    package static let importElsewhere = DomainError(.conflict, "import-elsewhere")
}

extension Import {
    private static let columns: SQL = "id, rows_done, recorded, refused, started_at, finished_at"

    private init(_ row: Row, _ survey: Survey) throws {
        id = try row.int64("id")
        self.survey = survey
        begun = try row.timestamp("started_at")
        rowsDone = try row.int("rows_done")
        recorded = try row.int("recorded")
        refused = try row.int("refused")
        isFinished = try row.optionalTimestamp("finished_at") != nil
    }

    /// Begins, or takes up what was begun with the same file. `fingerprint` names the file by its content.
    package static func begin(
        _ fingerprint: String, named name: String, into survey: Survey, world: World, in tx: any Connection
    ) throws -> Import {
        try tx.run(
            """
            INSERT INTO imports (id, account_id, survey_id, fingerprint, file_name, rows_done, recorded,
              refused, started_at)
            VALUES (\(world.newID()), \(survey.account), \(survey.id), \(fingerprint), \(name), 0, 0, 0,
              \(world.now()))
            ON CONFLICT (account_id, survey_id, fingerprint) DO NOTHING
            """)
        let rows = try tx.run(
            """
            SELECT \(columns) FROM imports
            WHERE account_id = \(survey.account) AND survey_id = \(survey.id) AND fingerprint = \(fingerprint)
            """)
        guard let row = rows.first else { throw DomainError.notFound }
        return try Import(row, survey)
    }

    /// Records some rows, the next ones after those that are done, and says so in the same transaction.
    package func record(
        _ rows: [ImportRow], world: World, in tx: any Connection
    ) throws -> (Import, ImportBatch) {
        var batch = ImportBatch()
        let answers = batch.sort(rows, taken: try Self.keys(of: rows, survey, in: tx))
        let recording = Recording(source: .import, actor: .import, world: world, now: world.now())
        let outcomes = try SurveyResponse.record(answers.map { $0.draft }, for: survey, recording, in: tx)
        var keys = NewRows(
            "answer_keys",
            [
                ("survey_id", .integer), ("client_key", .text), ("account_id", .integer),
                ("response_id", .integer), ("made_at", .integer),
            ])
        for (answer, outcome) in zip(answers, outcomes) {
            switch outcome {
            case .success(let response):
                batch.recorded += 1
                guard let id = answer.id else { continue }
                keys.add([
                    .of(survey.id), .of(Self.key(id)), .of(survey.account), .of(response.id),
                    .of(recording.now),
                ])
            case .failure(.customerAmbiguous): batch.refused.append((answer.row, .ambiguousCustomer))
            case .failure(let error): throw error
            }
        }
        batch.refused.sort { $0.row.number < $1.row.number }
        try tx.insert(keys)
        return (try advance(by: rows.count, batch, in: tx), batch)
    }

    mutating func count(_ batch: ImportBatch, rows: Int) {
        rowsDone += rows
        recorded += batch.recorded
        refused += batch.refused.count
    }

    private func advance(by rows: Int, _ batch: ImportBatch, in tx: any Connection) throws -> Import {
        var next = self
        next.count(batch, rows: rows)
        let moved = try tx.run(
            """
            UPDATE imports SET rows_done = \(next.rowsDone), recorded = \(next.recorded),
              refused = \(next.refused)
            WHERE account_id = \(survey.account) AND id = \(id) AND rows_done = \(rowsDone)
              AND finished_at IS NULL
            RETURNING id
            """)
        if moved.isEmpty { throw DomainError.importElsewhere }
        return next
    }

    package func finish(at now: Timestamp, in tx: any Connection) throws -> Import {
        try tx.run(
            """
            UPDATE imports SET finished_at = \(now)
            WHERE account_id = \(survey.account) AND id = \(id) AND finished_at IS NULL
            """)
        var finished = self
        finished.isFinished = true
        return finished
    }

    /// Beside the keys of answer pages, in a name space of its own.
    static func key(_ id: String) -> String { "import:" + id }

    /// Those response ids of some rows that the survey has already.
    fileprivate static func keys(
        of rows: [ImportRow], _ survey: Survey, in tx: any Connection
    ) throws -> Set<String> {
        let keys = rows.compactMap { $0.id.map(key) }
        if keys.isEmpty { return [] }
        let found = try tx.run(
            """
            SELECT client_key FROM answer_keys
            WHERE account_id = \(survey.account) AND survey_id = \(survey.id) AND client_key IN \(list: keys)
            """)
        return Set(try found.map { try $0.text("client_key") })
    }
}

extension ImportBatch {
    /// Counts what is no answer, and hands back the answers; `taken` are keys that the survey has already.
    fileprivate mutating func sort(
        _ rows: [ImportRow], taken: Set<String>
    ) -> [(row: ImportRow, draft: ResponseDraft, id: String?)] {
        rows.compactMap { row in
            switch row.outcome {
            case .unanswered: unanswered += 1
            case .refused(_, let id?) where !taken.isEmpty && taken.contains(Import.key(id)):
                refused.append((row, .duplicate))
            case .refused(let reason, _): refused.append((row, reason))
            case .answer(_, let id?) where !taken.isEmpty && taken.contains(Import.key(id)):
                refused.append((row, .duplicate))
            case .answer(let draft, let id): return (row, draft, id)
            }
            return nil
        }
    }
}
