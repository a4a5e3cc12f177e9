import Customers
import Formats
import Kernel

/// Answers as rows of a table or as objects, newest first. Read in parts, each beginning where the last one
/// ended: a million take no more memory than a thousand, and the last costs no more time than the first.
package struct ResponseExport: Sendable {
    /// A further question, or one line or option of it, with a column of its own.
    struct Item: Hashable, Sendable {
        let question: String
        let item: String
    }

    let filter: ResponseFilter
    let account: Int64
    let items: [Item: Int]
    let segments: [String: Int]
    /// What the first row says. `rapport import` finds its columns in it.
    package let headings: [String]

    static let fixedHeadings = [
        "id", "survey", "score", "scale", "band", "occurred_at", "comment", "touchpoint", "channel", "agent",
        "language", "source", "survey_version", "recorded_at", "external_id", "name", "customer",
    ]

    init(_ filter: ResponseFilter, account: Int64, items: [Item], segments: [String]) {
        self.filter = filter
        self.account = account
        let (fixed, middle) = (Self.fixedHeadings.count, Self.fixedHeadings.count + items.count)
        self.items = Dictionary(uniqueKeysWithValues: zip(items, fixed...))
        self.segments = Dictionary(uniqueKeysWithValues: zip(segments, middle...))
        headings =
            Self.fixedHeadings
            + items.map { "answer:" + ($0.item.isEmpty ? $0.question : "\($0.question).\($0.item)") }
            + segments.map { "attribute:" + $0 }
    }

    /// Fills in what was said to further questions and what was known.
    func add(_ answers: [Answer], _ known: [CustomerAttribute], to cells: inout [CSVCell]) {
        for answer in answers {
            guard let column = items[Item(question: answer.question, item: answer.item)] else { continue }
            cells[column] = answer.number.map { .number($0) } ?? .text(answer.choice ?? answer.words ?? "yes")
        }
        for attribute in known {
            if let column = segments[attribute.name] { cells[column] = .text(attribute.value) }
        }
    }
}
