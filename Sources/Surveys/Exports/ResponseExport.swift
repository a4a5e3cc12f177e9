import Customers
import Formats
import Kernel

/// Answers as rows of a table or as objects, newest first. Read in parts, each beginning where the last one
/// ended: a million take no more memory than a thousand, and the last costs no more time than the first.
package struct ResponseExport: Sendable {
    /// A further question, or one line or option of it, with a column of its own.
    struct Item: Hashable, Comparable, Sendable {
        let question: String
        let item: String

        /// Of one question, as `Answer.item` names them.
        static func all(of question: Question) -> [Item] {
            let items =
                switch question.kind {
                case .choice, .rating, .text: [""]
                case .choices, .matrix: question.options.map(\.key)
                case .contact: Question.contactItems
                }
            return items.map { Item(question: question.key, item: $0) }
        }

        static func < (one: Item, other: Item) -> Bool {
            (one.question, one.item) < (other.question, other.item)
        }
    }

    let filter: ResponseFilter
    let account: Int64
    let items: [Item: Int]
    let segments: [String: Int]
    /// What the first row says. `rapport import` finds its columns in it.
    package let headings: [String]

    /// In the order in which they are asked for.
    static let fixedColumns: [(heading: String, kind: ResponsePart.Kind)] = [
        ("id", .response), ("survey", .survey), ("score", .integer), ("scale", .text), ("band", .text),
        ("occurred_at", .time), ("comment", .text), ("touchpoint", .text), ("channel", .text),
        ("agent", .text), ("language", .text), ("source", .text), ("survey_version", .integer),
        ("recorded_at", .time), ("external_id", .text), ("name", .text), ("customer", .customer),
    ]
    static let fixedHeadings = fixedColumns.map(\.heading)

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
}

/// The columns of names that come again and again, found by their bytes.
struct ColumnMemory {
    private var names = ValueIndex()
    private var columns: [Int?] = []
    private var key: [UInt8] = []

    /// `find` is asked once for each list of names.
    mutating func column(
        _ parts: [UnsafeBufferPointer<UInt8>], else find: ([String]) -> Int?
    ) -> Int? {
        key.removeAll(keepingCapacity: true)
        for part in parts {
            key.append(contentsOf: part)
            // No name holds it.
            key.append(0)
        }
        let number = key.withUnsafeBufferPointer { names.number(of: $0) }
        if number == columns.count { columns.append(find(parts.map { String(decoding: $0, as: UTF8.self) })) }
        return columns[number]
    }
}
