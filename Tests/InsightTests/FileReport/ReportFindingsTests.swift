import Kernel
import Language
import Surveys
import Testing

@testable import Insight
@testable import Statistics

/// Answers with an exact share of promoters, passives and detractors.
private func answers(_ promoters: Int, _ passives: Int, _ detractors: Int, _ cells: String...) -> [[String]] {
    [(promoters, "10"), (passives, "8"), (detractors, "0")].flatMap { count, score in
        Array(repeating: [score] + cells, count: count)
    }
}

/// Two weeks: each kind of work keeps its score, the share of repairs grows from 20 % to 60 %.
private let mixWeeks =
    answers(240, 80, 80, "2024-03-05", "install") + answers(10, 20, 70, "2024-03-06", "repair")
    + answers(120, 40, 40, "2024-03-12", "install") + answers(30, 60, 210, "2024-03-13", "repair")

@Test func `a fall by mix alone is told as mix in the same breath`() throws {
    let found = try report(csv("nps,date,work", mixWeeks)) { $0.interval = .week }
    #expect(found.series.map { "\($0.start)" } == ["2024-03-04", "2024-03-11"])
    let change = try #require(found.series[1].change)
    #expect(abs(change.difference + 40) < 1e-9)
    let mix = try #require(change.mix)
    #expect(mix.column == "work")
    #expect(abs(mix.adjusted) < 1e-9)
    #expect(mix.explains)
    let sentence = try #require(found.findings.first { $0.contains("fell by 40.0 points") })
    #expect(sentence.contains("But that is mix"))
    #expect(sentence.contains("“repair” changed, from 20% to 60%"))
}

@Test func `a fall within every kind of work is no mix`() throws {
    let rows =
        answers(240, 80, 80, "2024-03-05", "install") + answers(60, 20, 20, "2024-03-06", "repair")
        + answers(160, 80, 160, "2024-03-12", "install") + answers(40, 20, 40, "2024-03-13", "repair")
    let found = try report(csv("nps,date,work", rows)) { $0.interval = .week }
    let mix = try #require(found.series[1].change?.mix)
    #expect(!mix.explains)
    #expect(mix.p < 0.001)
    #expect(found.findings.contains { $0.contains("mix does not explain it") })
}

@Test func `an unproven change has no bridge, and the smallest visible one is said`() throws {
    let rows =
        answers(10, 5, 5, "2024-03-05", "a") + answers(9, 5, 6, "2024-03-12", "b")
        + answers(9, 6, 5, "2024-03-19", "a")
    let found = try report(csv("nps,date,work", rows))
    #expect(found.series.count == 3)
    #expect(found.series.allSatisfy { $0.change?.mix == nil })
    #expect(found.findings.contains("Week by week: 2 changes tested, none proven."))
    #expect(found.findings.contains { $0.contains("the smallest change that can be seen is") })
}

@Test func `a copy of the score explains nothing`() throws {
    let copied = mixWeeks.map { $0 + [$0[0] == "10" ? "happy" : $0[0] == "8" ? "so-so" : "sad"] }
    let found = try report(csv("nps,date,work,mood", copied)) { $0.interval = .week }
    #expect(found.series[1].change?.mix?.column == "work")
    #expect(found.notes.contains("“mood” only repeats the score, so it explains no change."))
}

@Test func `an answer without a readable time is valid and undated`() throws {
    let rows = answers(2, 0, 0, "2024-03-05") + answers(0, 1, 0, "soon") + answers(0, 0, 1, "")
    let found = try report(csv("nps,date", rows))
    #expect(found.valid == 4)
    #expect(found.undated == 2)
    #expect(found.series.reduce(0) { $0 + $1.figure.n } == 2)
}

@Test(arguments: [(10, Interval.day), (60, .week), (300, .month)])
func `periods fit the days that the file covers`(days: Int, interval: Interval) throws {
    let first = try #require(LocalDay("2024-01-01"))
    let rows = (0..<days).map { ["\($0 % 11)", "\(first + $0)"] }
    let found = try report(csv("nps,date", rows))
    #expect(found.interval == interval)
    #expect(found.series.first?.start == first)
    #expect(found.series.reduce(0) { $0 + $1.figure.n } == days)
    let named = try report(csv("nps,date", rows)) { $0.interval = .month }
    #expect(named.series.count == days / 30 + (days == 10 ? 1 : 0))
}

@Test func `one outstanding group among many is found, small ones are only shrunk`() throws {
    var rows: [[String]] = (0..<40).flatMap { answers(4, 8, 8, "t\($0)") }
    rows += answers(18, 2, 0, "star") + answers(4, 0, 0, "new")
    let group = try #require(try report(csv("nps,technician", rows)).groups.first)
    #expect(group.tested == 41)
    #expect(group.standingOut.map(\.key) == ["star"])
    let new = try #require(group.rows.first { $0.key == "new" })
    #expect(new.p == nil && new.q == nil)
    #expect(try #require(new.shrunk) < 50)
    let star = try #require(group.rows.first { $0.key == "star" })
    #expect(try #require(star.shrunk) < 90)
    #expect(star.figure.value == 90)
}

@Test func `q is Benjamini and Hochberg's over the tested values`() throws {
    let rows = (0..<12).flatMap { answers(4 + $0, 8, 8, "t\($0)") }
    let group = try #require(try report(csv("nps,technician", rows)).groups.first)
    let p = group.rows.compactMap(\.p)
    #expect(group.rows.compactMap(\.q) == FalseDiscovery.qValues(p))
}

@Test func `detractors' words come with masked quotes`() throws {
    let angry = (0..<30).map {
        ["1", "waited two hours and nobody called me back at 600 700 80\($0 % 10) twice"]
    }
    let glad = (0..<30).map { ["10", "friendly technician and quick visit number \($0) thank you"] }
    let found = try report(csv("nps,comment", angry + glad))
    let terms = try #require(found.terms)
    #expect(terms.findings.contains { $0.term.contains("waited") || $0.term.contains("hours") })
    #expect(!terms.findings.contains { $0.term.contains("friendly") })
    let quotes = terms.findings.flatMap(\.quotes)
    #expect(!quotes.isEmpty && quotes.allSatisfy { !$0.contains("600 700") })
    #expect(terms.findings.allSatisfy { (1...2).contains($0.quotes.count) && $0.low + $0.high >= 10 })
}

@Test func `Chinese comments are cut into words`() throws {
    let angry = (0..<30).map { ["1", "等了两个小时才送到\($0)，太慢了"] }
    let glad = (0..<30).map { ["10", "味道很好\($0)，服务员态度不错"] }
    let terms = try #require(try report(csv("评分,评论", angry + glad)).terms)
    #expect(terms.findings.contains { $0.term.contains("小时") || $0.term.contains("慢") })
}

@Test func `a term inside a longer one that is as sure is said once`() {
    func finding(_ word: String, _ z: Double) -> LogOdds.Finding<String> {
        let odds = LogOdds(firstTotal: 100, secondTotal: 100)
        let base = odds.findings([LogOdds.Term(word: word, first: 40, second: 5)])[0]
        return LogOdds.Finding(word: word, first: 40, second: 5, difference: base.difference, z: z, q: 0.001)
    }
    let merged = TermReport.merged([finding("hours", 5), finding("two hours", 4.8), finding("hour", 4.9)])
    #expect(merged.map(\.word) == ["two hours", "hour"])
}
