import ArgumentParser
import Database
import Formats
import Foundation
import Surveys

/// `rapport export`: all answers of a survey, one row for each, with what else was said and known.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all answers of a survey, newest first.",
        discussion:
            "Text that a spreadsheet would take for a formula is guarded; import takes the guard off.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, jsonl, xlsx }

    @OptionGroup var data: DataOptions
    @Option(name: .long, help: "The survey: its id, or the end of its public address.") var survey: String
    @Option(name: .long, help: "csv, jsonl or xlsx.") var format: Format
    @Option(name: .shortAndLong, help: "Write to this file instead of standard output.") var output: String?

    func validate() throws {
        if format == .xlsx, output == nil { throw ValidationError("A workbook needs a file: -o FILE.xlsx.") }
    }

    func run() async throws {
        try await Console.run(data) { installation in
            let progress = Progress("answers")
            // One snapshot: the file is of one moment, however long it takes.
            try await installation.database.read { [survey, format, output] tx in
                let found = try Survey.named(survey, in: tx)
                var filter = ResponseFilter()
                filter.survey = found.id
                let export = try ResponseExport(filter, account: found.account, in: tx)
                switch format {
                case .csv: try Self.write(ResponseFile(export, as: .csv), to: output, progress, in: tx)
                case .jsonl: try Self.write(ResponseFile(export, as: .jsonl), to: output, progress, in: tx)
                case .xlsx: try Self.fill(Workbook(path: output ?? ""), with: export, progress, in: tx)
                }
            }
            progress.end()
        }
    }

    private static func write(
        _ export: ResponseFile, to path: String?, _ progress: Progress, in tx: any Connection
    ) throws {
        let (file, aside) = (try ExportFile(path), Aside())
        try file.write(export.head)
        var (place, count): (ResponsePlace?, Int) = (nil, 0)
        repeat {
            let part = try export.part(after: place, in: tx)
            try aside.next { try file.write(export.bytes(of: part)) }
            count += part.count
            place = part.next
            progress.show(count)
        } while place != nil
        try aside.finish()
        try file.close()
    }

    private static func fill(
        _ book: Workbook, with export: ResponseExport, _ progress: Progress, in tx: any Connection
    ) throws {
        try book.write(export.headings.map(CSVCell.text))
        var (place, count): (ResponsePlace?, Int) = (nil, 0)
        repeat {
            let part = try export.rows(after: place, in: tx)
            var cells = CellRows()
            part.write(to: &cells)
            for row in cells.rows { try book.write(row) }
            count += part.count
            place = part.next
            progress.show(count)
        } while place != nil
        try book.close()
    }
}

/// A file or standard output.
private struct ExportFile: Sendable {
    private let handle: FileHandle

    init(_ path: String?) throws {
        guard let path else {
            handle = .standardOutput
            return
        }
        guard let handle = FileHandle(replacing: path) else {
            throw CommandFailure("\(path) cannot be written.")
        }
        self.handle = handle
    }

    func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: bytes) }

    func close() throws {
        if handle != .standardOutput { try handle.close() }
    }
}

extension FileHandle {
    /// Writes an empty file there, or to what stands there: a device is not made a file. `nil` where that is
    /// not allowed.
    convenience init?(replacing path: String) {
        let files = FileManager.default
        guard files.fileExists(atPath: path) || files.createFile(atPath: path, contents: nil) else {
            return nil
        }
        self.init(forWritingAtPath: path)
        // A device cannot be cut.
        try? truncate(atOffset: 0)
    }
}
