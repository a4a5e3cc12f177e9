import Formats
import Kernel
import Testing

@Suite struct `A header of signatures` {
    private let one = SignatureHeader.Signature(version: "v1", bytes: [1, 2, 3])
    private let two = SignatureHeader.Signature(version: "v1", bytes: [250, 251, 252, 253])

    @Test func `reads back, and holds each of its signatures`() throws {
        let header = SignatureHeader([one, two])
        #expect(header.text == "v1,AQID v1,+vv8/Q==")
        let read = try #require(SignatureHeader(header.text))
        #expect(read == header && read.holds(one) && read.holds(two))
        #expect(!read.holds(.init(version: "v1", bytes: [1, 2, 4])))
        #expect(!read.holds(.init(version: "v1", bytes: [1, 2])))
        #expect(!read.holds(.init(version: "v1a", bytes: [1, 2, 3])), "another method is another signature")
    }

    @Test(arguments: [
        "", " ", "v1", "v1,", "v1,AQI", "v1,AQID=", "v1,AQID====", "v1,AQ-_", "V1,AQID", ",AQID", "v1;AQID",
        "v1,AQID v1", "v1,AQID,AQID", String(repeating: "v1,AQID ", count: 17),
        "v1," + String(repeating: "AAAA", count: 2000),
    ])
    func `is none of these`(text: String) { #expect(SignatureHeader(text) == nil) }

    @Test(arguments: [[], [0], [255, 254], [0, 16, 131], [62, 63, 255, 190, 5]] as [[UInt8]])
    func `rests on base64 that reads back`(bytes: [UInt8]) {
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
}

@Suite struct `A pause that a server asks for` {
    private let now = Timestamp(rfc3339: "1994-11-06T08:49:00Z")!

    @Test(arguments: [
        ("0", 0), ("120", 120), ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sunday, 06-Nov-94 08:49:37 GMT", 37),
        ("Sun Nov  6 08:49:37 1994", 37), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
    ])
    func `is read from seconds and dates`(text: String, seconds: Int) {
        #expect(RetryAfter.pause(text, at: now) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "-1", "1.5", "soon", "９", "9999999999", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994",
    ])
    func `is none where nobody can tell`(text: String) { #expect(RetryAfter.pause(text, at: now) == nil) }
}
