@testable import Formats
import TestKit
import Testing

struct CSVFuzzTests {
    @Test func `random bytes never trap, and how the chunks fall changes nothing`() throws {
        var random = SeededRandom(seed: 4180)
        var rows = 0
        for _ in 0..<20_000 {
            let bytes = Array("a,b\n".utf8) + random.bytes(upTo: 40, likely: "\"\"\"\",,;\t\r\n\n a9é很")
            let whole = try CSVReading(bytes)
            let pieces = try CSVReading(bytes, chunk: { Int.random(in: 1...5, using: &random) })
            #expect(whole == pieces)
            rows += whole.rows.count
        }
        #expect(rows > 20_000)
    }

    @Test func `in any named encoding random bytes never trap`() throws {
        var random = SeededRandom(seed: 1250)
        for run in 0..<20_000 {
            let encoding = TextEncoding.allCases[run % TextEncoding.allCases.count]
            let bytes = random.bytes(upTo: 24, likely: "\",\n9\u{E9}\u{4E00}\u{0}")
            let whole = try? CSVReading(bytes, encoding: encoding)
            let pieces = try? CSVReading(
                bytes, encoding: encoding, chunk: { Int.random(in: 1...3, using: &random) })
            #expect(whole == pieces)
        }
    }

    @Test func `a row is refused for its bytes just where they are no text`() throws {
        var random = SeededRandom(seed: 3629)
        let letters = ["a", "9", "é", "\u{800}", "很", "\u{D7FF}", "\u{E000}", "\u{10FFFF}"].map {
            Array($0.utf8)
        }
        var (good, bad) = (0, 0)
        for _ in 0..<20_000 {
            let cells = (0..<3).map { _ in
                (0..<Int.random(in: 0...12, using: &random)).flatMap { _ in
                    Int.random(in: 0..<16, using: &random) == 0
                        ? [UInt8.random(in: 0...255, using: &random)]
                        : letters.randomElement(using: &random) ?? []
                }.filter { ![0x09, 0x0A, 0x0D, 0x20, 0x22, 0x2C].contains($0) }
            }
            let lines = cells.map { Array("1,".utf8) + $0 + [0x0A] }
            let length = Int.random(in: 1...30, using: &random)
            let reading = try CSVReading(
                Array("a,b\n".utf8) + lines.joined(), encoding: .utf8, delimiter: .comma, chunk: { length })
            for (cell, fault) in zip(cells, reading.faults) {
                let isText = String(validating: cell, as: UTF8.self) != nil && !cell.contains(0)
                #expect(fault == (isText ? nil : .badBytes))
                if isText { good += 1 } else { bad += 1 }
            }
        }
        #expect(good > 1000 && bad > 1000)
    }

    @Test func `no line is dropped, whatever the quotes`() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<20_000 {
            let lines = (0..<6).map { line in
                ["\"", "", ",", "x", "\"\""].randomElement(using: &random).map { "\($0)<\(line)>" } ?? ""
            }
            let ends = ["\"", "", ",", "\"\"", "\",\"", "y\""]
            let text = "a,b\n" + lines.map { $0 + (ends.randomElement(using: &random) ?? "") + "\n" }.joined()
            let read = try CSVReading(text).texts.joined().joined()
            for line in 0..<6 { #expect(read.contains("<\(line)>"), "\(text)") }
        }
    }

    @Test(arguments: [CSVWriter.plain, .excel(language: "en"), .excel(language: "pl")])
    func `what the writer writes reads back the same`(writer: CSVWriter) throws {
        var random = SeededRandom(seed: 12)
        for _ in 0..<7_000 {
            let width = Int.random(in: 1...3, using: &random)
            let header = (0..<width).map { "column \($0)" }
            let rows = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                (0..<width).map { _ in random.text(upTo: 6) }
            }
            var bytes: [UInt8] = []
            writer.begin(into: &bytes)
            for row in [header] + rows { writer.write(row.map(CSVCell.text), into: &bytes) }
            let reading = try CSVReading(bytes)
            #expect(reading.header == header)
            #expect(reading.texts == rows)
            #expect(reading.faults.allSatisfy { $0 == nil })
        }
    }
}
