import Crypto
import Database
import Formats
import Foundation
import Insight
import Kernel
import Surveys

/// One run over one file: reads it in chunks, settles rows in batches, keeps the refused ones in a file.
/// Memory does not grow with the file, but for the ids of its refused rows; of all its rows where an earlier
/// run was broken off, whose refusals no database knows.
struct ImportRun {
    let file: URL
    let layout: FileLayout
    let plan: ImportPlan
    /// Where refused rows go; beside the file where it is left out.
    let refused: String?
    let installation: Installation

    func result() async throws -> ImportResult {
        let (database, world) = (installation.database, installation.world)
        let job = try await begin()
        var feed = ImportFeed(job)
        let refusals = RefusedFile(
            RefusedFile.places(for: file, asked: refused), headings: layout.headings)
        let source = try ImportSource(file, layout)
        var reader = ImportRows(plan)
        func next() throws -> [ImportRow] {
            while !feed.isFull {
                let isMore = try source.next { row in
                    let row = reader.read(row, begun: job.begun)
                    if let refused = feed.take(row) { refusals.add([refused]) }
                }
                if !isMore { break }
            }
            return feed.cut()
        }
        let progress = Progress("rows")
        var rows = try next()
        while !rows.isEmpty {
            // The next rows are read while these are written.
            let (some, place) = (rows, feed.job)
            async let settled = place.settle(some, in: database, world: world)
            let following = try next()
            let (settledJob, batch) = try await settled
            feed.note(settledJob, batch)
            refusals.add(batch.refused)
            if job.rowsDone == 0 {
                let lost = batch.refused.filter { $0.reason == .ambiguousCustomer }.map(\.row)
                reader.forget(through: settledJob.rowsDone, refused: lost)
            }
            progress.show(feed.rows)
            rows = following
        }
        progress.end()
        let last = feed.job
        if !job.isFinished {
            _ = try await database.write { tx in try last.finish(at: world.now(), in: tx) }
        }
        return ImportResult(
            rows: feed.rows, recorded: last.recorded, refused: last.refused, reasons: feed.refused,
            isDry: false, wasFinished: job.isFinished, refusedFile: refusals.close())
    }

    private func begin() async throws -> Import {
        let (survey, world, name) = (plan.survey, installation.world, file.lastPathComponent)
        let fingerprint = try fingerprint()
        return try await installation.database.write { tx in
            try Import.begin(fingerprint, named: name, into: survey, world: world, in: tx)
        }
    }

    /// SHA-256 of the content: a renamed file is the same file.
    private func fingerprint() throws -> String {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        var hash = SHA256()
        while let chunk = try handle.read(upToCount: 1 << 18), !chunk.isEmpty { hash.update(data: chunk) }
        return Array(hash.finalize()).hexadecimal
    }
}

/// The file, read piece by piece.
final class ImportSource {
    private static let chunk = 1 << 16
    private let handle: FileHandle
    private let reader: CSVReader
    private var isAtEnd = false

    init(_ file: URL, _ layout: FileLayout) throws {
        handle = try FileHandle(forReadingFrom: file)
        reader = CSVReader(encoding: layout.encoding, delimiter: layout.delimiter)
    }

    deinit { try? handle.close() }

    /// Hands over the rows of the next piece; false behind the last one.
    func next(_ take: (CSVRow) throws -> Void) throws -> Bool {
        if isAtEnd { return false }
        let chunk = try handle.read(upToCount: Self.chunk) ?? Data()
        if chunk.isEmpty {
            isAtEnd = true
            try reader.finish(take)
        } else {
            try chunk.withUnsafeBytes { try reader.read($0.assumingMemoryBound(to: UInt8.self), take) }
        }
        return true
    }
}

/// What became of a file.
struct ImportResult {
    let rows: Int
    let recorded: Int
    let refused: Int
    /// Of this run's rows; an earlier one may have refused others.
    let reasons: [ImportRefusal: Int]
    let isDry: Bool
    let wasFinished: Bool
    let refusedFile: RefusedFile.Outcome

    var exitCode: Int32 { recorded == 0 ? CommandFailure.failed : refused > 0 ? 2 : 0 }

    private var sorted: [(reason: ImportRefusal, count: Int)] {
        ImportRefusal.allCases.compactMap { reason in reasons[reason].map { (reason, $0) } }
    }

    func lines(_ columns: ImportColumns) -> [String] {
        var lines = columns.lines
        if !columns.unused.isEmpty {
            let names = columns.unused.joined(separator: ", ")
            lines.append("not imported: \(names) (--map COLUMN=attribute:NAME keeps one)")
        }
        let verb = isDry ? "Would record" : wasFinished ? "Recorded before" : "Recorded"
        let blank = rows - recorded - refused
        lines.append("\(verb) \(recorded) answers of \(rows) rows; \(blank) without a score.")
        lines += sorted.map { "refused, \($0.reason.rawValue): \($0.count)" }
        switch refusedFile {
        case .nothing: break
        case .written(let path): lines.append("Refused rows: \(path)")
        case .failed(let reason): lines.append("Refused rows are in no file: \(reason)")
        }
        return lines
    }

    func json(_ columns: ImportColumns) -> JSONValue {
        [
            "rows": .integer(Int64(rows)), "answered": .integer(Int64(recorded + refused)),
            "valid": .integer(Int64(recorded)), "recorded": .integer(Int64(recorded)),
            "refused": .object(JSONObject(sorted.map { ($0.reason.rawValue, .integer(Int64($0.count))) })),
            "columns": .object(columns.json),
            "ignored": .array(columns.unused.map { .string($0) }),
            "dry_run": .bool(isDry), "already_imported": .bool(wasFinished),
            "refused_file": refusedFile.path.map { .string($0) } ?? .null,
        ]
    }
}
