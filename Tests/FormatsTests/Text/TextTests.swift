@testable import Formats
import TestKit
import Testing

struct TextTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
        ("\u{3FF}?>", "z78_Pg"),
    ])
    func `base64url goes both ways`(text: String, encoded: String) {
        #expect(Base64URL.encode(text.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(text.utf8))
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9=", "Z g", "Zm+v", "ł"])
    func `what base64url never writes is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `any bytes come back from base64url`() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<20_000 {
            let bytes = random.bytes(upTo: 12, likely: "abc")
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            _ = Base64URL.decode(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func `text is safe in an element and in a quoted attribute`() {
        #expect("<a href='x' b=\"y\">&九".htmlEscaped == "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;九")
        #expect("plain 九".htmlEscaped == "plain 九")
    }

    @Test(arguments: [
        ("Customer survey 2026", "customer-survey-2026"), ("  Zażółć gęślą jaźń! ", "zazolc-gesla-jazn"),
        ("A—B & Ç", "a-b-c"), ("Große Straße", "grosse-strasse"), ("Ｐｌａｎ ９", "plan-9"),
        ("e\u{301}te\u{301}", "ete"), ("abc 满意度", "abc"),
        (
            String(repeating: "ab ", count: 40),
            "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a"
        ),
    ])
    func `a name becomes a slug`(name: String, slug: String) {
        #expect(Slug.make(from: name) == slug)
        #expect(Slug.isValid(slug))
    }

    @Test(arguments: ["", "满意度调查", "a", "a b".replacing(" ", with: ""), "--"])
    func `a name without letters makes no slug`(name: String) {
        #expect(Slug.make(from: name) == nil)
    }

    @Test(arguments: ["ab", "Abc", "a_c", "a c", "żół", String(repeating: "a", count: 65)])
    func `what is no slug is refused`(text: String) {
        #expect(!Slug.isValid(text))
    }

    @Test func `any name makes a valid slug or none`() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<20_000 {
            if let slug = Slug.make(from: random.text(upTo: 30)) { #expect(Slug.isValid(slug)) }
        }
    }
}

struct ScoreTextTests {
    @Test(arguments: [
        ("9", 9), ("９", 9), (" 9 ", 9), ("9.0", 9), ("9,0", 9), ("９．０", 9), ("\u{3000}10\u{A0}", 10),
        ("-10", -10),
        ("−10", -10), ("－１０", -10), ("+7", 7), ("007", 7), ("9.00", 9), ("123456789", 123_456_789),
        ("\u{FEFF}4", 4), ("-2147483648", -2_147_483_648),
    ])
    func `a whole number is read however it is written`(text: String, value: Int) {
        #expect(ScoreText.integer(text) == value)
    }

    @Test(arguments: [
        "", " ", "7.5", "九", "nine", "9.", ".0", "9.0.0", "9e0", "1,000", "1 0", "--1", "+", "-", "9a", "½",
        "⑨", "٩",
        "1234567890123456789", "0x9", "NaN", "9.0000000000000000",
    ])
    func `what is no whole number is refused`(text: String) {
        #expect(ScoreText.integer(text) == nil)
    }

    @Test func `blank cells are blank in every script`() {
        #expect(["", " ", "\t", "\u{3000}\u{A0}", "\u{FEFF}"].allSatisfy(ScoreText.isBlank))
        #expect(!ScoreText.isBlank(" 0 "))
    }

    @Test func `every integer reads back`() {
        for value in -2000...2000 {
            #expect(ScoreText.integer("\(value)") == value)
            #expect(ScoreText.integer(" \(value).0") == value)
        }
    }
}
