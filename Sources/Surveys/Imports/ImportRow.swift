import Customers
package import Accounts
package import Formats
package import Kernel
import Web

/// Why a row of a file is no answer. The raw value is the word in results and in the file of refused rows.
package enum ImportRefusal: String, Sendable, CaseIterable {
    case outOfRange = "out_of_range"
    case notInteger = "not_integer"
    case duplicate
    case unreadableRow = "unreadable_row"
    case unreadableTime = "unreadable_time"
    case futureTime = "time_in_the_future"
    case email = "not_an_email"
    case phone = "not_a_phone"
    case language = "not_a_language"
    case tooLong = "too_long"
    /// Its ids and addresses belong to more than one customer.
    case ambiguousCustomer = "customer_ambiguous"
}

/// How the rows of one file become answers to one survey.
package struct ImportPlan: Sendable {
    package let survey: Survey
    package let fields: [(column: Int, field: ImportField)]
    /// Number of cells in the header.
    package let width: Int
    /// Where the clocks are that the file's times were read from.
    package let zone: Zone
    package let opensCases: Bool
    /// The day that a cell names, however it is written.
    package let day: @Sendable (String) -> LocalDay?

    package init(
        survey: Survey, fields: [(column: Int, field: ImportField)], width: Int, zone: Zone, opensCases: Bool,
        day: @escaping @Sendable (String) -> LocalDay?
    ) {
        self.survey = survey
        self.fields = fields
        self.width = width
        self.zone = zone
        self.opensCases = opensCases
        self.day = day
    }

    func column(of field: ImportField) -> Int? { fields.first { $0.field == field }?.column }
}

/// A row of a file, read.
package struct ImportRow: Sendable {
    package enum Outcome: Sendable {
        /// `id` is the file's own name for the answer. In a place of its own, for rows are handed on often.
        indirect case answer(ResponseDraft, id: String?)
        /// Nobody gave a score.
        case unanswered
        /// With the id by which it may turn out to be a duplicate instead.
        case refused(ImportRefusal, id: String?)
    }

    /// From 1, the header not counted.
    package let number: Int
    /// The line of the file on which it begins.
    package let line: Int
    package let outcome: Outcome
    /// As it stands in the file, for the file of refused rows.
    private let source: CSVRow?

    package init(number: Int, line: Int, source: CSVRow? = nil, outcome: Outcome) {
        self.number = number
        self.line = line
        self.source = source
        self.outcome = outcome
    }

    package var cells: [String] { source?.texts ?? [] }

    /// The file's own name for the answer that this is or may be.
    var id: String? {
        switch outcome {
        case .answer(_, let id), .refused(_, let id): id
        case .unanswered: nil
        }
    }
}

extension ImportPlan {
    /// RFC 3339 with its own offset, a count of seconds or milliseconds since 1970, or a day with or without
    /// a time on the clocks of `zone`; a day alone is its noon, which stays on that day in most zones.
    func moment(_ text: String, latest: Timestamp) -> Timestamp? {
        if let exact = Timestamp(rfc3339: text) { return exact }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int64(text) {
            if text.utf8.count == 10 { return Timestamp(milliseconds: count * 1000) }
            if text.utf8.count == 13 { return Timestamp(milliseconds: count) }
        }
        guard let day = day(text) else { return nil }
        guard let second = Self.secondOfDay(text) else {
            let noon = zone.moment(on: day, minute: 720)
            return noon > latest && zone.day(of: latest) == day ? latest : noon
        }
        return zone.moment(on: day, minute: second / 60) + .seconds(second % 60)
    }

    /// Of `14:05`, `2:05:30 PM` behind a date.
    static func secondOfDay(_ text: String) -> Int? {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        if let second = plainSecond(Array(text.utf8)) { return second }
        let words = text.lowercased().split { $0 == " " || $0 == "t" || $0 == "\u{A0}" || $0 == "," }
        for (index, word) in words.enumerated() where word.contains(":") {
            var clock = word[...]
            var half = words.dropFirst(index + 1).first.map(String.init)
            for suffix in ["am", "pm"] where clock.hasSuffix(suffix) {
                half = suffix
                clock = clock.dropLast(2)
            }
            let parts = clock.prefix { $0 != "." && $0 != "z" && $0 != "+" && $0 != "-" }
                .split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1], hour < 24,
                minute < 60, hour >= 0, minute >= 0
            else { return nil }
            let second = parts.count == 3 ? (parts[2] ?? 0) : 0
            let shifted = half == "pm" && hour < 12 ? hour + 12 : half == "am" && hour == 12 ? 0 : hour
            return (shifted * 60 + minute) * 60 + min(59, max(0, second))
        }
        return nil
    }

    /// Of `2026-11-02 14:05` and `2026-11-02T14:05:30`, as nearly every file has it.
    private static func plainSecond(_ bytes: [UInt8]) -> Int? {
        guard bytes.count == 16 || bytes.count == 19, bytes[10] == 0x20 || bytes[10] == 0x54 else {
            return nil
        }
        func number(_ start: Int, below limit: Int) -> Int? {
            guard bytes[start - 1] == 0x3A || start == 11, (0x30...0x39).contains(bytes[start]),
                (0x30...0x39).contains(bytes[start + 1])
            else { return nil }
            let number = Int(bytes[start] - 0x30) * 10 + Int(bytes[start + 1] - 0x30)
            return number < limit ? number : nil
        }
        guard let hour = number(11, below: 24), let minute = number(14, below: 60) else { return nil }
        if bytes.count == 16 { return (hour * 60 + minute) * 60 }
        return number(17, below: 60).map { (hour * 60 + minute) * 60 + $0 }
    }
}
