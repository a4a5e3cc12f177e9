import Formats
import HTTPTypes
@testable import Surveys
import TestKit
import Testing
import Web

@Suite struct SurveyPageTests {
    @Test(arguments: Backend.available)
    func `a survey is made, worded and closed without script`(backend: Backend) async throws {
        let house = try await House(on: backend)
        #expect(try await house.site.page("/surveys").text.contains("/surveys/new"))
        #expect(try await house.site.page("/surveys/new").status == 200)
        let made = try await house.site.page(
            "/surveys",
            form: [
                ("name", "Kettles"), ("scale", "csat-1-5"), ("languages", "en"), ("languages", "pl"),
                ("style", "coloured"),
            ])
        #expect(made.status == 303)
        let path = try #require(made.location?.split(separator: "?").first.map(String.init))
        let editor = try await house.site.page(path)
        #expect(editor.text.contains("https://rapport.example/s/kettles"))
        let saved = try await house.site.page(
            path,
            form: [
                ("name", "Kettles"), ("languages", "en"), ("style", "neutral"), ("do", "save"),
                ("questions", "1"),
                ("text.question.en", "Happy with the kettle?"), ("q0.key", "why"), ("q0.kind", "choice"),
                ("q0.text.en", "Why?"), ("q0.options.en", "Price\nStaff"),
            ])
        #expect(saved.status == 303)
        let page = try await house.site.call(.get, "/s/kettles").text
        #expect(page.contains("Happy with the kettle?"))
        #expect(page.contains("Staff"))
        #expect(try await house.site.page(path + "/closure", form: []).status == 303)
        #expect(try await house.site.call(.get, "/s/kettles").status == 410)
        #expect(try await house.site.page("/surveys").text.contains("Kettles"))
    }

    @Test func `a new survey that is wrong keeps what was typed`() async throws {
        let house = try await House(on: .sqlite)
        let refused = try await house.site.page(
            "/surveys",
            form: [("name", "Tea & pots"), ("scale", "0-10"), ("slug", "No"), ("languages", "en")])
        #expect(refused.status == 422)
        #expect(refused.text.contains("value=\"Tea &amp; pots\""))
        #expect(refused.text.contains("value=\"No\""))
        #expect(refused.text.contains("class=\"error\""))
        #expect(try await house.rows("surveys") == 0)
    }

    @Test func `adding, moving and removing questions changes the form and saves nothing`() async throws {
        let house = try await House(on: .sqlite)
        let id = try await house.survey().id
        let two = [
            ("name", "K"), ("languages", "en"), ("questions", "2"), ("q0.key", "first"), ("q0.kind", "text"),
            ("q1.key", "second"), ("q1.kind", "rating"),
        ]
        let expected: [(String, [String])] = [
            ("add-choice", ["first", "second", "q1"]), ("up-1", ["second", "first"]),
            ("down-0", ["second", "first"]),
            ("remove-0", ["second"]), ("remove-9", ["first", "second"]), ("up-0", ["first", "second"]),
        ]
        for (command, keys) in expected {
            let page = try await house.site.page("/surveys/\(id)", form: two + [("do", command)])
            #expect(page.status == 200)
            let shown = page.text.matches(of: /name="q\d+\.key" type="text" value="([^"]*)"/).map {
                String($0.1)
            }
            #expect(shown == keys, "\(command)")
        }
        #expect(try await house.rows("survey_versions") == 1)
    }

    @Test func `a wrong question is named beside its field and nothing is saved`() async throws {
        let house = try await House(on: .sqlite)
        let id = try await house.survey().id
        let page = try await house.site.page(
            "/surveys/\(id)",
            form: [
                ("name", "K"), ("languages", "en"), ("questions", "1"), ("q0.key", "no way"),
                ("q0.kind", "choice"),
                ("q0.text.en", "Which <one>?"), ("do", "save"),
            ])
        #expect(page.status == 422)
        #expect(page.text.matches(of: /class="error"/).count >= 2)
        #expect(page.text.contains("Which &lt;one&gt;?"))
        #expect(try await house.rows("survey_versions") == 1)
    }

    @Test func `the preview shows what is typed and may stand in a frame of ours`() async throws {
        let house = try await House(on: .sqlite)
        let id = try await house.survey().id
        let preview = try await house.site.page(
            "/surveys/\(id)/preview",
            form: [
                ("name", "K"), ("languages", "en"), ("text.question.en", "Not saved?"),
                ("preview_language", "en"),
            ])
        #expect(preview.status == 200)
        #expect(preview.text.contains("Not saved?"))
        #expect(!preview.text.contains("type=\"submit\""))
        #expect(preview.headers[.contentSecurityPolicy]?.hasSuffix("frame-ancestors 'self'") == true)
        #expect(try await !house.site.page("/surveys/\(id)/preview").text.contains("Not saved?"))
    }

    @Test(arguments: [
        (["Price", "Staff"], ["price", "staff"]), (["Staff", "Price"], ["staff", "price"]),
        (["Staff"], ["staff"]),
        (["Cost", "Staff"], ["price", "staff"]), (["Price", "Staff", "Lid"], ["price", "staff", "o1"]),
        (["Lid", "Price", "Staff"], ["o1", "price", "staff"]),
    ])
    func `an option that is moved or reworded keeps its key`(lines: [String], keys: [String]) {
        let known: [SurveyForm.KnownOption] = [
            .init(key: "price", text: "Price"), .init(key: "staff", text: "Staff"),
        ]
        #expect(SurveyForm.Draft.keys(of: lines, known: known) == keys)
    }

    @Test func `a form holds all of a definition`() throws {
        let definition = SurveyDefinition(
            languages: ["en", "ar"],
            questions: [
                Question(
                    key: "why", kind: .choices, text: ["en": "Why?", "ar": "لماذا؟"],
                    options: [
                        .init(key: "a", text: ["en": "A", "ar": "أ"]), .init(key: "b", text: ["en": "B"]),
                        .init(key: "c", text: ["ar": "ج"]),
                    ], isRequired: true)
            ], texts: [.privacy: ["en": "Ours"]], style: .coloured)
        var survey = Survey.example()
        survey.definition = definition
        var read = Survey.example()
        try read.change(by: JSONInput(.object(SurveyForm(survey).body), path: ""))
        #expect(read.definition == definition)
    }
}
