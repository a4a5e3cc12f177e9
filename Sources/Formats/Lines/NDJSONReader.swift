/// Reads one JSON value a line (NDJSON) in chunks. Memory is bounded by the longest line allowed.
package struct NDJSONReader {
    package enum Fault: Error, Equatable {
        case notJSON(JSONError)
        case tooLong
    }

    private let maximumLineBytes: Int
    private var held: [UInt8] = []
    private var isSkipping = false
    private var line = 1

    package init(maximumLineBytes: Int = 65_536) { self.maximumLineBytes = maximumLineBytes }

    /// Hands over each line that ends in `chunk` with its number, from 1; lines of blanks are passed over.
    package mutating func read(
        _ chunk: UnsafeBufferPointer<UInt8>, _ hand: (_ line: Int, Result<JSONValue, Fault>) throws -> Void
    ) rethrows {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let piece = rest[rest.startIndex..<end]
            rest = rest[(end + 1)...]
            try endLine(with: piece, hand)
        }
        hold(rest)
    }

    package mutating func read(
        _ chunk: some Sequence<UInt8>, _ hand: (_ line: Int, Result<JSONValue, Fault>) throws -> Void
    ) rethrows {
        try Array(chunk).withUnsafeBufferPointer { try read($0, hand) }
    }

    /// The end of the input, which may stand for the last line end.
    package mutating func finish(_ hand: (_ line: Int, Result<JSONValue, Fault>) throws -> Void) rethrows {
        if isSkipping || !held.isEmpty {
            try endLine(with: UnsafeBufferPointer<UInt8>(start: nil, count: 0)[...], hand)
        }
    }

    private mutating func hold(_ piece: Slice<UnsafeBufferPointer<UInt8>>) {
        if isSkipping || piece.isEmpty { return }
        held.append(contentsOf: piece.prefix(maximumLineBytes + 2 - held.count))
        if held.count > maximumLineBytes + 1 {
            isSkipping = true
            held = []
        }
    }

    private mutating func endLine(
        with piece: Slice<UnsafeBufferPointer<UInt8>>, _ hand: (Int, Result<JSONValue, Fault>) throws -> Void
    ) rethrows {
        let result: Result<JSONValue, Fault>?
        if held.isEmpty, !isSkipping {
            result = parse(UnsafeBufferPointer(rebasing: piece))
        } else {
            hold(piece)
            result = isSkipping ? .failure(.tooLong) : held.withUnsafeBufferPointer(parse)
        }
        held.removeAll(keepingCapacity: true)
        isSkipping = false
        defer { line += 1 }
        if let result { try hand(line, result) }
    }

    private func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, Fault>? {
        let mark = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst(mark).dropLast(bytes.last == 0x0D ? 1 : 0))
        if bytes.count > maximumLineBytes { return .failure(.tooLong) }
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return nil }
        do throws(JSONError) {
            return .success(try JSONValue(parsing: bytes))
        } catch {
            return .failure(.notJSON(error))
        }
    }
}

extension JSONValue {
    /// As one line of NDJSON.
    package func writeLine(into bytes: inout [UInt8]) {
        write(into: &bytes)
        bytes.append(0x0A)
    }
}
