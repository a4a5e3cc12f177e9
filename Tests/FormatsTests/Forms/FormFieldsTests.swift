@testable import Formats
import TestKit
import Testing

struct FormFieldsTests {
    @Test func `names, blanks, escapes and repeated fields are read as browsers write them`() throws {
        let fields = try FormFields(
            parsing: "score=9&where%5Bcity%5D=%C5%81%C3%B3d%C5%BA&where[city]=a+b%2Bc&&flag&empty=&a=b=c&=x")
        #expect(fields["score"] == "9")
        #expect(fields.all("where[city]") == ["Łódź", "a b+c"])
        #expect(fields["flag"] == "")
        #expect(fields["empty"] == "")
        #expect(fields["a"] == "b=c")
        #expect(fields[""] == "x")
        #expect(fields["absent"] == nil)
        #expect(fields.fields.count == 7)
    }

    @Test(arguments: [
        ("a=%", FormFields.Fault.badEscape), ("a=%4", .badEscape), ("a=%4x", .badEscape),
        ("%zz=1", .badEscape),
        ("a=%FF", .badUTF8), ("a=%ED%A0%80", .badUTF8),
    ])
    func `a broken escape and bad UTF-8 are refused`(text: String, fault: FormFields.Fault) {
        #expect(throws: fault) { try FormFields(parsing: text) }
    }

    @Test func `raw bytes that are not UTF-8 are refused`() {
        #expect(throws: FormFields.Fault.badUTF8) { try FormFields(parsing: [0x61, 0x3D, 0xFF]) }
    }

    @Test func `too many fields and too many bytes are refused`() throws {
        let limits = FormFields.Limits(fields: 2, bytes: 8)
        #expect(try FormFields(parsing: "a=1&b=2", limits: limits).fields.count == 2)
        #expect(throws: FormFields.Fault.tooManyFields) { try FormFields(parsing: "a&b&c", limits: limits) }
        #expect(throws: FormFields.Fault.tooLarge) { try FormFields(parsing: "a=1234567", limits: limits) }
    }

    @Test func `random fields read back as they were written`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<20_000 {
            let pairs = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                (random.text(upTo: 6), random.text(upTo: 6))
            }
            let fields = FormFields(pairs)
            #expect(try FormFields(parsing: fields.encoded()) == fields)
        }
    }

    @Test func `random bytes never trap`() {
        var random = SeededRandom(seed: 2)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = random.bytes(upTo: 20, likely: "a=&%41+[]")
            if (try? FormFields(parsing: bytes)) != nil { accepted += 1 }
        }
        #expect(accepted > 1000)
    }
}
