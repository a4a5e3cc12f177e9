import Crypto
import Database
import Formats
import Foundation
import Insight
import Kernel
import Surveys

/// One run over one file: reads it in chunks, settles rows in batches, keeps the refused ones in a file
/// beside it. Memory does not grow with the file, but for the ids of its answers.
struct ImportRun {
    private static let chunk = 1 << 16

    let file: URL
    let layout: FileLayout
    let plan: ImportPlan
    let isDry: Bool
    let installation: Installation

    func result() async throws -> ImportResult {
        let (database, world) = (installation.database, installation.world)
        let job = try await begin()
        let wasFinished = job.isFinished
        var feed = ImportFeed(job)
        var rows = ImportRows(plan)
        let refusals = RefusedFile(beside: file, headings: layout.headings, isWanted: !isDry)
        let reader = CSVReader(encoding: layout.encoding, delimiter: layout.delimiter)
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let progress = Progress("rows")
        func take(_ row: CSVRow) throws {
            if let refused = feed.take(rows.read(row, begun: job.begun)) { try refusals.add([refused]) }
        }
        while let chunk = try handle.read(upToCount: Self.chunk), !chunk.isEmpty {
            try chunk.withUnsafeBytes { try reader.read($0.assumingMemoryBound(to: UInt8.self), take) }
            guard feed.isFull else { continue }
            try refusals.add(try await settle(&feed))
            progress.show(feed.rows)
        }
        try reader.finish(take)
        try refusals.add(try await settle(&feed))
        progress.end()
        let last = feed.job
        if !isDry, !wasFinished {
            _ = try await database.write { tx in try last.finish(at: world.now(), in: tx) }
        }
        return ImportResult(
            feed: feed, isDry: isDry, wasFinished: wasFinished, refusedFile: try refusals.close())
    }

    private func begin() async throws -> Import {
        let (survey, world, name) = (plan.survey, installation.world, file.lastPathComponent)
        if isDry { return .imagined(into: survey, at: world.now()) }
        let fingerprint = try fingerprint()
        return try await installation.database.write { tx in
            try Import.begin(fingerprint, named: name, into: survey, world: world, in: tx)
        }
    }

    private func settle(
        _ feed: inout ImportFeed
    ) async throws -> [(row: ImportRow, reason: ImportRefusal)] {
        isDry
            ? try await feed.look(in: installation.database)
            : try await feed.settle(in: installation.database, world: installation.world)
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

/// Rows that are no answers, with line and reason: `FILE.refused.csv`, made with the first of them.
private final class RefusedFile {
    private let url: URL
    private let headings: [String]
    private let isWanted: Bool
    private var handle: FileHandle?

    init(beside file: URL, headings: [String], isWanted: Bool) {
        url = file.deletingPathExtension().appendingPathExtension("refused.csv")
        self.headings = headings
        self.isWanted = isWanted
        if isWanted { try? FileManager.default.removeItem(at: url) }
    }

    func add(_ rows: [(row: ImportRow, reason: ImportRefusal)]) throws {
        if rows.isEmpty || !isWanted { return }
        var bytes: [UInt8] = []
        if handle == nil {
            guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
                throw CommandFailure("\(url.path) cannot be written.")
            }
            handle = try FileHandle(forWritingTo: url)
            CSVWriter.plain.write((["line", "reason"] + headings).map(CSVCell.text), into: &bytes)
        }
        for (row, reason) in rows {
            CSVWriter.plain.write(
                [.integer(row.line), .text(reason.rawValue)] + row.cells.map(CSVCell.text), into: &bytes)
        }
        try handle?.write(contentsOf: Data(bytes))
    }

    /// Its path; `nil` where nothing was refused.
    func close() throws -> String? {
        guard let handle else { return nil }
        try handle.close()
        return url.path
    }
}

/// What became of a file.
struct ImportResult {
    let feed: ImportFeed
    let isDry: Bool
    let wasFinished: Bool
    let refusedFile: String?

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
        if let refusedFile { lines.append("Refused rows: \(refusedFile)") }
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
            "refused_file": refusedFile.map { .string($0) } ?? .null,
        ]
    }
}
