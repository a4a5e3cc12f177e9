import Kernel
import Testing

@testable import Language

private let minus = "\u{2212}", gap = "\u{A0}"

@Test(arguments: [
    (0, "0", "0"), (999, "999", "999"), (1204, "1,204", "1\(gap)204"),
    (-1_234_567, "\(minus)1,234,567", "\(minus)1\(gap)234\(gap)567"),
    (
        Int.min, "\(minus)9,223,372,036,854,775,808",
        "\(minus)9\(gap)223\(gap)372\(gap)036\(gap)854\(gap)775\(gap)808"
    ),
])
func `counts are grouped`(count: Int, english: String, polish: String) {
    #expect(Messages.of(.en).number(count) == english)
    #expect(Messages.of(.zhHans).number(count) == english)
    #expect(Messages.of(.pl).number(count) == polish)
}

@Test(arguments: [
    (31.24, 1, "31.2", "31,2"), (-30, 1, "\(minus)30.0", "\(minus)30,0"), (-0.04, 1, "0.0", "0,0"),
    (1234.5678, 2, "1,234.57", "1\(gap)234,57"), (0.05, 1, "0.1", "0,1"), (2.5, 0, "3", "3"),
    (0.005, 3, "0.005", "0,005"),
    (.nan, 1, "–", "–"), (-.infinity, 1, "–", "–"), (9.99, 1, "10.0", "10,0"),
])
func `decimals are rounded and never show a negative zero`(
    value: Double, places: Int, english: String, polish: String
) {
    #expect(Messages.of(.en).number(value, places: places) == english)
    #expect(Messages.of(.pl).number(value, places: places) == polish)
}

@Test func `differences carry their sign, shares their percent sign`() {
    let messages = Messages.of(.en)
    #expect([4.2, -44.9, 0, 0.04].map { messages.signed($0) } == ["+4.2", "\(minus)44.9", "0.0", "0.0"])
    #expect(messages.percent(0.21) == "21%")
    #expect(Messages.of(.pl).percent(0.215, places: 1) == "21,5%")
}

private let saturday = LocalDay(year: 2026, month: 11, day: 21)!

@Test(arguments: [
    (DateStyle.long, ["21 November 2026", "2026年11月21日", "2026年11月21日", "21 listopada 2026"]),
    (.short, ["21\(gap)Nov 2026", "2026年11月21日", "2026年11月21日", "21\(gap)lis 2026"]),
    (.day, ["21\(gap)Nov", "11月21日", "11月21日", "21\(gap)lis"]),
    (.month, ["November 2026", "2026年11月", "2026年11月", "listopad 2026"]),
    (.shortMonth, ["Nov 2026", "2026年11月", "2026年11月", "lis 2026"]),
    (.week, ["week 47 of 2026", "2026年第47周", "2026年第47週", "47. tydzień 2026"]),
    (
        .full,
        [
            "Saturday, 21 November 2026", "2026年11月21日星期六", "2026年11月21日星期六", "sobota, 21 listopada 2026",
        ]
    ),
])
func `a date is said as each language says it`(style: DateStyle, expected: [String]) {
    #expect(ReaderLanguage.allCases.map { Messages.of($0).date(saturday, style) } == expected)
}

@Test(arguments: [
    ("2021-01-03", "week 53 of 2020"), ("2024-12-30", "week 1 of 2025"), ("2026-01-01", "week 1 of 2026"),
    ("2022-10-10", "week 41 of 2022"),
])
func `a week belongs to the year of its Thursday`(day: String, expected: String) throws {
    #expect(Messages.of(.en).date(try #require(LocalDay(day)), .week) == expected)
}

@Test func `a period is named by its first day`() {
    let messages = Messages.of(.en)
    let names = Interval.allCases.map { messages.period($0.start(of: saturday), $0) }
    #expect(names == ["21\(gap)Nov 2026", "week 47 of 2026", "November 2026"])
}

@Test func `times of day follow the offset over midnight`() throws {
    let at = try #require(Timestamp(rfc3339: "2026-11-21T23:05:59Z"))
    #expect(Messages.of(.pl).dateTime(at, offsetSeconds: 3600) == "22\(gap)lis 2026, 00:05")
    #expect(Messages.of(.zhHant).dateTime(at, .long, offsetSeconds: -5 * 3600) == "2026年11月21日 18:05")
}

@Test(arguments: [
    (-20, ["just now", "刚刚", "przed chwilą"]),
    (-3 * 3600 - 1700, ["3\(gap)h ago", "3 小时前", "3\(gap)godz. temu"]),
    (2 * 86_400, ["in 2 days", "2 天后", "za 2 dni"]),
    (86_399, ["in 23\(gap)h", "23 小时后", "za 23\(gap)godz."]),
    (-60, ["1\(gap)min ago", "1 分钟前", "1\(gap)min temu"]),
    (-100 * 86_400, ["3 months ago", "3 个月前", "3 miesiące temu"]),
    (800 * 86_400, ["in 2 years", "2 年后", "za 2 lata"]), (0, ["now", "现在", "teraz"]),
])
func `how long ago is said in whole units`(seconds: Int, expected: [String]) {
    let now = Timestamp(milliseconds: 1_800_000_000_000)
    let said = [ReaderLanguage.en, .zhHans, .pl].map {
        Messages.of($0).relative(now + .seconds(seconds), now: now)
    }
    #expect(said == expected)
}

@Test(arguments: [
    (0, "0\(gap)s"), (12, "12\(gap)s"), (200, "3\(gap)min 20\(gap)s"), (3600, "1\(gap)h"),
    (183_600, "2 days 3\(gap)h"),
    (86_400 + 59, "1 day"),
])
func `a span is said in its two largest units`(seconds: Int, expected: String) {
    #expect(Messages.of(.en).duration(.seconds(seconds)) == expected)
}

@Test(arguments: [
    ([], "", ""), (["a"], "a", "a"), (["a", "b"], "a and b", "a和b"),
    (["a", "b", "c"], "a, b and c", "a、b和c"),
])
func `items are joined into one phrase`(items: [String], english: String, chinese: String) {
    #expect(Messages.of(.en).list(items) == english)
    #expect(Messages.of(.zhHant).list(items) == chinese)
}
