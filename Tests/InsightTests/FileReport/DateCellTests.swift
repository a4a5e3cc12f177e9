import Kernel
import TestKit
import Testing

@testable import Insight

@Test(arguments: [
    "2024-03-05", "2024-03-05T23:30:00+02:00", "2024-03-05 07:00", "2024/3/5", "2024.03.05 10:11", "20240305",
    "5.3.2024", "05.03.24 10:30", "5 marca 2024", "5 mar 2024, 10:00", "5-Mar-2024", "Mar 5, 2024",
    "March 5th, 2024",
    "Tue, 5 Mar 2024 10:00:00 GMT", "wtorek, 5 marca 2024", "2024年3月5日", "2024年03月05日 下午3:05", "２０２４年３月５日",
    "民國113年3月5日", "1709596800", "1709596800000", " 2024-03-05 ", "2024 年 3 月 5 日",
])
func `a day is read in every usual form`(text: String) {
    #expect(DateCell(text)?.day(.dayFirst) == LocalDay("2024-03-05"))
}

@Test(arguments: [
    "", "soon", "2024-13-05", "2024-02-30", "31.02.2024", "7", "2024", "12:30", "3/2024", "99/99/2024",
])
func `what names no day is none`(text: String) {
    #expect(DateCell(text) == nil)
}

@Test func `numbers around a slash wait for the column`() {
    #expect(DateCell("3/5/2024") == .pair(3, 5, year: 2024))
    #expect(DateCell("03-05-24 10:30 AM") == .pair(3, 5, year: 2024))
    #expect(DateCell("3/5/2024")?.day(.monthFirst) == LocalDay("2024-03-05"))
    #expect(DateCell("25/5/2024")?.day(.monthFirst) == nil)
}

@Test func `no day is passed over for the letters it begins with`() {
    var random = SeededRandom(seed: 2024)
    let pieces = [
        "2024", "24", "3", "5", "20240305", "1709596800", "mar", "Marca", "May", "tue", "Wt", "pt", "the",
        "place",
        "paz\u{301}", "sr\u{301}", "śro", "民國", "民", "年", "月", "日", "好", "二", "２０２４", "-", "/", ".", ",", " ",
        "T",
    ]
    var refused = 0
    for _ in 0..<100_000 {
        let count = Int.random(in: 1...7, using: &random)
        let text = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
        guard (5...64).contains(text.utf8.count), DateCell(text) == nil else { continue }
        var words = DateWords(text)
        #expect(words.cell() == nil, "\(text)")
        refused += 1
    }
    #expect(refused > 1000)
}

private func column(_ cells: [String]) -> DateColumn {
    cells.reduce(into: DateColumn()) { column, cell in DateCell(cell).map { column.add($0) } }
}

@Test(arguments: [
    (["3/5/2024", "25/5/2024"], DateOrder.dayFirst, DateColumn.Evidence.proved),
    (["3/5/2024", "5/25/2024"], .monthFirst, .proved),
    (["1/3/2024", "2/3/2024", "9/3/2024"], .dayFirst, .shorter),
    (["3/1/2024", "3/2/2024", "3/9/2024"], .monthFirst, .shorter),
    (["3/3/2024"], .dayFirst, .assumed),
    (["2024-03-05"], .dayFirst, .plain),
])
func `the whole column decides which number is the day`(
    cells: [String], order: DateOrder, evidence: DateColumn.Evidence
) {
    let decided = column(cells).order
    #expect(decided.order == order)
    #expect(decided.evidence == evidence)
}

@Test(arguments: [
    ("2024-01-01", "2024-01-13", Interval.day), ("2024-01-01", "2024-01-14", .week),
    ("2024-01-01", "2024-06-30", .week), ("2024-01-01", "2024-07-01", .month),
    ("2024-01-01", "2024-01-01", .day),
])
func `periods are days under two weeks, weeks up to 26 and months beyond`(
    first: String, last: String, interval: Interval
) throws {
    let days = try #require(LocalDay(first))...#require(LocalDay(last))
    #expect(Interval.fitting(days) == interval)
}
