import Glibc

/// Cuts one record at a time (RFC 4180) out of bytes that lie side by side.
///
/// Lines end in CRLF, LF or CR. A quote inside a cell that did not begin with one is an ordinary letter.
struct CSVCutter {
    enum Outcome: Equatable {
        /// A record, good or faulty, that ends before `end`.
        case record(end: Int)
        /// The bytes end before the record does.
        case incomplete
        /// A line with no end in sight: its bytes up to now are one faulty record, and so is its rest.
        case overlong
    }

    static let longest = 1 << 20
    private static let quote = UInt8(ascii: "\"")

    let delimiter: UInt8
    private let stops: (UInt64, UInt64, UInt64)

    init(delimiter: UInt8) {
        self.delimiter = delimiter
        stops = (UTF8Check.eight(delimiter), UTF8Check.eight(0x0A), UTF8Check.eight(0x0D))
    }

    /// Reads the record that begins at `start` into `row`. `isLast` says that no bytes follow these.
    func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool, into row: inout CSVRow
    ) -> Outcome {
        row.clear()
        var escaped: [Int] = []
        var position = start
        while true {
            switch cell(bytes, from: position, isLast: isLast) {
            case .plain(let end):
                row.cells.append((position - start)..<(end - start))
                position = end
            case .quoted(let content, let hasPairs, let end):
                if hasPairs { escaped.append(row.cells.count) }
                row.hasQuotes = true
                row.cells.append((content.lowerBound - start)..<(content.upperBound - start))
                position = end
            case .faulty(let fault):
                return refuse(bytes, from: start, fault, isLast: isLast, into: &row)
            case .cut:
                guard bytes.count - start > Self.longest else { return .incomplete }
                return refuseLong(bytes, from: start, isLast: isLast, into: &row)
            }
            if position < bytes.count, bytes[position] == delimiter {
                position += 1
                continue
            }
            if position - start > Self.longest {
                return refuseLong(bytes, from: start, isLast: isLast, into: &row)
            }
            guard let next = lineEnd(bytes, at: position, isLast: isLast) else { return .incomplete }
            row.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<position]))
            for index in escaped { row.unescape(index) }
            return .record(end: next)
        }
    }

    private enum Cell {
        case plain(end: Int)
        case quoted(content: Range<Int>, hasPairs: Bool, end: Int)
        case faulty(CSVRow.Fault)
        case cut
    }

    @inline(__always)
    private func cell(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool) -> Cell {
        var opening = start
        while opening < bytes.count, bytes[opening] == 0x20 { opening += 1 }
        if opening < bytes.count, bytes[opening] == Self.quote {
            return quotedCell(bytes, from: opening + 1, isLast: isLast)
        }
        if let end = plainEnd(bytes, from: opening) { return .plain(end: end) }
        return isLast ? .plain(end: bytes.count) : .cut
    }

    /// The first delimiter or line end, looked for eight bytes at a time.
    @inline(__always)
    private func plainEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        let raw = UnsafeRawBufferPointer(bytes)
        var end = start
        while end + 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: end, as: UInt64.self))
            let found =
                UTF8Check.zeros(word ^ stops.0) | UTF8Check.zeros(word ^ stops.1)
                | UTF8Check.zeros(word ^ stops.2)
            if found != 0 { return end + found.trailingZeroBitCount >> 3 }
            end += 8
        }
        return (end..<raw.count).first { raw[$0] == delimiter || raw[$0] == 0x0A || raw[$0] == 0x0D }
    }

    private func quotedCell(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool) -> Cell {
        var position = start
        var hasPairs = false
        while let quote = bytes.first(Self.quote, from: position) {
            position = quote + 1
            if position == bytes.count, !isLast { return .cut }
            if position < bytes.count, bytes[position] == Self.quote {
                hasPairs = true
                position += 1
                continue
            }
            while position < bytes.count, bytes[position] == 0x20 { position += 1 }
            guard position < bytes.count else {
                return isLast ? .quoted(content: start..<quote, hasPairs: hasPairs, end: position) : .cut
            }
            let next = bytes[position]
            guard next == delimiter || next == 0x0A || next == 0x0D else { return .faulty(.textAfterQuote) }
            return .quoted(content: start..<quote, hasPairs: hasPairs, end: position)
        }
        return isLast ? .faulty(.unclosedQuote) : .cut
    }

    /// Gives up the record's first line alone; the next is read afresh, so that one forgotten quote costs one
    /// row and not the rest of the file.
    private func refuse(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ fault: CSVRow.Fault, isLast: Bool,
        into row: inout CSVRow
    ) -> Outcome {
        row.clear()
        row.fault = fault
        guard let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
            row.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...].prefix(Self.longest)))
            return isLast
                ? .record(end: bytes.count) : bytes.count - start > Self.longest ? .overlong : .incomplete
        }
        row.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<end].prefix(Self.longest)))
        return lineEnd(bytes, at: end, isLast: isLast).map { .record(end: $0) } ?? .incomplete
    }

    /// A record beyond the limit that runs over several lines is one whose quote was forgotten.
    private func refuseLong(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool, into row: inout CSVRow
    ) -> Outcome {
        let isOneLine = !bytes[start...].prefix(Self.longest + 1).contains { $0 == 0x0A || $0 == 0x0D }
        return refuse(bytes, from: start, isOneLine ? .tooLong : .unclosedQuote, isLast: isLast, into: &row)
    }

    /// The place after the line end at `position`; `nil` where a LF may still follow a CR.
    private func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isLast: Bool) -> Int? {
        guard position < bytes.count else { return position }
        if bytes[position] == 0x0A { return position + 1 }
        guard position + 1 < bytes.count else { return isLast ? position + 1 : nil }
        return bytes[position + 1] == 0x0A ? position + 2 : position + 1
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where a byte stands first, from a place on.
    func first(_ byte: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress,
            let found = memchr(base + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
