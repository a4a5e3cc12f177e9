import Accounts
import Database
import Formats
import HTTPTypes
import Kernel
import Language
import TestKit
import Testing

@testable import Surveys

@Suite struct `The pages of ask rules` {
    private func fields(_ office: PostOffice) -> [(String, String)] {
        [
            ("name", "After a delivery"), ("survey", office.survey), ("event", "delivery"),
            ("touchpoint", "door"), ("delay", "PT2H"), ("from", "09:00"), ("to", "20:00"), ("sample", "25"),
            ("quota_day", "50"), ("quota_month", ""), ("reminders", "P3D, P7D"), ("until", "2026-12-31"),
            ("where", "plan = gold, silver\ntotal >= 100\ntotal <= 500\n\nevent_count = 3"), ("period", ""),
        ]
    }

    @Test(arguments: Backend.available)
    func `say a rule as a sentence, and take it back from its form`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        #expect(try await office.site.page("/ask-rules").text.contains("No rule asks by itself yet"))
        #expect(try await office.site.page("/ask-rules/new").status == 200)
        let made = try await office.site.page("/ask-rules", form: fields(office))
        #expect(made.status == 303, "\(made.text)")
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        let list = try await office.site.page("/ask-rules").text
        for words in [
            "after “delivery”, we ask by e-mail: “Kettle delivery”.", "It is about “door”.",
            "Only 25% of them, chosen by chance.", "Only where Plan is gold or silver, Total is between 100",
            "and the number of such events is 3.", "Only between 09:00 and 20:00",
            "At most 50 people a day.", "reminded 2 times, after 3 days and 7 days.", "Until",
        ] {
            #expect(list.contains(words), "missing: \(words)")
        }
        let page = try await office.site.page(path)
        #expect(page.status == 200)
        for words in [
            "total &gt;= 100", "plan = gold, silver", "P3D P7D", #"value="2026-12-31""#, "Version 1",
        ] {
            #expect(page.text.contains(words), "\(words)")
        }
        // The form as it is changes nothing; another delay is another version.
        #expect(try await office.site.page(path, form: fields(office)).status == 303)
        let changed = fields(office).map { $0.0 == "delay" ? ("delay", "P1D") : $0 }
        #expect(try await office.site.page(path, form: changed).status == 303)
        #expect(try await office.number("SELECT MAX(version) AS n FROM ask_rules") == 2)
        #expect(try await office.site.page(path + "/pause", form: []).status == 303)
        #expect(try await office.site.page(path).text.contains("Put to work again"))
        #expect(try await office.site.page(path + "/resumption", form: []).status == 303)
        // What was reported is named, and what came of it.
        try await office.happen("a", event: "delivery")
        let after = try await office.site.page(path).text
        #expect(after.contains("Reported so far: delivery.") && after.contains("condition does not hold"))
    }

    @Test func `keep what was typed and say what is wrong`() async throws {
        let office = try await PostOffice(on: .sqlite)
        let wrong = fields(office).map { name, value in
            switch name {
            case "name": (name, "")
            case "delay": (name, "soon")
            case "to": (name, "08:00")
            case "sample": (name, "200")
            case "where": (name, "gold people")
            case "until": (name, "New Year")
            default: (name, value)
            }
        }
        let answer = try await office.site.page("/ask-rules", form: wrong)
        #expect(answer.status == 422)
        for words in [
            "Please fill this in.", "A span like PT2H", "the earlier one first", "Between 0 and 100",
            "One condition a line", "gold people", "New Year", "A time like",
        ] {
            #expect(answer.text.contains(words), "\(words)")
        }
        #expect(try await office.number("SELECT COUNT(*) AS n FROM ask_rules") == 0)
    }

    @Test(arguments: ReaderLanguage.allCases)
    func `leave no word unsaid in any language`(language: ReaderLanguage) throws {
        var definition = AskRuleDefinition(survey: Survey.ID(1), event: "case.closed")
        definition.conditions = [
            AskCondition(name: "a", test: .between(1, nil)),
            AskCondition(name: "b", test: .between(nil, 2.5)),
        ]
        definition.period = .quarter
        definition.sample = 1.0 / 3
        definition.quota = .init(day: 1, month: 5)
        let messages = Messages.of(language)
        for period in [nil, AskRuleDefinition.Period.month, .quarter, .year] {
            definition.period = period
            let text = AskRuleSentence(
                definition: definition, survey: "S", zone: .utc, messages: messages
            ).text
            #expect(text.contains("S") && !text.contains("{") && !text.contains("ask-rules"), "\(text)")
        }
        for skip in AskSkip.allCases { #expect(messages.has("ask-rules.skip.\(skip.rawValue)")) }
    }
}
