import Accounts
import ArgumentParser
import Database
import Formats
import Foundation
import Insight
import Kernel
import Ledger
import Surveys

/// `rapport import`: a file of answers becomes answers of a survey, once, however often it is broken off.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Record the answers of a CSV file.",
        discussion: """
            Columns that are not mapped are guessed from their headings, and said. Rows that are no answers
            go, with their line and the reason, to FILE.refused.csv beside the file, or where --refused says;
            where that cannot be written, into the current folder. An import that was broken off goes on
            where it stopped; the same file is recorded once. Exit codes: 0 every answer was recorded, 2 some
            rows were refused, 1 no row is valid, 64 the options do not fit the file.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "The CSV file.") var file: String
    @Option(name: .long, help: "The survey: its id, or the end of its public address.") var survey: String
    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "COLUMN=FIELD, repeated. Fields: \(Self.words); - leaves it out."))
    var map: [String] = []
    @Option(help: "UTF-8, UTF-16LE, UTF-16BE, GB18030, Big5 or windows-1250.") var encoding: String?
    @Flag(name: .long, help: "Say what would happen and write nothing.") var dryRun = false
    @Option(name: .long, help: "Write refused rows to this file.") var refused: String?
    @Flag(name: .long, help: "Let unhappy answers open cases.") var openCases = false
    @Flag(name: .long, help: "One JSON object.") var json = false

    private static let words = ImportField.words.joined(separator: ", ")

    func validate() throws {
        if let encoding, TextEncoding(named: encoding) == nil {
            throw ValidationError("The encoding '\(encoding)' is unknown.")
        }
        if let refused, URL(filePath: refused).standardizedFileURL == URL(filePath: file).standardizedFileURL
        {
            throw ValidationError("Refused rows cannot go into the file that they come from.")
        }
        for text in map where Self.pair(text) == nil {
            throw ValidationError(
                "'\(text)' maps nothing: write COLUMN=FIELD. Fields: \(Self.words)."
            )
        }
    }

    /// The column and what it is mapped to, `nil` for one to leave out.
    private static func pair(_ text: String) -> (column: String, field: ImportField?)? {
        guard let sign = text.lastIndex(of: "="), sign > text.startIndex else { return nil }
        let word = String(text[text.index(after: sign)...])
        let field = ImportField(word)
        return field != nil || word == "-" ? (String(text[..<sign]), field) : nil
    }

    func run() async throws {
        let search = LayoutSearch(
            file: file, columns: Self.chosen(map), encoding: encoding.flatMap(TextEncoding.init(named:)))
        // A check begins with what the first rows promise, and the whole file is looked at beside it.
        let promised = dryRun ? try? search.layout(of: \.beginning) : nil
        let searching = Task { try search.layout() }
        if promised == nil { _ = try await searching.value }
        var code = CommandFailure.failed
        try await Console.run(data) { installation in
            let survey = try await installation.database.read { [survey] tx in
                try Survey.named(survey, in: tx)
            }
            let zone = try await installation.database.read { tx in
                try Account.find(Account.ID(survey.account), in: tx).zone
            }
            let source = URL(filePath: file)
            func check(_ layout: FileLayout) async throws -> ImportResult {
                let plan = try plan(layout, survey, zone)
                return try await ImportCheck(
                    file: source, layout: layout, plan: plan, installation: installation
                ).result()
            }
            var early: ImportResult?
            if let promised { early = try? await check(promised) }
            let layout = try await searching.value
            let columns = try ImportColumns(layout, Self.chosen(map))
            var result: ImportResult
            if dryRun {
                if let early, layout == promised { result = early } else { result = try await check(layout) }
            } else {
                result = try await ImportRun(
                    file: source, layout: layout, plan: plan(layout, survey, zone), refused: refused,
                    installation: installation
                ).result()
                try await installation.follow()
            }
            print(json ? result.json(columns).text : result.lines(columns).joined(separator: "\n"))
            code = result.exitCode
        }
        if code != 0 { throw ExitCode(code) }
    }

    private func plan(_ layout: FileLayout, _ survey: Survey, _ zone: Zone) throws -> ImportPlan {
        let order = layout.order
        return ImportPlan(
            survey: survey, fields: try ImportColumns(layout, Self.chosen(map)).fields,
            width: layout.headings.count, zone: zone, opensCases: openCases
        ) { DateCell($0)?.day(order) }
    }

    private static func chosen(_ map: [String]) -> [(column: String, field: ImportField?)] {
        map.compactMap(pair)
    }
}

/// Which column becomes what: as mapped, else as guessed.
struct ImportColumns {
    private(set) var fields: [(column: Int, field: ImportField)] = []
    private let headings: [String]
    private var guessed: Set<Int> = []

    init(_ layout: FileLayout, _ map: [(column: String, field: ImportField?)]) throws {
        headings = layout.headings
        var settled: Set<Int> = []
        for (name, field) in map {
            guard
                let column = headings.firstIndex(of: name)
                    ?? headings.firstIndex(where: { $0.lowercased() == name.lowercased() })
            else {
                throw CommandFailure(
                    "No column is headed \(name). There are: \(headings.joined(separator: ", ")).",
                    code: CommandFailure.usage)
            }
            settled.insert(column)
            if let field { fields.append((column, field)) }
        }
        for (role, field) in [
            (ColumnRole.score, ImportField.score), (.comment, .comment), (.time, .time), (.id, .id),
        ] {
            if let column = layout.columns[role]?.index { add(column, as: field, unless: &settled) }
        }
        for column in headings.indices {
            if let field = ImportField.guess(headings[column]) { add(column, as: field, unless: &settled) }
        }
        guard fields.contains(where: { $0.field == .score }) else {
            throw CommandFailure("No column holds the score.", code: CommandFailure.usage)
        }
    }

    private mutating func add(_ column: Int, as field: ImportField, unless settled: inout Set<Int>) {
        guard !settled.contains(column), !fields.contains(where: { $0.field == field }) else { return }
        settled.insert(column)
        guessed.insert(column)
        fields.append((column, field))
    }

    /// `score: nps (guessed)`.
    var lines: [String] {
        fields.map {
            "\($0.field.word): \(headings[$0.column])\(guessed.contains($0.column) ? " (guessed)" : "")"
        }
    }

    var unused: [String] {
        headings.indices.filter { index in !fields.contains { $0.column == index } }.map { headings[$0] }
    }

    var json: JSONObject {
        JSONObject(fields.map { ($0.field.word, .string(headings[$0.column])) })
    }
}
