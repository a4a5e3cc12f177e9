import Formats
import Kernel
import Language
import Statistics
import Surveys
import Testing

@testable import Insight

@Test func `every row is counted, refused by reason or unanswered`() throws {
    let file = """
        response_id,nps,comment
        r1,9,fine
        r2,9.0,
        r3, 9 ,
        r4,９,
        r5,7.5,
        r6,九,
        r7,nine,
        r8,11,
        r9,-2147483648,
        r10,,
        r11,"   ",
        r12,0,
        r13,10,too,many,cells
        r14

        """
    let report = try report(file) { $0.columns[.id] = "response_id" }
    #expect(report.rows == 14)
    #expect(report.answered == 12)
    #expect(report.valid == 5)
    #expect(report.refused == [.notInteger: 3, .outOfRange: 2, .unreadableRow: 2])
    #expect(report.refused.values.reduce(0, +) == report.answered - report.valid)
}

@Test func `a row that only ends with blank cells more than the header is read`() throws {
    #expect(try report("nps,comment\n9,fine,,\n0,bad,\n").valid == 2)
}

@Test func `a later row with the same response id is a duplicate`() throws {
    let rows = (0..<200).map { ["r\($0)", "\($0 % 11)"] } + [["r7", "3"]]
    let found = try report(csv("response,nps", rows))
    #expect(found.refused == [.duplicate: 1])
    #expect(found.columns[.id]?.heading == "response")
    #expect(found.valid == 200)
}

@Test func `rows that merely look alike, and ids that repeat, are no duplicates`() throws {
    #expect(try report(csv("nps,city", repeated(30, "0", "Kraków"))).valid == 30)
    let rows = (0..<100).map { ["c\($0 % 60)", "\($0 % 11)"] }
    #expect(try report(csv("response,nps", rows)).refused.isEmpty)
    let named = try report(csv("response,nps", rows)) { $0.columns[.id] = "response" }
    #expect(named.refused == [.duplicate: 40])
}

@Test func `filters on one column mean any of, on several all of`() throws {
    let rows = [
        ["9", "a", "x"], ["0", "b", "x"], ["10", "c", "x"], ["10", "a", "y"], ["", "a", "x"],
    ]
    let found = try report(csv("nps,shop,kind", rows)) {
        $0.filters = [
            .init(column: "shop", value: "a"), .init(column: "Shop ", value: "b"),
            .init(column: "kind", value: "x"),
        ]
    }
    #expect(found.rows == 3)
    #expect(found.valid == 2)
    #expect(found.filteredOut == 2)
}

@Test func `a column that is not there is refused by name`() {
    for ask: (inout ReportRequest) -> Void in [
        { $0.by = ["shop"] }, { $0.columns[.score] = "shop" },
        { $0.filters = [.init(column: "shop", value: "1")] },
    ] {
        #expect(throws: DomainError.unknownColumn("shop", ["nps"])) {
            try report(csv("nps", plainScores), ask)
        }
    }
    #expect(throws: DomainError.emptyFile) { try report("") }
    #expect(throws: DomainError.noScoreColumn(["name"])) { try report("name\nAda\n") }
}

@Test func `a file without one valid row has a report without a value`() throws {
    let found = try report("nps\n11\nx\n")
    #expect(found.overall.value == nil)
    #expect(found.findings.first == "No row holds a valid answer.")
}

@Test(arguments: [TextEncoding.utf8, .utf16LittleEndian, .gb18030, .big5])
func `a Chinese file says the same in every encoding`(encoding: TextEncoding) throws {
    let bytes: [UInt8]
    let head: [UInt8] = Array("ID;NPS\r\n".utf8), tail: [UInt8] = Array("1;9\r\n2;0\r\n".utf8)
    switch encoding {
    case .utf16LittleEndian: bytes = [0xFF, 0xFE] + (head + tail).flatMap { [$0, 0] }
    default: bytes = head + tail
    }
    let found = try FileReport(source(bytes, chunk: 3), ReportRequest(), encoding: encoding)
    #expect(found.valid == 2)
    #expect(found.notes.contains { $0.contains(encoding.rawValue) && $0.contains("semicolons") })
}

private let guessedScales: [([Int], [ScaleGuess.Doubt])] = [
    ([10, 0], []), (Array(1...10), []), (Array(repeating: 4, count: 10), [.upToFive]),
    (Array(1...10) + Array(repeating: 8, count: 190), [.noZero]), ([-3, 0, 10], [.negative]),
]

@Test(arguments: guessedScales)
func `a scale that nobody named is 0-10, with its doubts`(
    scores: [Int], doubts: [ScaleGuess.Doubt]
) throws {
    let found = try report(csv("nps", scores.map { ["\($0)"] }))
    #expect(found.scale == .nps0to10)
    #expect(found.reading.doubts == doubts)
    #expect(found.notes.contains { $0.hasPrefix("Scale: 0-10, guessed") })
}

@Test func `two scales in one column are never pooled`() throws {
    let rows = repeated(95, "4") + repeated(5, "9")
    #expect(throws: DomainError.twoScales("nps", low: 95, high: 5)) { try report(csv("nps", rows)) }
    let named = try report(csv("nps", rows)) { $0.scale = .csat1to5 }
    #expect(named.refused == [.outOfRange: 5])
    #expect(try report(csv("nps", rows + repeated(1, "10"))).valid == 101)
}

@Test(arguments: [
    (Scale.nps1to10, 10, 10.0), (.npsSigned, 21, 0), (.csat1to5, 5, 40), (.csat0to5, 6, 100.0 / 3),
    (.csat0to10, 11, 200.0 / 11), (.ces1to7, 7, 300.0 / 7),
])
func `each scale counts its own range and top`(scale: Scale, valid: Int, value: Double) throws {
    let found = try report(csv("score", (-12...12).map { ["\($0)"] })) { $0.scale = scale }
    #expect(found.valid == valid)
    let expected = scale == .nps1to10 ? -40.0 : value
    #expect(abs(try #require(found.overall.value) - expected) < 1e-9)
}
