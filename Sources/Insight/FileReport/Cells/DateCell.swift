package import Kernel

/// Which of two numbers before a year is the day.
package enum DateOrder: String, Sendable, CaseIterable {
    case dayFirst = "day-first"
    case monthFirst = "month-first"
}

/// A cell that names a day, with or without a time: the day as it stands there, in the writer's own time
/// zone.
package enum DateCell: Equatable, Sendable {
    case day(LocalDay)
    /// `3/5/2024`: which is the day, only the whole column can say.
    case pair(Int, Int, year: Int)

    /// Reads ISO 8601, `2024/3/5`, `5.3.2024`, `3/5/24`, `5 marca 2024`, `Mar 5, 2024`, `2024年3月5日`,
    /// `民國113年3月5日`, `20240305`, and seconds or milliseconds since 1970 (UTC), each with whatever time stands
    /// behind it.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let day = Self.isoDay(bytes) {
            self = .day(day)
            return
        }
        guard (5...64).contains(bytes.count), Self.mayBegin(bytes) else { return nil }
        var words = DateWords(String(decoding: bytes, as: UTF8.self))
        guard let cell = words.cell() else { return nil }
        self = cell
    }

    package init?(_ text: String) {
        var text = text
        guard let cell = text.withUTF8({ DateCell($0) }) else { return nil }
        self = cell
    }

    /// The day, under one order of day and month; `nil` where that makes no day.
    package func day(_ order: DateOrder) -> LocalDay? {
        switch self {
        case .day(let day): day
        case .pair(let first, let second, let year):
            order == .dayFirst
                ? LocalDay(year: year, month: second, day: first)
                : LocalDay(year: year, month: first, day: second)
        }
    }

    /// Whether a day could stand at the start of a cell, by its first bytes: to cut a comment into words is
    /// more work than to read it.
    private static func mayBegin(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        switch bytes[0] {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            // An accent of its own would change the letter before it.
            let letters = UnsafeRawBufferPointer(bytes).loadUnaligned(as: UInt32.self).littleEndian
            return letters & 0x8080_8080 != 0 || MonthNames.mayBegin(letters | 0x2020_2020)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return [8, 10, 13].contains(bytes.count)
                || !bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        // Of the ideographs only that of the republic's years.
        case 0xE4...0xE9: return bytes.starts(with: "民".utf8)
        default: return true
        }
    }

    /// `2024-03-05` at the start of a cell, and nothing or a time after it: nearly every cell of nearly every
    /// file.
    private static func isoDay(_ bytes: UnsafeBufferPointer<UInt8>) -> LocalDay? {
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
            return nil
        }
        if bytes.count > 10, bytes[10] != UInt8(ascii: "T"), bytes[10] != UInt8(ascii: " ") { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for index in range {
                let digit = bytes[index] &- UInt8(ascii: "0")
                if digit > 9 { return nil }
                value = value * 10 + Int(digit)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else {
            return nil
        }
        return LocalDay(year: year, month: month, day: day)
    }
}

/// A date cell cut into numbers, words and what stands between.
struct DateWords {
    enum Piece: Equatable {
        case number(Int, digits: Int)
        case word(String)
        case mark(Character)
    }

    private var pieces: ArraySlice<Piece>

    init(_ text: String) {
        var found: [Piece] = []
        var digits = "", letters = ""
        func flush() {
            if let number = Int(digits) { found.append(.number(number, digits: digits.count)) }
            if !letters.isEmpty { found.append(.word(letters)) }
            (digits, letters) = ("", "")
        }
        for character in text.lowercased() {
            if let digit = character.wholeNumberValue, digit < 10, !character.isLetter {
                if !letters.isEmpty { flush() }
                digits += String(digit)
            } else if character.isLetter {
                if !digits.isEmpty || character.isHan { flush() }
                letters.append(character)
                if character.isHan { flush() }
            } else {
                flush()
                if !character.isWhitespace {
                    found.append(.mark(character))
                } else {
                    found.append(.mark(" "))
                }
            }
        }
        flush()
        pieces = found[...]
        while pieces.first == .mark(" ") { pieces.removeFirst() }
    }

    mutating func cell() -> DateCell? {
        skipWeekday()
        let isRepublic = skip(.word("民"), .word("國")) || skip(.word("民"), .word("国"))
        guard let first = pieces.popFirst() else { return nil }
        switch first {
        case .number(let value, let digits):
            if isRepublic { return day(yearFirst: value + 1911) }
            if digits == 4 { return day(yearFirst: value) }
            if digits <= 2 {
                return pieces.first.isMark(in: "./-") ? pair(first: value) : dayBeforeName(value)
            }
            return run(of: value, digits: digits)
        case .word(let name): return nameBeforeDay(name)
        case .mark: return nil
        }
    }

