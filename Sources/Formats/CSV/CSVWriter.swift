/// A cell to be written. Text is guarded from being taken for a formula, numbers are numbers.
package enum CSVCell: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    case blank
}

/// Writes CSV (RFC 4180) that spreadsheets can open without harm and `CSVReader` reads back.
package struct CSVWriter: Sendable {
    private let delimiter: UInt8
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
        let start = bytes.count
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(delimiter) }
            switch cell {
            case .text(let text): write(FormulaGuard.added(to: text), into: &bytes)
            case .integer(let value): bytes.append(contentsOf: String(value).utf8)
            case .number(let value): write(value, into: &bytes)
            case .blank: break
            }
        }
        // An empty line would be no row.
        if cells.count == 1, bytes[start...].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            bytes.insert(UInt8(ascii: "\""), at: start)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes += [0x0D, 0x0A]
    }

    private func write(_ text: String, into bytes: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        var text = text
        text.withUTF8 { utf8 in
            var isPlain = utf8.first != 0x20
            for byte in utf8 where byte == delimiter || byte == quote || byte == 0x0A || byte == 0x0D {
                isPlain = false
            }
            if isPlain { return bytes.append(contentsOf: utf8) }
            bytes.append(quote)
            for byte in utf8 {
                if byte == quote { bytes.append(quote) }
                bytes.append(byte)
            }
            bytes.append(quote)
        }
    }

    /// In the fewest digits that read back as the same; what is not finite is a blank cell.
    private func write(_ value: Double, into bytes: inout [UInt8]) {
        guard value.isFinite else { return }
        let text = Int(exactly: value).map { String($0) } ?? "\(value)"
        write(hasDecimalComma ? text.replacing(".", with: ",") : text, into: &bytes)
    }
}
