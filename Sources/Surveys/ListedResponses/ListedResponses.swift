package import Database
import Formats
import Kernel
package import Language

/// Answers as a file: one row or one line each, newest first, read in parts so that any number of them fits.
package struct ListedResponses: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// Guarded against formulas, in the way that the reader's Excel opens it.
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

    private let filter: ResponseFilter
    private let account: Int64
    private let format: Format
    private let writer: CSVWriter
    private static let part = 500

    private static let columns = [
        "id", "survey", "occurred_at", "score", "scale", "band", "comment", "touchpoint", "channel", "agent",
        "language", "customer", "answers", "attributes",
    ]

    /// Without a language cells are parted by commas, as programs want it.
    package init(
        _ filter: ResponseFilter, account: Int64, format: Format, language: ReaderLanguage? = nil
    ) {
        self.filter = filter
        self.account = account
        self.format = format
        writer = language.map { .excel(language: $0.tag) } ?? .plain
    }

    /// What stands before the first answer.
    package var head: [UInt8] {
        guard format == .csv else { return [] }
        var bytes: [UInt8] = []
        writer.begin(into: &bytes)
        writer.write(Self.columns.map { .text($0) }, into: &bytes)
        return bytes
    }

    /// The next answers and where it goes on; `nil` after the last one.
    package func part(
        after place: ResponsePlace?, in tx: any Connection
    ) throws -> (bytes: [UInt8], next: ResponsePlace?) {
        let found = try SurveyResponse.list(filter, account: account, after: place, limit: Self.part, in: tx)
        let views = try ResponseViews(found, account: account, in: tx)
        var bytes: [UInt8] = []
        for response in found {
            let view = views.json(response)
            switch format {
            case .csv: writer.write(cells(response, view), into: &bytes)
            case .jsonl: bytes += view.encoded() + [UInt8(ascii: "\n")]
            }
        }
        return (bytes, found.count < Self.part ? nil : found.last.map(ResponsePlace.init))
    }

    private func cells(_ response: SurveyResponse, _ view: JSONValue) -> [CSVCell] {
        func text(_ text: String?) -> CSVCell { text.map { .text($0) } ?? .blank }
        func object(_ key: String) -> CSVCell {
            guard let object = view[key]?.object, !object.isEmpty else { return .blank }
            return .text(JSONValue.object(object).text)
        }
        return [
            .text(response.id.description), .text(response.survey.description),
            .text(response.occurredAt.rfc3339), .integer(response.score.raw),
            .text(response.score.scale.rawValue), .text(response.score.band.rawValue),
            text(response.comment), text(response.touchpoint), .text(response.channel), text(response.agent),
            text(response.language), text(response.customer?.description), object("answers"),
            object("attributes"),
        ]
    }
}
