@testable import Formats
import TestKit
import Testing

struct NegotiationTests {
    private let ours = ["en", "zh-Hans", "zh-Hant", "pl"]

    @Test(arguments: [
        ("pl", "pl"), ("pl-PL,pl;q=0.9,en;q=0.8", "pl"), ("de, pl;q=0.5, en;q=0.7", "en"), ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"),
        ("ZH-mo", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"), ("zh-Hans-TW", "zh-Hans"), ("en-x-pirate", "en"), ("EN-us;q=0.1", "en"),
        ("fr, *;q=0.1", "en"), ("*, en;q=0", "zh-Hans"), ("pl;q=0, en;q=0.1", "en"), ("zh_TW", "zh-Hant"),
        ("pl; Q=0.5 , en ;q=0.4", "pl"), ("pl;q=1.000,en", "pl"),
    ])
    func `the best language wins`(header: String, best: String) {
        #expect(AcceptLanguage.best(header, among: ours) == best)
    }

    @Test(arguments: [
        "", "de", "de-CH, fr;q=0.9", "pl;q=0", "pl;q=2", "pl;q=0.1234", "pl;q=x", ",;,=;q", "-", "english",
    ])
    func `where none fits there is none`(header: String) {
        #expect(AcceptLanguage.best(header, among: ours) == nil)
    }

    @Test(arguments: [
        ("gzip, deflate, br", ContentCoding.br), ("gzip", .gzip), ("br;q=0.5, gzip;q=0.8", .gzip), ("*", .br),
        ("*;q=0", .identity), ("br;q=0, *", .gzip), ("identity", .identity), ("", .identity),
        ("deflate", .identity),
        ("gzip;q=0.5, identity", .identity), ("GZIP", .gzip), ("gzip;q=0", .identity),
    ])
    func `the best coding wins`(header: String, best: ContentCoding) {
        #expect(ContentCoding.best(header) == best)
    }

    @Test func `without the header the body stays bare`() {
        #expect(ContentCoding.best(nil) == .identity)
        #expect(ContentCoding.best("br, gzip", among: [.gzip]) == .gzip)
    }

    @Test func `random headers never trap`() {
        var random = SeededRandom(seed: 4)
        var found = 0
        for _ in 0..<20_000 {
            let header = String(
                decoding: random.bytes(upTo: 16, likely: "enplzhTW-,;q=0.15*gzipbr "), as: UTF8.self)
            if AcceptLanguage.best(header, among: ours) != nil { found += 1 }
            _ = ContentCoding.best(header)
        }
        #expect(found > 100)
    }
}