    private mutating func skip(_ wanted: Piece...) -> Bool {
        guard Array(pieces.prefix(wanted.count)) == wanted else { return false }
        pieces.removeFirst(wanted.count)
        return true
    }

    private mutating func skipMarks() {
        while case .mark? = pieces.first { pieces.removeFirst() }
    }

    private mutating func skipBlanks() {
        while pieces.first == .mark(" ") { pieces.removeFirst() }
    }

    private mutating func number(_ digits: ClosedRange<Int>) -> Int? {
        guard case .number(let value, let count)? = pieces.first, digits.contains(count) else { return nil }
        pieces.removeFirst()
        return value
    }

    /// `2024-3-5`, `2024/03/05`, `2024.3.5`, `2024年3月5日`.
    private mutating func day(yearFirst year: Int) -> DateCell? {
        skipBlanks()
        let chinese = skip(.word("年"))
        if !chinese { guard pieces.first.isMark(in: "-/.") else { return nil } }
        skipMarks()
        guard let month = number(1...2) else { return nil }
        skipBlanks()
        guard chinese ? skip(.word("月")) : pieces.first.isMark(in: "-/.") else { return nil }
        skipMarks()
        guard let day = number(1...2) else { return nil }
        return LocalDay(year: year, month: month, day: day).flatMap(DateCell.plausible)
    }

    /// `5.3.2024` is the fifth of March everywhere; `3/5/2024` and `3-5-2024` wait for the column.
    private mutating func pair(first: Int) -> DateCell? {
        guard let mark = pieces.popFirst() else { return nil }
        skipMarks()
        if case .word? = pieces.first { return dayBeforeName(first) }
        guard let second = number(1...2), pieces.first == mark else { return nil }
        pieces.removeFirst()
        skipMarks()
        guard let year = year() else { return nil }
        if mark == .mark(".") {
            return LocalDay(year: year, month: second, day: first).flatMap(DateCell.plausible)
        }
        guard (1...31).contains(first), (1...31).contains(second), min(first, second) <= 12 else {
            return nil
        }
        return .pair(first, second, year: year)
    }

    /// `5 marca 2024`, `5-Mar-2024`, `5th of March 2024`.
    private mutating func dayBeforeName(_ day: Int) -> DateCell? {
        skipMarks()
        for filler in ["st", "nd", "rd", "th", "of"] where skip(.word(filler)) { skipMarks() }
        guard case .word(let name)? = pieces.popFirst(), let month = MonthNames.number(name) else {
            return nil
        }
        skipMarks()
        return year().flatMap { LocalDay(year: $0, month: month, day: day) }.flatMap(DateCell.plausible)
    }

    /// `Mar 5, 2024`.
    private mutating func nameBeforeDay(_ name: String) -> DateCell? {
        guard let month = MonthNames.number(name) else { return nil }
        skipMarks()
        guard let day = number(1...2) else { return nil }
        for suffix in ["st", "nd", "rd", "th"] where skip(.word(suffix)) { break }
        skipMarks()
        return year().flatMap { LocalDay(year: $0, month: month, day: day) }.flatMap(DateCell.plausible)
    }

    private mutating func year() -> Int? {
        if let year = number(4...4) { return year }
        return number(2...2).map { $0 + 2000 }
    }

    /// `20240305`, or a count of seconds or milliseconds since 1970.
    private func run(of value: Int, digits: Int) -> DateCell? {
        switch digits {
        case 8:
            LocalDay(year: value / 10_000, month: value / 100 % 100, day: value % 100).flatMap(
                DateCell.plausible)
        case 10: .day(LocalDay(number: value / 86_400))
        case 13: .day(LocalDay(number: value / 86_400_000))
        default: nil
        }
    }

    private mutating func skipWeekday() {
        guard case .word(let name)? = pieces.first, MonthNames.isWeekday(name) else { return }
        pieces.removeFirst()
        skipMarks()
    }
}

extension DateCell {
    /// A year that no answer can have is a number that happens to look like a date.
    fileprivate static func plausible(_ day: LocalDay) -> DateCell? {
        (1900...2199).contains(day.civil.year) ? .day(day) : nil
    }
}

extension DateWords.Piece? {
    fileprivate func isMark(in marks: String) -> Bool {
        guard case .mark(let mark)? = self else { return false }
        return marks.contains(mark)
    }
}

extension Character {
    /// Of the unified Han ideographs that names and words are written in.
    var isHan: Bool {
        guard let value = unicodeScalars.first?.value else { return false }
        return (0x3400...0x9FFF).contains(value) || (0xF900...0xFAFF).contains(value)
            || (0x20000...0x323AF).contains(value)
    }
}
