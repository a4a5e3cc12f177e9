import Crypto
import Database
import Formats
import Foundation
import Insight
import Kernel
import Surveys

/// One run over one file: reads it in chunks, settles rows in batches, keeps the refused ones in a file.
/// Memory does not grow with the file, but for the ids of its answers.
struct ImportRun {
    let file: URL
    let layout: FileLayout
    let plan: ImportPlan
    let isDry: Bool
    /// Where refused rows go; beside the file where it is left out.
    let refused: String?
    let installation: Installation

    func result() async throws -> ImportResult {
        let (database, world) = (installation.database, installation.world)
        let job = try await begin()
        var feed = ImportFeed(job)
        let refusals = RefusedFile(
            isDry ? [] : RefusedFile.places(for: file, asked: refused), headings: layout.headings)
        let source = try ImportSource(file, layout, plan, begun: job.begun)
        let progress = Progress("rows")
        var rows = try source.next(of: &feed, refusals)
        while !rows.isEmpty {
            // The next rows are read while these are written.
            let (some, place) = (rows, feed.job)
            async let settled = settle(some, after: place)
            let following = try source.next(of: &feed, refusals)
            let (next, batch) = try await settled
            feed.note(next, batch)
            refusals.add(batch.refused)
            progress.show(feed.rows)
            rows = following
        }
        progress.end()
        let last = feed.job
        if !isDry, !job.isFinished {
            _ = try await database.write { tx in try last.finish(at: world.now(), in: tx) }
        }
        return ImportResult(
            feed: feed, isDry: isDry, wasFinished: job.isFinished, refusedFile: refusals.close())
    }

    private func begin() async throws -> Import {
        let (survey, world, name) = (plan.survey, installation.world, file.lastPathComponent)
        if isDry { return .imagined(into: survey, at: world.now()) }
        let fingerprint = try fingerprint()
        return try await installation.database.write { tx in
            try Import.begin(fingerprint, named: name, into: survey, world: world, in: tx)
        }
    }

    private func settle(_ rows: [ImportRow], after job: Import) async throws -> (Import, ImportBatch) {
        isDry
            ? try await job.look(at: rows, in: installation.database)
            : try await job.settle(rows, in: installation.database, world: installation.world)
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
private final class ImportSource {
    private static let chunk = 1 << 16
    private let handle: FileHandle
    private let reader: CSVReader
    private let begun: Timestamp
    private var rows: ImportRows
    private var isAtEnd = false

    init(_ file: URL, _ layout: FileLayout, _ plan: ImportPlan, begun: Timestamp) throws {
        handle = try FileHandle(forReadingFrom: file)
        reader = CSVReader(encoding: layout.encoding, delimiter: layout.delimiter)
        rows = ImportRows(plan)
        self.begun = begun
    }

    deinit { try? handle.close() }

    /// The next rows to be settled; none at the end.
    func next(of feed: inout ImportFeed, _ refusals: RefusedFile) throws -> [ImportRow] {
        func take(_ row: CSVRow) {
            if let refused = feed.take(rows.read(row, begun: begun)) { refusals.add([refused]) }
        }
        while !feed.isFull, !isAtEnd {
            let chunk = try handle.read(upToCount: Self.chunk) ?? Data()
            if chunk.isEmpty {
                isAtEnd = true
                try reader.finish(take)
            } else {
                try chunk.withUnsafeBytes { try reader.read($0.assumingMemoryBound(to: UInt8.self), take) }
            }
        }
        return feed.cut()
    }
}

/// What became of a file.
struct ImportResult {
    let feed: ImportFeed
    let isDry: Bool
    let wasFinished: Bool
    let refusedFile: RefusedFile.Outcome

    private var recorded: Int { feed.job.recorded }
    private var refused: Int { feed.job.refused }

    var exitCode: Int32 { recorded == 0 ? CommandFailure.failed : refused > 0 ? 2 : 0 }

    private var reasons: [(reason: ImportRefusal, count: Int)] {
        ImportRefusal.allCases.compactMap { reason in feed.refused[reason].map { (reason, $0) } }
    }

    func lines(_ columns: ImportColumns) -> [String] {
        var lines = columns.lines
        if !columns.unused.isEmpty {
            let names = columns.unused.joined(separator: ", ")
            lines.append("not imported: \(names) (--map COLUMN=attribute:NAME keeps one)")
        }
        let verb = isDry ? "Would record" : wasFinished ? "Recorded before" : "Recorded"
        let blank = feed.rows - recorded - refused
        lines.append("\(verb) \(recorded) answers of \(feed.rows) rows; \(blank) without a score.")
        lines += reasons.map { "refused, \($0.reason.rawValue): \($0.count)" }
        switch refusedFile {
        case .nothing: break
        case .written(let path): lines.append("Refused rows: \(path)")
        case .failed(let reason): lines.append("Refused rows are in no file: \(reason)")
        }
        return lines
    }

    func json(_ columns: ImportColumns) -> JSONValue {
        [
            "rows": .integer(Int64(feed.rows)), "answered": .integer(Int64(recorded + refused)),
            "valid": .integer(Int64(recorded)), "recorded": .integer(Int64(recorded)),
            "refused": .object(JSONObject(reasons.map { ($0.reason.rawValue, .integer(Int64($0.count))) })),
            "columns": .object(columns.json),
            "ignored": .array(columns.unused.map { .string($0) }),
            "dry_run": .bool(isDry), "already_imported": .bool(wasFinished),
            "refused_file": refusedFile.path.map { .string($0) } ?? .null,
        ]
    }
}
