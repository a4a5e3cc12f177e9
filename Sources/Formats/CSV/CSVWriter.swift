/// A cell to be written. Text is guarded from being taken for a formula, numbers are numbers.
package enum CSVCell: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    case blank
}

/// Writes CSV (RFC 4180) that spreadsheets can open without harm and `CSVReader` reads back.
package struct CSVWriter: Sendable {
    let delimiter: UInt8
    private let hasByteOrderMark: Bool
    private let hasDecimalComma: Bool

    private init(delimiter: CSVReader.Delimiter, hasByteOrderMark: Bool, hasDecimalComma: Bool) {
        self.delimiter = delimiter.rawValue
        self.hasByteOrderMark = hasByteOrderMark
        self.hasDecimalComma = hasDecimalComma
    }

    /// For programs: commas, no byte order mark.
    package static let plain = CSVWriter(delimiter: .comma, hasByteOrderMark: false, hasDecimalComma: false)

    /// For Excel as readers of `language` have it set up: without a byte order mark it takes UTF-8 for
    /// something else, and in Polish it wants `;` between cells and a comma in numbers.
    package static func excel(language: String) -> CSVWriter {
        let isPolish = language == "pl"
        return CSVWriter(
            delimiter: isPolish ? .semicolon : .comma, hasByteOrderMark: true, hasDecimalComma: isPolish)
    }

    /// What stands before the first row.
    package func begin(into bytes: inout [UInt8]) {
        if hasByteOrderMark { bytes += [0xEF, 0xBB, 0xBF] }
    }

    package func write(_ cells: [CSVCell], into bytes: inout [UInt8]) {
        var lines = CSVLines(self)
        swap(&lines.bytes, &bytes)
        for cell in cells {
            switch cell {
            case .text(var text): text.withUTF8 { lines.text($0) }
            case .integer(let value): lines.integer(value)
            case .number(let value): lines.number(value)
            case .blank: lines.blank()
            }
        }
        lines.endRow()
        swap(&lines.bytes, &bytes)
    }

    func write(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let isGuarded = FormulaGuard.isTempting(text)
        if text.first != 0x20 || isGuarded, !needsQuotes(text) {
            if isGuarded { bytes.append(UInt8(ascii: "'")) }
            return bytes.append(contentsOf: text)
        }
        bytes.append(quote)
        if isGuarded { bytes.append(UInt8(ascii: "'")) }
        var start = 0
        while let place = text.first(quote, from: start) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...place]))
            bytes.append(quote)
            start = place + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        bytes.append(quote)
    }

    private func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in text
        where byte == delimiter || byte <= 0x22 && (byte == 0x22 || byte == 0x0A || byte == 0x0D) {
            return true
        }
        return false
    }

    /// In the fewest digits that read back as the same; what is not finite is a blank cell.
    func write(_ value: Double, into bytes: inout [UInt8]) {
        guard value.isFinite else { return }
        if let whole = Int(exactly: value) { return write(whole, into: &bytes) }
        bytes.append(contentsOf: (hasDecimalComma ? "\(value)".replacing(".", with: ",") : "\(value)").utf8)
    }

    func write(_ value: Int, into bytes: inout [UInt8]) {
        if (0...9).contains(value) { return bytes.append(0x30 + UInt8(value)) }
        bytes.append(contentsOf: String(value).utf8)
    }
}
