import Accounts
import Kernel
import Language
import TestKit
import Testing
import Web

@testable import Alerts
@testable import Surveys

@Suite struct `What a rule asks of an answer` {
    private static func matches(
        _ body: String, score: Int = 3, words: String = "Der Kessel war kalt",
        segments: [String: String] = [:]
    ) throws -> Bool {
        var input = try JSONInput(Array(body.utf8))
        let conditions = AlertConditions(&input)
        try input.finish()
        let response = SurveyResponse.example(score: score)
        return conditions.match(
            AlertedAnswer(response: response, words: Set(SearchWords.cut(words)), segments: segments))
    }

    @Test(arguments: [
        ("{}", true), (#"{"bands": ["detractor"]}"#, true), (#"{"bands": ["promoter", "passive"]}"#, false),
        (#"{"score_at_most": 3}"#, true), (#"{"score_at_most": 2}"#, false),
        (#"{"score_at_least": 3}"#, true), (#"{"score_at_least": 4}"#, false),
        (#"{"words": ["KALT"]}"#, true), (#"{"words": ["heiss", "kessel kalt"]}"#, true),
        (#"{"words": ["kal"]}"#, false), (#"{"words": ["kalt"], "score_at_most": 1}"#, false),
        (#"{"words": ["…"]}"#, false),
    ])
    func `is met by score, band and words, all of them together`(body: String, expected: Bool) throws {
        #expect(try Self.matches(body) == expected)
    }

    @Test(arguments: [
        ("zażółć", "Zażółć gęślą JAŹŃ", true), ("zazolc", "Zażółć gęślą jaźń", true),
        ("退款", "我要退款，谢谢", true), ("退款", "我要退錢", false), ("台湾", "寄到臺灣", true),
        ("處理", "还没有处理", true), ("REFUND", "ＲＥＦＵＮＤ now", true), ("e mail", "no e-mail came", true),
    ])
    func `is met by words in any spelling`(asked: String, said: String, expected: Bool) throws {
        #expect(try Self.matches(#"{"words": ["\#(asked)"]}"#, words: said) == expected)
    }

    @Test(
        arguments: [
            (#"{"segments": {"tier": "gold"}}"#, ["tier": "gold"], true),
            (#"{"segments": {"tier": "gold"}}"#, ["tier": "silver"], false),
            (#"{"segments": {"tier": "gold"}}"#, [:], false),
            (#"{"value": {"attribute": "worth", "at_least": 10000}}"#, ["worth": "12 000"], true),
            (#"{"value": {"attribute": "worth", "at_least": 10000}}"#, ["worth": "9,999.99"], false),
            (#"{"value": {"attribute": "worth", "at_least": 10000}}"#, ["worth": "a lot"], false),
            (#"{"value": {"attribute": "worth", "at_least": 1.5}}"#, ["worth": "1,5"], true),
        ] as [(String, [String: String], Bool)])
    func `is met by what was true of the customer`(
        body: String, segments: [String: String], expected: Bool
    ) throws {
        #expect(try Self.matches(body, segments: segments) == expected)
    }

    @Test(
        arguments: [
            ("12000", 12000), ("12 000", 12000), ("12,000", 12000), ("12,000.50", 12000.5), ("1,5", 1.5),
            ("1,234,567", 1_234_567), ("-3", -3), ("", nil), ("nan", nil), ("inf", nil), ("1.2.3", nil),
        ] as [(String, Double?)])
    func `reads numbers as people write them`(text: String, expected: Double?) {
        #expect(AlertConditions.number(text) == expected)
    }
}

@Suite struct `Quiet hours` {
    private static let zone = Zone(named: "Europe/Warsaw")!

    @Test(
        arguments: [
            ("22:00", "7:00", "2026-11-23T20:59:00Z", nil),
            ("22:00", "7:00", "2026-11-23T21:00:00Z", "2026-11-24T06:00:00Z"),
            ("22:00", "7:00", "2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z"),
            ("22:00", "7:00", "2026-11-24T06:00:00Z", nil),
            ("12:00", "14:00", "2026-11-23T12:30:00Z", "2026-11-23T13:00:00Z"),
            ("12:00", "14:00", "2026-11-23T13:00:00Z", nil),
            // The night in which the clocks go forward, and the one in which they go back.
            ("22:00", "7:00", "2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z"),
            ("22:00", "7:00", "2026-10-24T23:00:00Z", "2026-10-25T06:00:00Z"),
        ] as [(String, String, String, String?)])
    func `last until they end on the account's own clock`(
        from: String, to: String, at: String, end: String?
    ) throws {
        let hours = try #require(QuietHours(from: from, to: to))
        let moment = try #require(Timestamp(rfc3339: at))
        #expect(hours.end(around: moment, in: Self.zone)?.rfc3339 == end)
    }

    @Test func `have a length`() {
        #expect(QuietHours(from: "8:00", to: "8:00") == nil && QuietHours(from: "24:00", to: "8:00") == nil)
        #expect(QuietHours(from: "8", to: "9:00") == nil && QuietHours(from: "8:5", to: "9:00") == nil)
        #expect(QuietHours(from: "", to: "") == nil)
    }
}

@Suite struct `A sealed secret` {
    private let world = TestClock().world

    @Test func `opens for whom it was sealed, here and unchanged`() throws {
        let seal = RobotSeal(secret: [1, 2, 3])
        let sealed = try seal.seal("https://hooks.example/żółw", for: "hook alr_1", world: world)
        #expect(seal.open(sealed, for: "hook alr_1") == "https://hooks.example/żółw")
        #expect(seal.open(sealed, for: "hook alr_2") == nil)
        #expect(RobotSeal(secret: [1, 2, 4]).open(sealed, for: "hook alr_1") == nil)
        #expect(try seal.seal("a", for: "b", world: world) != seal.seal("a", for: "b", world: world))
        for index in sealed.indices {
            var changed = sealed
            changed.replaceSubrange(index...index, with: sealed[index] == "0" ? "1" : "0")
            #expect(seal.open(changed, for: "hook alr_1") == nil)
        }
        #expect(seal.open("", for: "x") == nil && seal.open("v1.zz", for: "x") == nil)
        #expect(seal.open("v1.abc", for: "x") == nil)
    }

    @Test func `is named alike each time, and not told`() {
        let seal = RobotSeal(secret: [1, 2, 3])
        #expect(seal.mark("https://a") == seal.mark("https://a"))
        #expect(seal.mark("https://a") != seal.mark("https://b"))
        #expect(seal.mark("https://a") != RobotSeal(secret: [4]).mark("https://a"))
    }
}

extension SurveyResponse {
    fileprivate static func example(score: Int) -> SurveyResponse {
        SurveyResponse(
            id: ID(7), account: 1, survey: Survey.ID(1), surveyVersion: 1,
            score: Score(score, on: .nps0to10)!,
            comment: nil, customer: nil, touchpoint: nil, channel: "api", agent: nil, language: nil,
            source: .api, followUp: true, occurredAt: Timestamp(milliseconds: 0),
            recordedAt: Timestamp(milliseconds: 0))
    }
}
