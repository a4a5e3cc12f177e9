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

    /// Some answers that were read and are not written yet.
    package enum Part: Sendable {
        case rows(ResponsePart)
        case objects([JSONValue], next: ResponsePlace?)

        package var count: Int {
            switch self {
            case .rows(let part): part.count
            case .objects(let objects, _): objects.count
            }
        }
        /// Where the file goes on; `nil` after the last part.
        package var next: ResponsePlace? {
            switch self {
            case .rows(let part): part.next
            case .objects(_, let next): next
            }
        }
    }

    /// The next answers. Apart from their bytes, so that one part is read while the one before is written.
    package func part(after place: ResponsePlace?, in tx: any Connection) throws -> Part {
        switch format {
        case .csv: return .rows(try export.rows(after: place, in: tx))
        case .jsonl:
            let (objects, next) = try export.objects(after: place, in: tx)
            return .objects(objects, next: next)
        }
    }

    package func bytes(of part: Part) -> [UInt8] {
        switch part {
        case .rows(let rows):
            var lines = CSVLines(writer)
            lines.bytes.reserveCapacity(1 << 18)
            rows.write(to: &lines)
            return lines.bytes
        case .objects(let objects, _):
            var bytes: [UInt8] = []
            for object in objects {
                object.write(into: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
            return bytes
        }
    }
}
