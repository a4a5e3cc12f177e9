import Formats
import Kernel
import Testing

@testable import Insight

struct OverviewPeriodTests {
    private let today = LocalDay("2026-11-21") ?? LocalDay(number: 0)

    @Test(arguments: [
        (OverviewPeriod.Span.fourWeeks, "2026-10-19", "2026-09-15"),
        (.threeMonths, "2026-08-17", "2026-05-12"), (.year, "2025-11-01", "2024-10-11"),
    ])
    func `a span ends today and the one before it is as long`(
        span: OverviewPeriod.Span, from: String, before: String
    ) {
        let period = OverviewPeriod(span, today: today)
        #expect(period.from.description == from && period.lastDay == today)
        #expect(period.before.from.description == before && period.before.to == period.from)
    }

    @Test
    func `dates in the wrong order are put right, and both count`() {
        let question = OverviewQuestion(
            FormFields([("period", "custom"), ("from", "2026-11-10"), ("to", "2026-11-01")]))
        let period = question.period(today: today)
        #expect(period.from.description == "2026-11-01" && period.to.description == "2026-11-11")
        #expect(period.interval == .day)
    }

    @Test
    func `a view is its address, and a chip takes one value out of it`() throws {
        let fields = FormFields([
            ("period", "12m"), ("where[touchpoint]", "a b"), ("where[touchpoint]", ""),
            ("where[city]", "Łódź"),
        ])
        let question = OverviewQuestion(fields)
        let again = try FormFields(parsing: String(question.address.dropFirst(2)))
        #expect(OverviewQuestion(again) == question)
        let less = question.without("touchpoint", "a b").without("city", "Łódź")
        #expect(less.filters == [.init(name: "touchpoint", values: [""])])
        #expect(less.with("touchpoint", "x").filters == [.init(name: "touchpoint", values: ["", "x"])])
        #expect(OverviewQuestion().address == "/")
    }

    @Test
    func `what cannot be read counts as not asked`() {
        let question = OverviewQuestion(
            FormFields([("survey", "x"), ("period", "century"), ("from", "yesterday")]))
        #expect(question == OverviewQuestion())
    }
}
