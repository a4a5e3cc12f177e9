import ArgumentParser
import Database
import Formats
import Foundation
import Kernel
import Ledger
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
            try await installation.database.read { [survey, format, output] tx in
                let found = try Survey.named(survey, in: tx)
                let export = try ResponseExport(found, in: tx)
                switch format {
                case .csv: try Self.csv(export, to: ExportFile(output), progress, in: tx)
                case .jsonl: try Self.lines(export, to: ExportFile(output), progress, in: tx)
                case .xlsx: try Self.workbook(export, at: output ?? "", progress, in: tx)
                }
            }
            progress.end()
        }
    }

    private static func csv(
        _ export: ResponseExport, to file: ExportFile, _ progress: Progress, in tx: any Connection
    ) throws {
        var count = 0
        try file.write { CSVWriter.plain.write(export.headings.map(CSVCell.text), into: &$0) }
        try export.eachRow(in: tx) { row in
            try file.write { CSVWriter.plain.write(row, into: &$0) }
            count += 1
            progress.show(count)
        }
        try file.close()
    }

    private static func lines(
        _ export: ResponseExport, to file: ExportFile, _ progress: Progress, in tx: any Connection
    ) throws {
        var count = 0
        try export.eachObject(in: tx) { object in
            try file.write { $0 += object.encoded() + [0x0A] }
            count += 1
            progress.show(count)
        }
        try file.close()
    }

    private static func workbook(
        _ export: ResponseExport, at path: String, _ progress: Progress, in tx: any Connection
    ) throws {
        let book = try Workbook(path: path)
        try book.write(export.headings.map(CSVCell.text))
        var count = 0
        try export.eachRow(in: tx) { row in
            try book.write(row)
            count += 1
            progress.show(count)
        }
        try book.close()
    }
}

/// A file or standard output, written in large pieces.
private final class ExportFile {
    private static let piece = 1 << 16
    private let handle: FileHandle
    private var bytes: [UInt8] = []

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

    func write(_ add: (inout [UInt8]) -> Void) throws {
        add(&bytes)
        if bytes.count >= Self.piece { try flush() }
    }

    func close() throws {
        try flush()
        if handle != .standardOutput { try handle.close() }
    }

    private func flush() throws {
        try handle.write(contentsOf: Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }
}
