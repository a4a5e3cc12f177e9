import Customers
import Formats
import Kernel
@testable import Surveys
import Testing
import Web

private let noon = Timestamp(rfc3339: "2026-11-23T12:00:00Z")!
private let survey = Survey.example(
    questions: [
        Question(key: "speed", kind: .rating, text: ["en": "Speed?"]),
        Question(
            key: "why", kind: .choice, text: ["en": "Why?"],
            options: [
                .init(key: "price", text: ["en": "Price"]), .init(key: "staff", text: ["en": "Staff"]),
            ]),
        Question(
            key: "parts", kind: .matrix, text: ["en": "Parts?"],
            options: [.init(key: "lid", text: ["en": "Lid"]), .init(key: "base", text: ["en": "Base"])]),
        Question(
            key: "used", kind: .choices, text: ["en": "Used?"],
            options: [.init(key: "a", text: ["en": "A"]), .init(key: "b", text: ["en": "B"])]),
        Question(key: "idea", kind: .text, text: ["en": "Idea?"]),
        Question(key: "reach", kind: .contact, text: ["en": "Reach?"]),
    ])

private func wrong(_ body: String, for survey: Survey = survey) -> [String] {
    do {
        _ = try ResponseDraft(JSONInput(Array(body.utf8)), for: survey, at: noon)
        return []
    } catch {
        return error.fields.map { "\($0.pointer) \($0.code)" }
    }
}

@Suite struct ResponseDraftTests {
    @Test(
        arguments: [
            (#"{"score": 11}"#, ["/score out-of-range"]), (#"{"score": 7.5}"#, ["/score not-an-integer"]),
            (#"{"score": "x"}"#, ["/score wrong-type"]), (#"{"score": null}"#, ["/score missing"]),
            ("{}", ["/score missing"]), (#"{"score": -1}"#, ["/score out-of-range"]),
            (#"{"score": 9, "colour": "red"}"#, ["/colour unknown-field"]),
            (#"{"score": 9, "comment": 5}"#, ["/comment wrong-type"]),
            (#"{"score": 9, "comment": "a\u0000b"}"#, ["/comment not-text"]),
            (#"{"score": 9, "answers": {"taste": 5}}"#, ["/answers/taste unknown-field"]),
            (#"{"score": 9, "answers": {"speed": 6}}"#, ["/answers/speed out-of-range"]),
            (#"{"score": 9, "answers": {"why": "weather"}}"#, ["/answers/why unknown-value"]),
            (#"{"score": 9, "answers": {"used": "a"}}"#, ["/answers/used wrong-type"]),
            (#"{"score": 9, "answers": {"parts": {"lid": 0}}}"#, ["/answers/parts/lid out-of-range"]),
            (#"{"score": 9, "answers": {"parts": {"handle": 1}}}"#, ["/answers/parts/handle unknown-field"]),
            (#"{"score": 9, "answers": {"reach": {"email": "x"}}}"#, ["/answers/reach/email not-an-email"]),
            (#"{"score": 9, "answers": []}"#, ["/answers wrong-type"]),
            (#"{"score": 9, "customer": {"email": "nobody"}}"#, ["/customer/email not-an-email"]),
            (#"{"score": 9, "customer": {"phone": "call me"}}"#, ["/customer/phone not-a-phone"]),
            (#"{"score": 9, "customer": {"language": "??"}}"#, ["/customer/language not-a-language"]),
            (
                #"{"score": 9, "customer": {"attributes": {"plan": []}}}"#,
                ["/customer/attributes/plan wrong-type"]
            ),
            (#"{"score": 9, "occurred_at": "yesterday"}"#, ["/occurred_at not-a-time"]),
            (#"{"score": 9, "occurred_at": "2026-11-23T12:05:01Z"}"#, ["/occurred_at in-the-future"]),
            (
                #"{"score": 11, "comment": 5, "agent": {}}"#,
                ["/score out-of-range", "/comment wrong-type", "/agent wrong-type"]
            ),
        ] as [(String, [String])])
    func `what is wrong is named, all at once`(body: String, expected: [String]) {
        #expect(wrong(body) == expected)
    }

    @Test(arguments: [
        #"{"score": 0}"#, #"{"score": 9.0}"#, #"{"score": 10, "comment": null}"#,
        #"{"score": 9, "occurred_at": "2026-11-23T12:05:00Z"}"#,
        #"{"score": 9, "customer": {"attributes": {"plan": "gold", "visits": 3, "vip": true, "old": null}}}"#,
    ])
    func `what is right is taken`(body: String) {
        #expect(wrong(body) == [])
    }

    @Test func `a comment of 10,000 characters is taken, one more is not`() {
        let longest = String(repeating: "水", count: 10_000)
        #expect(wrong(#"{"score": 9, "comment": "\#(longest)"}"#) == [])
        #expect(wrong(#"{"score": 9, "comment": "\#(longest)壶"}"#) == ["/comment too-long"])
    }

    @Test func `a required question must be answered`() {
        let strict = Survey.example(
            questions: [Question(key: "speed", kind: .rating, text: ["en": "Speed?"], isRequired: true)])
        #expect(wrong(#"{"score": 9}"#, for: strict) == ["/answers/speed missing"])
        #expect(wrong(#"{"score": 9, "answers": {}}"#, for: strict) == ["/answers/speed missing"])
        #expect(wrong(#"{"score": 9, "answers": {"speed": 3}}"#, for: strict) == [])
    }

    @Test func `every kind of answer is read`() throws {
        let body = #"""
            {"score": 9, "answers": {"speed": 4, "why": "staff", "parts": {"base": 2}, 
             "used": ["b", "a", "b"],
             "idea": " blue ", "reach": {"email": "Ann@Example.com"}}}
            """#
        let draft = try ResponseDraft(JSONInput(Array(body.utf8)), for: survey, at: noon)
        #expect(
            draft.answers == [
                Answer(question: "speed", number: 4), Answer(question: "why", choice: "staff"),
                Answer(question: "parts", item: "base", number: 2),
                Answer(question: "used", item: "b", choice: "b"),
                Answer(question: "used", item: "a", choice: "a"),
                Answer(question: "idea", words: "blue"), Answer(question: "reach", item: "email"),
            ])
        #expect(draft.contact?.email?.normalised == "ann@example.com")
    }
}

extension Survey {
    static func example(scale: Scale = .nps0to10, questions: [Question] = []) -> Survey {
        Survey(
            id: Identifier(1), account: 1, slug: "kettle", name: "Kettle", scale: scale, method: .strict,
            status: .open, version: 1, definition: SurveyDefinition(questions: questions), isSample: false,
            createdAt: noon, updatedAt: noon)
    }
}
