@testable import Formats
import TestKit
import Testing

struct ContactTextTests {
    @Test(arguments: [
        ("anna@example.com", "anna@example.com"),
        (" Anna.Kowalska+nps@Example.COM\n", "Anna.Kowalska+nps@example.com"),
        ("o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"), ("王@例子.中国", "王@例子.中国"),
        ("ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "anna@example.com"), ("a@例子。中国", "a@例子.中国"),
        ("zoë@żółw.PL", "zoë@żółw.pl"), ("a@xn--fsqu00a.xn--fiqs8s", "a@xn--fsqu00a.xn--fiqs8s"),
        ("x@1.pl", "x@1.pl"),
    ])
    func `an e-mail address is read and its domain lower-cased`(text: String, address: String) throws {
        #expect(try #require(EmailAddress(text)).description == address)
    }

    @Test(arguments: [
        "", "@", "a@", "@b.pl", "a@b", "a@localhost", "a.b.pl", "a@@b.pl", "a b@c.pl", ".a@b.pl", "a.@b.pl",
        "a..b@c.pl",
        "a@b..pl", "a@.pl", "a@b.pl.", "a@-b.pl", "a@b-.pl", "\"a b\"@c.pl", "a@[127.0.0.1]", "a@127.0.0.1",
        "a@b.pl,c@d.pl",
        "a@b.pl\r\nBcc: c@d.pl", "a\u{0}@b.pl", "<a@b.pl>", "a@b_c.pl", "a@b.pl\u{202E}x",
        String(repeating: "a", count: 65) + "@b.pl", "a@" + String(repeating: "b", count: 64) + ".pl",
        "a@" + String(repeating: "b.", count: 127) + "pl",
    ])
    func `what mail cannot be sent to is refused`(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test func `two writings of one mailbox share the normalised form`() throws {
        let written = try #require(EmailAddress("Anna@Example.com"))
        #expect(written.normalised == EmailAddress("anna@example.COM")?.normalised)
        #expect(written.local == "Anna")
        #expect(written.domain == "example.com")
    }

    @Test(arguments: [
        ("https://example.org", "https://example.org"), (" example.org/pl ", "https://example.org/pl"),
        ("HTTP://a-b.example.org:8080/x?y=%20#z", "HTTP://a-b.example.org:8080/x?y=%20#z"),
    ])
    func `the address of a page is read`(text: String, address: String) throws {
        #expect(try #require(WebAddress(text)).description == address)
    }

    @Test(arguments: [
        "", "example", "javascript:alert(1)", "javascript://example.org/%0aalert(1)", "https://", "ftp://a.b",
        "https://a..b", "https://-a.b", "https://a.b:99999", "https://a.b:x", "https://u:p@a.b",
        "https://a.b/<script>",
        "https://a.b/\"x", "https://a.b/ x", "https://a.b/\nx", "data:text/html,x", "https://[::1]/",
        "https://a.b/" + String(repeating: "x", count: 500),
    ])
    func `what is no page's address is refused`(text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test(arguments: [
        ("+48 600 700 800", "+48600700800"), ("0048 600-700-800", "+48600700800"),
        ("600 700 800", "600700800"),
        ("(22) 123.45.67", "221234567"), ("+86 138 0013 8000", "+8613800138000"),
        ("＋８６　１３８００１３８０００", "+8613800138000"),
        ("+44 (0) 20 7946 0958", "+442079460958"), ("tel:+1-202-555-0143", "+12025550143"),
        ("02-2345-6789", "0223456789"),
        ("112", "112"), ("٠١٢٣٤", "01234"),
    ])
    func `a telephone number keeps its digits`(text: String, number: String) throws {
        #expect(try #require(PhoneNumber(text)).description == number)
    }

    @Test(arguments: [
        "", "+", "12", "+123456", "+0048600700800", "+1234567890123456", "1234567890123456",
        "600 700 800 ext. 5", "anna",
        "600+700", "九九九", "60070080½", "123\u{0}",
    ])
    func `what cannot be dialled is refused`(text: String) {
        #expect(PhoneNumber(text) == nil)
    }

    @Test func `random text never traps, and what is read reads back the same`() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<20_000 {
            let text = String(decoding: random.bytes(upTo: 14, likely: "ab.@0123456789+-() "), as: UTF8.self)
            if let address = EmailAddress(text) { #expect(EmailAddress(address.description) == address) }
            if let number = PhoneNumber(text) { #expect(PhoneNumber(number.description) == number) }
        }
    }
}
