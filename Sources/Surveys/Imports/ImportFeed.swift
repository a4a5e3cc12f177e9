package import Database
package import Kernel

/// Takes the rows of one file, from the first one on, passes by those that an earlier run has settled, and
/// settles the others in batches.
package struct ImportFeed: Sendable {
    package static let batch = 2000

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
        case .refused(let reason, _):
            refused[reason, default: 0] += 1
            return (row, reason)
        }
    }

    /// Takes out the next rows to be settled: a full batch, or what is left of the file.
    package mutating func cut() -> [ImportRow] {
        defer { waiting.removeFirst(min(Self.batch, waiting.count)) }
        return Array(waiting.prefix(Self.batch))
    }

    /// Notes what became of the rows that were cut last.
    package mutating func note(_ next: Import, _ batch: ImportBatch) {
        job = next
        unanswered += batch.unanswered
        for (_, reason) in batch.refused { refused[reason, default: 0] += 1 }
    }
}

extension Import {
    /// Settles some rows in one transaction.
    package func settle(
        _ rows: [ImportRow], in database: any Database, world: World
    ) async throws -> (Import, ImportBatch) {
        if rows.isEmpty { return (self, ImportBatch()) }
        return try await database.write { tx in try record(rows, world: world, in: tx) }
    }
}
