@testable import Formats
import TestKit
import Testing

struct CookiesTests {
    @Test func `cookies are read from one header or several`() {
        let cookies = Cookies(["a=1; b=\"x y\";c = 3 ", "a=2; d="])
        #expect(cookies["a"] == "1")
        #expect(cookies["b"] == "x y")
        #expect(cookies["c"] == "3")
        #expect(cookies["d"] == "")
        #expect(cookies["e"] == nil)
    }

    @Test(arguments: ["", ";;;", "novalue", "=x", "\u{0}", "a", " ; = ; "])
    func `what is no cookie is passed over`(header: String) {
        #expect(Cookies(header) == Cookies(""))
        #expect(Cookies(header + "; s=1")["s"] == "1")
    }

    @Test func `a broken escape stays as it stands`() {
        #expect(Cookies("a=50%; b=%zz; c=%FF")["a"] == "50%")
        #expect(Cookies("b=%zz")["b"] == "%zz")
    }

    @Test func `a cookie is written for this host only`() {
        #expect(
            SetCookie("__Host-session", "abc", maxAgeSeconds: 60, isSecure: true).header
                == "__Host-session=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax")
        #expect(
            SetCookie("theme", "dark", isSecure: false, sameSite: .strict, isHTTPOnly: false).header
                == "theme=dark; Path=/; SameSite=Strict")
    }

    @Test func `no value adds an attribute or a header, and each reads back`() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            let value = random.text(upTo: 8)
            let header = SetCookie("name", value, isSecure: true).header
            let pair = try #require(header.split(separator: ";").first)
            #expect(header == pair + "; Path=/; Secure; HttpOnly; SameSite=Lax")
            #expect(!header.unicodeScalars.contains { $0 == "\r" || $0 == "\n" })
            #expect(Cookies(String(pair))["name"] == value)
        }
    }
}
