package import Database
package import Kernel

/// Takes the rows of one file, from the first one on, passes by those that an earlier run has settled, and
/// settles the others in batches.
package struct ImportFeed: Sendable {
    package static let batch = 500

    package private(set) var job: Import
    package private(set) var rows = 0
    package private(set) var unanswered = 0
    /// Of all rows taken. An earlier run's refusals that only its database could tell are not among them.
    package private(set) var refused: [ImportRefusal: Int] = [:]
    private var waiting: [ImportRow] = []
    private let alreadyDone: Int

    package init(_ job: Import) {
        self.job = job
        alreadyDone = job.rowsDone
    }

    package var isFull: Bool { waiting.count >= Self.batch }

    /// Returns the row where it was refused before it came to the database, by an earlier run.
    package mutating func take(_ row: ImportRow) -> (row: ImportRow, reason: ImportRefusal)? {
        rows += 1
        guard row.number <= alreadyDone else {
            waiting.append(row)
            return nil
        }
        switch row.outcome {
        case .answer: return nil
        case .unanswered:
            unanswered += 1
            return nil
        case .refused(let reason):
            refused[reason, default: 0] += 1
            return (row, reason)
        }
    }

    /// Settles all that waits, one transaction for a batch; the rows refused.
    package mutating func settle(
        in database: any Database, world: World
    ) async throws -> [(row: ImportRow, reason: ImportRefusal)] {
        var all: [(row: ImportRow, reason: ImportRefusal)] = []
        while !waiting.isEmpty {
            let some = Array(waiting.prefix(Self.batch))
            let (next, batch) = try await database.write { [job] tx in
                try job.record(some, world: world, in: tx)
            }
            job = next
            waiting.removeFirst(some.count)
            note(batch)
            all += batch.refused
        }
        return all
    }

    /// The same without writing: what would become of the rows. That a customer is not clear, only a real
    /// import finds out.
    package mutating func look(
        in database: any Database
    ) async throws -> [(row: ImportRow, reason: ImportRefusal)] {
        let (some, survey) = (waiting, job.survey)
        let batch = try await database.read { tx in try ImportBatch(looking: some, for: survey, in: tx) }
        waiting = []
        job.count(batch, rows: some.count)
        note(batch)
        return batch.refused
    }

    private mutating func note(_ batch: ImportBatch) {
        unanswered += batch.unanswered
        for (_, reason) in batch.refused { refused[reason, default: 0] += 1 }
    }
}
