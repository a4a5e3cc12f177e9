import Accounts
import Kernel
import Language
import Surveys
import TestKit
import Testing

@testable import Insight

struct OverviewRoutesTests {
    @Test(arguments: Backend.available)
    func `without a survey or an answer the page names the one next step`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let none = try await programme.site.page("/")
        #expect(none.status == 200 && none.text.contains("href=\"/surveys/new\""))
        let survey = try await programme.survey()
        let waiting = try await programme.site.page("/")
        #expect(waiting.text.contains("href=\"/surveys/\(survey.id)\""))
        #expect(!waiting.text.contains("class=\"lead\""))
    }

    @Test(arguments: Backend.available)
    func `old answers are one step away`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record(
            (0..<20).map { GivenAnswer($0 < 15 ? 10 : 3, on: $0 < 10 ? "2023-02-07" : "2023-06-05") },
            for: survey)
        try await programme.count()
        let page = try await programme.site.page("/?survey=\(survey.id)").text
        #expect(page.contains("No answer in the last 3 months"))
        #expect(page.contains("The newest answer is from 5"))
        let step = "/?survey=\(survey.id)&period=custom&from=2022-06-06&to=2023-06-05"
        #expect(page.contains("href=\"\(step.replacing("&", with: "&amp;"))\""))
        let year = try await programme.site.page(step).text
        #expect(year.contains("NPS is most likely between 6.3 and 77.6"))
    }

    @Test(arguments: Backend.available)
    func `it opens with a sentence that says score, doubt, change and cases`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        let now = (0..<40).map { GivenAnswer($0 < 20 ? 9 : $0 < 30 ? 7 : 3, on: "2026-11-10") }
        let before = (0..<40).map { GivenAnswer($0 < 18 ? 9 : $0 < 30 ? 7 : 3, on: "2026-08-01") }
        try await programme.record(now + before, for: survey)
        try await programme.count()
        let page = try await programme.site.page("/").text
        #expect(page.contains("NPS is 25.0, most likely between"))
        #expect(page.contains("from 40 answers in the last 3 months."))
        #expect(page.contains("It is 5.0 points higher than in the period before; that is not proven."))
        #expect(page.contains("p = 0.79"))
        #expect(page.contains("<a href=\"/cases?overdue=true\">7 cases are overdue.</a>"))
        #expect(page.contains("Ada &lt;b&gt;"))
        #expect(page.contains("(20 promoters − 10 detractors) ÷ 40 answers × 100"))
    }

    @Test(arguments: Backend.available)
    func `a change that is only mix is told with its bridge`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        // Shops are loved and repairs are not, in both periods alike; only their shares change.
        func answers(shop: Int, repair: Int, on day: String) -> [GivenAnswer] {
            (0..<shop).map { GivenAnswer($0 % 5 == 0 ? 5 : 10, on: day, touchpoint: "shop") }
                + (0..<repair).map { GivenAnswer($0 % 5 == 0 ? 10 : 5, on: day, touchpoint: "repair") }
        }
        try await programme.record(
            answers(shop: 80, repair: 20, on: "2026-07-20") + answers(shop: 20, repair: 80, on: "2026-11-02"),
            for: survey)
        try await programme.count()
        let page = try await programme.site.page("/").text
        #expect(page.contains("It fell by 72.0 points on the period before"))
        #expect(page.contains("But that is mix: with the same shares of “Touchpoint” in both periods"))
        #expect(page.contains("id=\"bridge\""))
    }

    @Test(arguments: Backend.available)
    func `the largest move within a period is named with its week`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        let answers = (0..<40).flatMap { number in
            let (score, week) = (number % 10, number < 20 ? "2026-10-13" : "2026-10-20")
            return [GivenAnswer(number < 20 ? 10 : score < 5 ? 2 : 8, on: week, touchpoint: "till")]
        }
        try await programme.record(answers, for: survey)
        try await programme.count()
        let today = try #require(LocalDay("2026-11-23"))
        let overview = try await programme.database.read { tx in
            try Overview.look(
                at: survey, OverviewPeriod(.threeMonths, today: today), filters: [], zone: .utc, in: tx)
        }
        #expect(overview.turn?.start.description == "2026-10-19")
        #expect(overview.turn?.change.difference == -150)
    }

    @Test(arguments: Backend.available)
    func `a list shows each survey's score, under five answers only their number`(backend: Backend)
        async throws
    {
        let programme = try await Programme(backend)
        let (many, few) = (try await programme.survey("Many"), try await programme.survey("Few"))
        try await programme.record((0..<20).map { GivenAnswer($0 < 15 ? 10 : 3) }, for: many)
        try await programme.record([GivenAnswer(10)], for: few)
        try await programme.count()
        let figures = try await programme.database.read { tx in
            try SurveyScores.figures(of: [many, few], Messages.of(.en), in: tx)
        }
        #expect(figures[many.id]?.n == 20 && figures[many.id]?.value == "50.0")
        #expect(figures[many.id]?.interval != nil)
        #expect(figures[few.id] == SurveyFigure(n: 1, value: nil, interval: nil, provisional: 0))
        let none = try await programme.database.read { tx in
            try SurveyScores.figures(of: [], Messages.of(.en), in: tx)
        }
        #expect(none.isEmpty)
    }

    @Test(arguments: Backend.available)
    func `under five answers no value is shown, and how many are missing is said`(backend: Backend)
        async throws
    {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record([GivenAnswer(10), GivenAnswer(9), GivenAnswer(1)], for: survey)
        try await programme.count()
        let page = try await programme.site.page("/").text
        #expect(page.contains("3 answers came in the last 3 months; 2 more are needed"))
        #expect(page.contains("2 more answers needed"))
        #expect(!page.contains("33.3"))
    }

    @Test(arguments: Backend.available)
    func `small groups are neither ranked nor valued, filters are chips`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record(
            (0..<30).map {
                GivenAnswer(9, touchpoint: $0 < 3 ? "kiosk" : "shop", agent: $0 < 15 ? "ada" : "bo")
            }, for: survey)
        try await programme.count()
        let page = try await programme.site.page("/").text
        #expect(page.contains("1 value has fewer than 5 answers and is not ranked"))
        #expect(page.contains("href=\"/?where%5Btouchpoint%5D=kiosk\""))
        let few = try await programme.site.page("/?where[touchpoint]=kiosk").text
        #expect(few.contains("Touchpoint: kiosk") && few.contains("2 more are needed"))
        let nobody = try await programme.site.page("/?where[touchpoint]=moon").text
        #expect(nobody.contains("No answer with these filters"))
    }

    @Test(arguments: Backend.available)
    func `groups and changes of a weighted survey are weighted`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey("Weighted", .npsSigned, .weighted)
        func answers(_ score: Int, _ place: String, on day: String) -> [GivenAnswer] {
            (0..<20).map { _ in GivenAnswer(score, on: day, touchpoint: place) }
        }
        try await programme.record(
            answers(9, "shop", on: "2026-11-10") + answers(10, "web", on: "2026-11-10")
                + answers(10, "shop", on: "2026-07-20") + answers(10, "web", on: "2026-07-20"), for: survey)
        try await programme.count()
        let page = try await programme.site.page("/").text
        #expect(page.contains("NPS is 95.0"))
        #expect(page.contains("It fell by 5.0 points on the period before"))
        #expect(page.contains("90.0 (") && page.contains("Touchpoint: 2 stand out"))
    }

    @Test(arguments: Backend.available)
    func `what stands out is shown, all else folded`(backend: Backend) async throws {
        let programme = try await Programme(backend)
        let survey = try await programme.survey()
        try await programme.record(
            (0..<80).map {
                GivenAnswer(
                    $0 % 2 == 0 ? 10 : 2, touchpoint: $0 % 2 == 0 ? "shop" : "web",
                    agent: $0 < 40 ? "ada" : "bo")
            }, for: survey)
        try await programme.count()
        let page = try await programme.site.page("/").text
        #expect(page.contains("<summary>Agent: none stands out</summary>"))
        #expect(page.contains("Touchpoint: 2 stand out"))
        #expect(!page.contains("<summary>Touchpoint: 2 stand out</summary>"))
    }

    @Test(arguments: ["en", "pl", "zh-Hans", "zh-Hant"])
    func `every sentence of the page stands in the reader's language`(language: String) async throws {
        let programme = try await Programme(.sqlite)
        let survey = try await programme.survey("Ease", .ces1to7)
        try await programme.record(
            GivenAnswer.some(90, from: "2026-09-01", days: 80, scale: survey.scale, seed: 3), for: survey)
        try await programme.record([GivenAnswer(6, on: "2026-07-01")], for: survey)
        try await programme.count()
        let page = try await programme.site.page("/?period=12m&lang=\(language)").text
        #expect(page.contains("lang=\"\(language)\""))
        for prefix in ["overview.", "report.", "scores.between", "scores.more"] {
            #expect(!page.contains(prefix), "a key stands for its text: \(prefix)")
        }
    }
}
