@testable import Formats
import TestKit
import Testing

struct NDJSONReaderTests {
    private struct Line: Equatable {
        let number: Int
        let result: Result<JSONValue, NDJSONReader.Fault>
    }

    private func read(_ bytes: [UInt8], limit: Int = 20, chunk: () -> Int = { 1000 }) -> [Line] {
        var reader = NDJSONReader(maximumLineBytes: limit)
        var lines: [Line] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(chunk())
            rest = rest.dropFirst(piece.count)
            reader.read(piece) { lines.append(Line(number: $0, result: $1)) }
        }
        reader.finish { lines.append(Line(number: $0, result: $1)) }
        return lines
    }

    @Test func `each line is read with its number, blank ones are passed over`() {
        let lines = read(Array("\u{FEFF}{\"a\":1}\n\n  \r\n[2]\r\nx\n3".utf8))
        #expect(
            lines == [
                Line(number: 1, result: .success(["a": 1])), Line(number: 4, result: .success([2])),
                Line(number: 5, result: .failure(.notJSON(JSONError(kind: .syntax, offset: 0)))),
                Line(number: 6, result: .success(3)),
            ])
    }

    @Test func `a line over the limit is refused and the next is read`() {
        let exact = "\"" + String(repeating: "x", count: 18) + "\""
        let lines = read(Array("\(exact)\r\n\(exact) \n\(exact)\(exact)\(exact)\n1".utf8))
        #expect(lines.map(\.number) == [1, 2, 3, 4])
        #expect(
            lines.map { try? $0.result.get() } == [.string(String(repeating: "x", count: 18)), nil, nil, 1])
        #expect(lines[1].result == .failure(.tooLong))
    }

    @Test func `random bytes never trap, and how the chunks fall changes nothing`() {
        var random = SeededRandom(seed: 14)
        var read = 0
        for _ in 0..<20_000 {
            let bytes = random.bytes(upTo: 40, likely: "[]1,\"\n\n\r x")
            let whole = self.read(bytes)
            #expect(whole == self.read(bytes, chunk: { Int.random(in: 1...4, using: &random) }))
            read += whole.count { (try? $0.result.get()) != nil }
        }
        #expect(read > 1000)
    }

    @Test func `what is written as a line reads back as one`() {
        var bytes: [UInt8] = []
        let values: [JSONValue] = ["a\nb", ["c": "\r"], nil]
        for value in values { value.writeLine(into: &bytes) }
        #expect(read(bytes).map { try? $0.result.get() } == values)
    }
}
