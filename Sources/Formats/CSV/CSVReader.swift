/// Reads a CSV file in chunks and hands over row after row: any of our encodings, `,`, `;` or TAB between
/// cells, each found out from the beginning of the file unless it is named. Memory is bounded by the longest
/// record.
///
/// **Invariant:** every record after the header is handed over, faulty ones with their fault; only empty
/// lines are passed over. No input traps, and how the chunks fall changes nothing.
package final class CSVReader {
    package enum Delimiter: UInt8, Sendable, CaseIterable {
        case comma = 0x2C
        case semicolon = 0x3B
        case tab = 0x09
        /// The header is one cell, so each line is: commas belong to what people wrote. (Zero bytes are
        /// refused.)
        case nothing = 0x00
    }

    /// The first record is no header: a quote that never closes, say.
    package struct UnreadableHeader: Error {
        package let fault: CSVRow.Fault
    }

    /// How much is looked at to find the delimiter.
    private static let sample = 65_536

    /// The names in the first record, without blanks around them; empty until it has been read.
    package private(set) var header: [String] = []
    package private(set) var delimiter: Delimiter?

    private var decoder: TextDecoder
    private var buffer: [UInt8] = []
    /// How much at the beginning of the buffer is known to be text.
    private var sound = 0
    private var isBegun = false
    /// Inside a line that was given up for its length.
    private var isSkipping = false
    private var line = 1

    package init(encoding: TextEncoding? = nil, delimiter: Delimiter? = nil) {
        decoder = TextDecoder(encoding)
        self.delimiter = delimiter
    }

    /// Named, or found out; UTF-8 for a file of ASCII alone.
    package var encoding: TextEncoding { decoder.encoding ?? .utf8 }

    /// Takes the next bytes of the file. Throws what `row` throws, and `UnreadableHeader`.
    package func read(_ chunk: UnsafeBufferPointer<UInt8>, _ row: (CSVRow) throws -> Void) throws {
        decoder.decode(chunk, into: &buffer)
        if isBegun || buffer.count >= Self.sample { try drain(isLast: false, row) }
    }

    package func read(_ chunk: some Sequence<UInt8>, _ row: (CSVRow) throws -> Void) throws {
        try Array(chunk).withUnsafeBufferPointer { try read($0, row) }
    }

    /// The end of the file.
    package func finish(_ row: (CSVRow) throws -> Void) throws {
        decoder.finish(into: &buffer)
        try drain(isLast: true, row)
    }

    private func drain(isLast: Bool, _ hand: (CSVRow) throws -> Void) throws {
        var consumed = 0
        defer {
            buffer.removeFirst(consumed)
            sound = max(0, sound - consumed)
        }
        try buffer.withUnsafeBufferPointer { bytes in
            // All at once; row by row only behind the first byte that is no text.
            sound = UTF8Check.textEnd(in: bytes, from: sound)
            if !isBegun { consumed = begin(bytes) }
            let cutter = CSVCutter(delimiter: (delimiter ?? .comma).rawValue)
            var row = CSVRow()
            var width = header.count
            if isSkipping { consumed = skipLine(bytes, from: consumed, isLast: isLast) }
            while !isSkipping, consumed < bytes.count {
                let outcome = cutter.cut(bytes, from: consumed, isLast: isLast, into: &row)
                if outcome == .incomplete { return }
                row.line = line
                if case .record(let end) = outcome {
                    line += row.hasQuotes ? Self.lineEnds(bytes, consumed..<end) : 1
                    consumed = end
                } else {
                    isSkipping = true
                    consumed = skipLine(bytes, from: consumed, isLast: isLast)
                }
                if row.fault == nil, row.isEmptyLine { continue }
                if width == 0 {
                    width = try begin(with: row)
                    continue
                }
                if row.fault == nil, consumed > sound { row.checkBytes() }
                if row.fault == nil, row.count != width { row.fault = .cellCount }
                try hand(row)
            }
        }
    }

    /// Takes the header, and returns how many cells it has.
    private func begin(with row: CSVRow) throws -> Int {
        if let fault = row.fault { throw UnreadableHeader(fault: fault) }
        header = row.cells.indices.map { row[$0].trimmedScalars.text }
        return header.count
    }

    /// Drops a byte order mark and Excel's line `sep=;`, and finds the delimiter.
    private func begin(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        isBegun = true
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if let (named, end) = Self.separatorLine(bytes, from: start) {
            delimiter = delimiter ?? named
            line += 1
            return end
        }
        delimiter =
            delimiter
            ?? Self.likeliestDelimiter(UnsafeBufferPointer(rebasing: bytes.prefix(Self.sample)), from: start)
        return start
    }

    private static func separatorLine(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (Delimiter, end: Int)? {
        let rest = bytes[start...]
        guard rest.count > 5, rest.starts(with: "sep=".utf8),
            let named = Delimiter(rawValue: bytes[start + 4])
        else {
            return nil
        }
        let ends = rest.dropFirst(5).prefix { $0 == 0x0A || $0 == 0x0D }.prefix(2)
        let length = ends.elementsEqual([0x0D, 0x0A]) ? 2 : min(ends.count, 1)
        return length == 0 ? nil : (named, start + 5 + length)
    }

    /// The one by which most records have as many cells as the header, and at least two; among equals the one
    /// with the most cells.
    private static func likeliestDelimiter(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Delimiter
    {
        var best: (Delimiter, share: Double, width: Int) = (.nothing, 0, 1)
        for candidate in Delimiter.allCases {
            let (share, width) = agreement(bytes, from: start, by: candidate)
            if width >= 2, (share, width) > (best.share, best.width) { best = (candidate, share, width) }
        }
        return best.0
    }

    private static func agreement(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, by delimiter: Delimiter
    ) -> (share: Double, width: Int) {
        let cutter = CSVCutter(delimiter: delimiter.rawValue)
        var row = CSVRow()
        var position = start, width = 0, agreeing = 0, records = 0
        while records < 500, position < bytes.count,
            case .record(let end) = cutter.cut(bytes, from: position, isLast: false, into: &row)
        {
            position = end
            if row.fault == nil, row.isEmptyLine { continue }
            if width == 0 { width = row.count }
            records += 1
            if row.fault == nil, row.count == width { agreeing += 1 }
        }
        if records == 0 { _ = cutter.cut(bytes, from: start, isLast: true, into: &row) }
        return records == 0 ? (1, row.count) : (Double(agreeing) / Double(records), width)
    }

    /// Leaves the rest of a line that was given up; its end is part of it.
    private func skipLine(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool) -> Int {
        guard let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
            return bytes.count
        }
        if bytes[end] == 0x0D, end + 1 == bytes.count, !isLast { return end }
        isSkipping = false
        line += 1
        return bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A ? end + 2 : end + 1
    }

    /// CRLF is one.
    private static func lineEnds(_ bytes: UnsafeBufferPointer<UInt8>, _ record: Range<Int>) -> Int {
        let record = UnsafeBufferPointer(rebasing: bytes[record])
        var (count, position) = (0, 0)
        while let feed = record.first(0x0A, from: position) { (count, position) = (count + 1, feed + 1) }
        position = 0
        while let carriage = record.first(0x0D, from: position) {
            position = carriage + 1
            if position == record.count || record[position] != 0x0A { count += 1 }
        }
        return count
    }
}
