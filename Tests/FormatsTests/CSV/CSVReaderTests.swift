@testable import Formats
import Testing

struct CSVReaderTests {
    @Test(arguments: ["\n", "\r\n", "\r"])
    func `rows are read whatever ends a line`(end: String) throws {
        let text = ["score,comment", "9,good", "", "3,\"a, \"\"b\"\"", "c\"", ",", "7,end"].joined(
            separator: end)
        let reading = try CSVReading(text)
        #expect(reading.header == ["score", "comment"])
        #expect(reading.texts == [["9", "good"], ["3", "a, \"b\"" + end + "c"], ["", ""], ["7", "end"]])
        #expect(reading.rows.map(\.line) == [2, 4, 6, 7])
        #expect(reading.faults.allSatisfy { $0 == nil })
        #expect(try CSVReading(text + end) == reading)
    }

    @Test(arguments: [
        ("a,b\n1,2\n", CSVReader.Delimiter.comma), ("a;b\n1,5;2,5\n", .semicolon), ("a\tb\n1,2\t3;4\n", .tab),
        ("a;b;c\n\"x,y\";\"1,2,3\";2\n", .semicolon), ("\"a;b\",c\n1,2\n", .comma),
        ("a\n1, 2; 3\t4\n", .nothing),
        ("", .nothing),
        ("sep=;\r\na;b,c\r\n1;2\r\n", .semicolon), ("sep=\t\na\tb\n1\t2", .tab), ("a;b", .semicolon),
    ])
    func `the delimiter is found out`(text: String, delimiter: CSVReader.Delimiter) throws {
        #expect(try CSVReading(text).delimiter == delimiter)
        #expect(try CSVReading("\u{FEFF}" + text).delimiter == delimiter)
    }

    @Test func `in a file of one column, commas belong to the text`() throws {
        #expect(
            try CSVReading("comment\nslow, dear; rude\n\"a\nb\"\n").texts == [["slow, dear; rude"], ["a\nb"]])
    }

    @Test func `the line that names the delimiter is no header and counts as a line`() throws {
        let reading = try CSVReading("sep=;\r\na;b\r\n1;2\r\n")
        #expect(reading.header == ["a", "b"])
        #expect(reading.rows.map(\.line) == [3])
    }

    @Test func `names in the header lose blanks and the byte order mark`() throws {
        #expect(try CSVReading("\u{FEFF} score ,\"\u{3000}评分\",\n1,2,3").header == ["score", "评分", ""])
    }

    @Test func `a row with another number of cells is refused with its line`() throws {
        let reading = try CSVReading("a,b\n1\n1,2,3\n4,5\n")
        #expect(reading.faults == [.cellCount, .cellCount, nil])
        #expect(reading.texts == [["1"], ["1", "2", "3"], ["4", "5"]])
        #expect(reading.rows.map(\.line) == [2, 3, 4])
    }

    @Test func `a quote that never closes costs its line and no more`() throws {
        let rest = (0..<5).map { "\($0),ok\n" }.joined()
        let reading = try CSVReading("a,b\n1,\"never\n" + rest)
        #expect(reading.faults == [.unclosedQuote] + Array(repeating: nil, count: 5))
        #expect(reading.rows.first == .init(line: 2, fault: .unclosedQuote, texts: ["1,\"never"]))
        #expect(reading.rows.last == .init(line: 7, fault: nil, texts: ["4", "ok"]))
    }

    @Test func `a quote forgotten before other quotes costs its line and no more`() throws {
        let reading = try CSVReading("a,b\n1,\"never\n2,\"fine\"\n3,\"x\"y\n4,\"last\"  \n")
        #expect(reading.faults == [.textAfterQuote, nil, .textAfterQuote, nil])
        #expect(reading.texts == [["1,\"never"], ["2", "fine"], ["3,\"x\"y"], ["4", "last"]])
    }

    @Test func `a quote forgotten in a long file does not hold the file in memory`() throws {
        let rows = (0..<150_000).map { "\($0),some text\n" }.joined()
        let reading = try CSVReading("a,b\n1,\"never\n" + rows)
        #expect(reading.rows.count == 150_001)
        #expect(reading.faults.filter { $0 != nil } == [.unclosedQuote])
        #expect(reading.rows.last?.line == 150_002)
    }

    @Test(arguments: [1 << 20, 1 << 20 + 1, 3 << 20])
    func `a line over the limit is one refused row`(length: Int) throws {
        let long = String(repeating: "x", count: length - 2)
        let text = "a,b\n1," + long + "\n2,y\n"
        let reading = try CSVReading(text)
        #expect(reading.faults == [length > 1 << 20 ? .tooLong : nil, nil])
        #expect(reading.rows.last == .init(line: 3, fault: nil, texts: ["2", "y"]))
        #expect(try CSVReading(Array(text.utf8), chunk: { 10_000_000 }) == reading)
    }

    @Test func `bad bytes and zero bytes refuse their row alone`() throws {
        let reading = try CSVReading(
            Array("a,b\n很,好\n1,".utf8) + [0xE4, 0x2C, 0xB9, 0x0A] + Array("2,很好\n3,\0\n4,\u{7F}".utf8))
        #expect(reading.encoding == .utf8)
        #expect(reading.faults == [nil, .badBytes, nil, .badBytes, nil])
    }

    @Test func `two bad cells are not one good one`() throws {
        let reading = try CSVReading(Array("a,b\n好,好\n".utf8) + [0xE4, 0x2C, 0xB9, 0x9D, 0x0A])
        #expect(reading.faults == [nil, .badBytes])
    }

    @Test(arguments: ["", "\n\r\n \n", "\u{FEFF}", "a,b", "a,b\n"])
    func `a file without rows has none`(text: String) throws {
        #expect(try CSVReading(text).rows.isEmpty)
    }

    @Test func `a header whose quote never closes is refused`() {
        #expect(throws: CSVReader.UnreadableHeader.self) { try CSVReading("\"a,b\n1,2\n") }
    }

    @Test func `an empty cell in quotes is a row, a line of blanks is none`() throws {
        #expect(try CSVReading("a\n\"\"\n  \n\t\n1").texts == [[""], ["1"]])
    }

    @Test func `cells give numbers, blanks and bytes without a detour`() throws {
        let reader = CSVReader()
        var rows: [CSVRow] = []
        try reader.read("a,b,c\n９, ,\"x\"\"y\"\n".utf8) { rows.append($0) }
        try reader.finish { rows.append($0) }
        let row = try #require(rows.first)
        #expect(row.integer(0) == 9)
        #expect(row.isBlank(1))
        #expect(!row.isBlank(0))
        #expect(row.withBytes(of: 2) { Array($0) } == Array("x\"y".utf8))
        #expect(row[3] == "")
        #expect(row.withBytes(of: -1) { $0.count } == 0)
        #expect(rows.count == 1)
    }

    @Test func `an error of whoever takes the rows ends the reading`() {
        struct Full: Error {}
        let reader = CSVReader()
        #expect(throws: Full.self) {
            try reader.read("a\n1\n".utf8) { _ in throw Full() }
            try reader.finish { _ in throw Full() }
        }
    }
}
