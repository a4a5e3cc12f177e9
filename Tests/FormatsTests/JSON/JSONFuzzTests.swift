@testable import Formats
import TestKit
import Testing

struct JSONFuzzTests {
    @Test func `random bytes never trap, and what is accepted reads back the same`() throws {
        var random = SeededRandom(seed: 8259)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = random.bytes(upTo: 24, likely: "{}[]\",:0123456789.eE-+ \\utrnfalse")
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            accepted += 1
            #expect(try JSONValue(parsing: value.encoded()) == value)
        }
        #expect(accepted > 100)
    }

    @Test func `a document cut or changed at any byte never traps`() {
        let text = #"{"score":9,"comment":"très bien 九\u00e9\ud83d\ude00","answers":{"a":[1.5e3,true,null]}}"#
        let whole = Array(text.utf8)
        for cut in 0..<whole.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: whole.prefix(cut)) }
            for byte in UInt8.min...UInt8.max {
                var changed = whole
                changed[cut] = byte
                _ = try? JSONValue(parsing: changed)
            }
        }
    }

    @Test func `any value reads back as it was written`() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            let value = Self.value(&random, depth: 4)
            #expect(try JSONValue(parsing: value.encoded()) == value)
        }
    }

    private static func value(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return nil
        case 1: return .bool(.random(using: &random))
        case 2:
            return .integer(
                .random(in: .min + 1 ... .max, using: &random) >> Int64.random(in: 0..<64, using: &random))
        case 3:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number : 0.1)
        case 4, 5: return .string(text(&random))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                        (text(&random), value(&random, depth: depth - 1))
                    }))
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "\"", "\\", "<", "\u{0}", "\n", "é", "九", "\u{2028}", "😀", "\u{301}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            text.append(scalars.randomElement(using: &random) ?? "a")
        }
        return String(text)
    }
}
