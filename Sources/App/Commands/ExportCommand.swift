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
        let file = try ExportFile(path)
        try file.write(export.head)
        var (place, count): (ResponsePlace?, Int) = (nil, 0)
        repeat {
            let part = try export.part(after: place, in: tx)
            try file.write(part.bytes)
            count += part.count
            place = part.next
            progress.show(count)
        } while place != nil
        try file.close()
    }

    private static func fill(
        _ book: Workbook, with export: ResponseExport, _ progress: Progress, in tx: any Connection
    ) throws {
        try book.write(export.headings.map(CSVCell.text))
        var (place, count): (ResponsePlace?, Int) = (nil, 0)
        repeat {
            place = try export.rows(after: place, in: tx) { row in
                try book.write(row)
                count += 1
            }
            progress.show(count)
        } while place != nil
        try book.close()
    }
}

/// A file or standard output.
private struct ExportFile {
    private let handle: FileHandle

    init(_ path: String?) throws {
        guard let path else {
            handle = .standardOutput
            return
        }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw CommandFailure("\(path) cannot be written.") }
        self.handle = handle
    }

    func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: bytes) }

    func close() throws {
        if handle != .standardOutput { try handle.close() }
    }
}
