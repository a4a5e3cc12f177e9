package import Database
package import Formats
import Kernel

/// The bytes of an export, part by part.
package struct ResponseFile: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// Guarded against formulas.
        case csv
        /// One JSON object a line, as the API gives it.
        case jsonl

        package var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8"
            case .jsonl: "application/x-ndjson"
            }
        }
    }

    private let export: ResponseExport
    private let format: Format
    private let writer: CSVWriter

    /// `writer` says how CSV is written: for programs, or for the reader's own Excel.
    package init(_ export: ResponseExport, as format: Format, writer: CSVWriter = .plain) {
        self.export = export
        self.format = format
        self.writer = writer
    }

    /// What stands before the first answer.
    package var head: [UInt8] {
        guard format == .csv else { return [] }
        var bytes: [UInt8] = []
        writer.begin(into: &bytes)
        writer.write(export.headings.map { .text($0) }, into: &bytes)
        return bytes
    }

    /// The next answers, how many, and where it goes on; `nil` after the last one.
    package func part(
        after place: ResponsePlace?, in tx: any Connection
    ) throws -> (bytes: [UInt8], count: Int, next: ResponsePlace?) {
        var (bytes, count): ([UInt8], Int) = ([], 0)
        let next =
            switch format {
            case .csv:
                try export.rows(after: place, in: tx) { row in
                    writer.write(row, into: &bytes)
                    count += 1
                }
            case .jsonl:
                try export.objects(after: place, in: tx) { object in
                    bytes += object.encoded() + [UInt8(ascii: "\n")]
                    count += 1
                }
            }
        return (bytes, count, next)
    }
}
