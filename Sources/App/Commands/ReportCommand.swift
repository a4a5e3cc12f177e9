import ArgumentParser
import Formats
import Foundation
import Insight
import Kernel
import Language
import Surveys

/// `rapport report FILE.csv`: the whole analysis of one file, with no server and no account.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Analyse one CSV file of answers.",
        discussion: """
            Columns, encoding, delimiter and scale are found out where they are not named, and the report
            says so. Exit codes: 0 a score came out, 1 no row is valid or the file cannot be read, 64 the
            options do not fit the file.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, html }

    @Argument(help: "The CSV file.")
    var file: String

    @Option(parsing: .unconditional, help: "The column of scores.")
    var scoreColumn: String?
    @Option(parsing: .unconditional, help: "The column of comments.")
    var commentColumn: String?
    @Option(parsing: .unconditional, help: "The column of times.")
    var timeColumn: String?
    @Option(
        parsing: .unconditional, help: "The column of response ids; a later row with the same id is refused.")
    var idColumn: String?
    @Option(parsing: .unconditionalSingleValue, help: "A column of groups; may be repeated.")
    var by: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: "COLUMN=VALUE: only these rows; repeated on one column means any of, on several all of.")
    var filter: [String] = []
    @Option(help: "day, week or month.")
    var interval: Interval?
    @Option(help: "UTF-8, UTF-16LE, UTF-16BE, GB18030, Big5 or windows-1250.")
    var encoding: String?
    @Option(
        parsing: .unconditional,
        help: "0-10, 1-10, -10..10, csat-1-5, csat-0-5, csat-0-10 or ces-1-7.")
    var scale: Scale?
    @Option(help: "The language of the report: en, zh-Hans, zh-Hant or pl.")
    var language: ReaderLanguage = .en
    @Option(help: "text, json or html; else by the name of the output file, else text.")
    var format: Format?
    @Flag(help: "The same as --format json.")
    var json = false
    @Option(name: .shortAndLong, help: "Write to this file instead of standard output.")
    var output: String?

    func validate() throws {
        if let encoding, TextEncoding(named: encoding) == nil {
            throw ValidationError("The encoding '\(encoding)' is unknown.")
        }
        for filter in filter where !filter.dropFirst().contains("=") {
            throw ValidationError("'\(filter)' is no filter: write COLUMN=VALUE.")
        }
    }

    func run() throws {
        let messages = Messages.of(language)
        let report: FileReport
        do {
            report = try FileReport(
                FileSource(path: file), request, encoding: encoding.flatMap(TextEncoding.init(named:)))
        } catch let error as DomainError {
            try fail(
                messages.sentence(error),
                [.emptyFile, .unreadableHeader].contains(error) ? .failure : .validationFailure)
        } catch let error as CocoaError {
            try fail("\(file): \(error.localizedDescription)", .failure)
        }
        try write(rendered(report, messages))
        if report.valid == 0 { throw ExitCode.failure }
    }

    private func fail(_ sentence: String, _ code: ExitCode) throws -> Never {
        FileHandle.standardError.write(Data((sentence + "\n").utf8))
        throw code
    }

    private var request: ReportRequest {
        var request = ReportRequest()
        request.columns[.score] = scoreColumn
        request.columns[.comment] = commentColumn
        request.columns[.time] = timeColumn
        request.columns[.id] = idColumn
        request.by = by
        request.filters = filter.map { filter in
            let sign = filter.dropFirst().firstIndex(of: "=") ?? filter.endIndex
            return ReportRequest.Filter(
                column: String(filter[..<sign]), value: String(filter[sign...].dropFirst()))
        }
        request.interval = interval
        request.scale = scale
        return request
    }

    private var chosenFormat: Format {
        if let format { return format }
        if json { return .json }
        switch output.map({ URL(filePath: $0).pathExtension.lowercased() }) {
        case "json": return .json
        case "html", "htm": return .html
        default: return .text
        }
    }

    private func rendered(_ report: FileReport, _ messages: Messages) -> Data {
        switch chosenFormat {
        case .text: Data(report.text(messages).utf8)
        case .json: Data(report.json(messages).encoded() + [0x0A])
        case .html: Data(report.html(messages, made: Self.today).utf8)
        }
    }

    private func write(_ data: Data) throws {
        guard let output else { return FileHandle.standardOutput.write(data) }
        do {
            try data.write(to: URL(filePath: output), options: .atomic)
        } catch {
            try fail("\(output): \(error.localizedDescription)", .failure)
        }
    }

    private static var today: LocalDay {
        let parts = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day], from: Date())
        return LocalDay(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
            ?? LocalDay(number: 0)
    }
}

extension Interval: ExpressibleByArgument {}
extension Scale: ExpressibleByArgument {}
extension ReaderLanguage: ExpressibleByArgument {
    package init?(argument: String) { self.init(tag: argument) }
}

extension FileSource {
    /// A file of the disk, read in chunks as often as asked; what comes through a pipe is kept.
    init(path: String) throws {
        let url = URL(filePath: path)
        let name = url.lastPathComponent
        guard try Self.isKept(path: path) else {
            let all = try FileHandle(forReadingFrom: url).readToEnd() ?? Data()
            self.init(name: name) { body in
                try all.withUnsafeBytes { try body($0.assumingMemoryBound(to: UInt8.self)) }
            }
            return
        }
        self.init(name: name) { body in
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            while let chunk = try handle.read(upToCount: 1 << 18), !chunk.isEmpty {
                try chunk.withUnsafeBytes { try body($0.assumingMemoryBound(to: UInt8.self)) }
            }
        }
    }

    /// Whether it can be read again: what comes through a pipe comes once.
    static func isKept(path: String) throws -> Bool {
        let end = URL(filePath: path).resolvingSymlinksInPath().path
        return try FileManager.default.attributesOfItem(atPath: end)[.type] as? FileAttributeType
            == .typeRegular
    }
}
