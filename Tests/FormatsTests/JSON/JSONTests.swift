@testable import Formats
import Testing

struct JSONTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
            ("9223372036854775807", .integer(.max)), ("7.0", .number(7)), ("7e0", .number(7)),
            ("-1.5E+2", .number(-150)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("5e-324", .number(.leastNonzeroMagnitude)),
            ("\"\"", ""), (#""a\"\\\/\b\f\n\r\t\u00e9""#, "a\"\\/\u{8}\u{C}\n\r\té"),
            (#""\uD83D\uDE00""#, "😀"),
            ("\"九 zażółć 😀\"", "九 zażółć 😀"), ("[]", []), ("[ 1 , [2],{} ]", [1, [2], [:]]), ("{}", [:]),
            ("\r\n{ \"b\" : 1,\t\"a\":[null] }", ["b": 1, "a": [nil]]),
        ] as [(String, JSONValue)])
    func `what RFC 8259 allows is read`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
        #expect(try JSONValue(parsing: text.utf8.lazy.map { $0 }) == value)
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("nul", 0), ("nulll", 4), ("True", 0), ("01", 0), ("-01", 1), ("-", 1), ("+1", 0),
        (".5", 0),
        ("1.", 2), ("1.e3", 2), ("1e", 2), ("1e+", 3), ("NaN", 0), ("Infinity", 0), ("0x10", 1), ("'a'", 0),
        ("\"a", 2), ("\"a\nb\"", 2), ("\"\u{0}\"", 1), (#""\x""#, 2), (#""\u12g4""#, 5), (#""\u12"#, 5),
        ("[", 1), ("[1", 2), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("{", 1), ("{\"a\"}", 4),
        ("{\"a\":}", 5),
        ("{\"a\":1,}", 7), ("{a:1}", 1), ("{1:2}", 1), ("[]]", 2), ("1 2", 2), ("\u{FEFF}1", 0),
        ("/*x*/1", 0),
    ])
    func `what it forbids is refused at its byte`(text: String, offset: Int) {
        #expect(throws: JSONError(kind: .syntax, offset: offset)) { try JSONValue(parsing: text) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE4, 0xB9], [0xFF],
        ] as [[UInt8]])
    func `a string that is not UTF-8 is refused`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError(kind: .badUTF8, offset: 1)) {
            try JSONValue(parsing: [quote] + bytes + [quote])
        }
    }

    @Test(arguments: [#""\uD800""#, #""\uDC00""#, #""\uD800\u0041""#, #""\uD800\n""#, #""\uD800\uD800""#])
    func `half a surrogate pair is refused`(text: String) {
        #expect(throws: JSONError(kind: .badUTF8, offset: 3)) { try JSONValue(parsing: text) }
    }

    @Test func `nesting has a limit`() throws {
        let nested = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(32))
        #expect(throws: JSONError(kind: .tooDeep, offset: 32)) { try JSONValue(parsing: nested(33)) }
        #expect(throws: JSONError(kind: .tooDeep, offset: 256)) {
            try JSONValue(parsing: nested(100_000), maximumDepth: .max)
        }
        #expect(throws: JSONError(kind: .tooDeep, offset: 0)) {
            try JSONValue(parsing: "{}", maximumDepth: -1)
        }
        _ = try JSONValue(parsing: "[[],[],{\"a\":{}}]", maximumDepth: 3)
    }

    @Test(arguments: [2, 17, 40])
    func `a key given twice is refused by name`(count: Int) {
        let keys = (1..<count).map { "\"k\($0)\":0" } + ["\"k1\":0"]
        let text = "{" + keys.joined(separator: ",") + "}"
        let offset = text.utf8.count - 7
        #expect(throws: JSONError(kind: .duplicateKey("k1"), offset: offset)) { try JSONValue(parsing: text) }
    }

    @Test(arguments: ["1e999", "-1e309"])
    func `a number beyond a double is refused`(text: String) {
        #expect(throws: JSONError(kind: .numberOutOfRange, offset: 0)) { try JSONValue(parsing: text) }
    }

    @Test func `7 and 7.0 are the same whole number`() {
        #expect(JSONValue.number(7).exactInteger == 7)
        #expect(JSONValue.integer(7).exactInteger == 7)
        #expect(JSONValue.number(7).int == nil)
        for value: JSONValue in [7.5, .number(1e300), .number(.nan), "7", nil, true, [7]] {
            #expect(value.exactInteger == nil)
        }
    }

    @Test func `written text is compact, keeps order and may stand in HTML`() {
        let value: JSONValue = [
            "z": [1, -2.5, nil], "a": "</script>\"\\\n\u{1}é九", "e": [:], "f": [], "n": .number(.nan),
        ]
        #expect(
            value.text
                == #"{"z":[1,-2.5,null],"a":"\u003c/script>\"\\\n\u0001é九","e":{},"f":[],"n":null}"#)
    }

    @Test func `an object keeps order, replaces in place and drops what is set to nil`() {
        var object: JSONObject = ["b": 1, "a": 2, "b": 3]
        #expect(object.keys == ["b", "a"])
        #expect(object["b"] == 3)
        object["c"] = 4
        object["b"] = nil
        #expect(object == ["a": 2, "c": 4])
        #expect(object["missing"] == nil)
    }

    @Test(arguments: [0, 7, -7, 10, 1_000_000, .max, .min] as [Int64])
    func `a whole number keeps every digit`(number: Int64) {
        #expect(JSONValue.integer(number).text == "\(number)")
    }

    @Test func `what is written as it comes reads as what was built`() throws {
        let members: JSONObject = ["g\"": [nil, true], "h": [:]]
        var json = JSONBytes()
        json.object { json in
            json.key("a")
            json.array { json in
                json.value(1)
                json.object { _ in }
                json.array { $0.value("<") }
            }
            json.key("b")
            json.value(-2.5)
            json.members(of: members)
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == JSONValue.object(["a": [1, [:], ["<"]], "b": -2.5, "g\"": [nil, true], "h": [:]]).text)
    }
}
