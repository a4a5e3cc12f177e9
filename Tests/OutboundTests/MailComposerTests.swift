import CGMime
import Foundation
import Kernel
import TestKit
import Testing

@testable import Outbound

@Suite struct `The bytes of a message` {
    private func text(_ message: MailMessage = .example()) throws -> String {
        String(decoding: try message.bytes(), as: UTF8.self)
    }

    /// Name and unfolded value of each field of the header, in order.
    static func fields(of bytes: [UInt8]) throws -> [(name: String, value: String)] {
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.range(of: "\r\n\r\n"))
        let unfolded = text[..<end.lowerBound].replacing("\r\n ", with: " ").replacing("\r\n\t", with: " ")
        return try unfolded.components(separatedBy: "\r\n").map { line in
            let colon = try #require(line.firstIndex(of: ":"))
            let value = line[line.index(after: colon)...]
            return (String(line[..<colon]), value.trimmingCharacters(in: .whitespaces))
        }
    }

    static let names = [
        "Auto-Submitted", "Content-Type", "Date", "From", "List-Id", "List-Unsubscribe",
        "List-Unsubscribe-Post", "MIME-Version", "Message-Id", "Reply-To", "Subject", "To",
    ]

    @Test func `say who, what and when`() throws {
        let fields = Dictionary(
            try Self.fields(of: MailMessage.example().bytes()).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first })
        #expect(fields.keys.sorted() == Self.names)
        #expect(fields["Date"] == "Mon, 23 Nov 2026 12:00:00 +0000")
        #expect(fields["Message-Id"] == "<inv.1.2@example.org>")
        #expect(fields["Reply-To"] == "reply+abc@example.org")
        #expect(fields["To"] == "=?UTF-8?B?xYF1Y2phIMW7w7PFgsSH?= <lucja@example.net>")
        #expect(fields["List-Unsubscribe"] == MailMessage.standardHeaders[0].value)
        #expect(fields["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
    }

    @Test func `hold the text first and the same page second`() throws {
        let text = try text()
        let plain = try #require(text.range(of: "Content-Type: text/plain; charset=utf-8"))
        let html = try #require(text.range(of: "Content-Type: text/html; charset=utf-8"))
        #expect(plain.lowerBound < html.lowerBound)
        #expect(text.components(separatedBy: "Content-Transfer-Encoding: quoted-printable").count == 3)
        #expect(text.contains("Content-Type: multipart/alternative; boundary=\"=_rapport\""))
        let read = try #require(MIMEReader.read(Array(text.utf8)))
        #expect(read.parts.map(\.type) == ["text/plain", "text/html"])
        #expect(read.parts[0].text == "Proszę ocenić\n.\n.kropka\n")
        #expect(read.parts[1].text == MailMessage.example().html)
    }

    @Test func `are the same each time`() throws {
        #expect(try MailMessage.example().bytes() == MailMessage.example().bytes())
    }

    @Test func `keep a long link whole`() throws {
        let link = "<https://example.org/u/" + String(repeating: "0123456789", count: 60) + ">"
        let message = MailMessage.example(headers: [
            .init("List-Unsubscribe", link + ", <mailto:a@b.example>")
        ])
        #expect(try text(message).contains("List-Unsubscribe: " + link + ",\r\n <mailto:a@b.example>"))
    }

    @Test(arguments: [
        "<https://a>\r\nBcc: all@example.org", "a\nb", "a\rb", "a\0b", "łódź", "", " ",
        String(repeating: "x", count: 901),
    ])
    func `refuse a header that is more than one, or no ASCII`(value: String) {
        let message = MailMessage.example(headers: [.init("List-Id", value)])
        #expect(throws: MailMessage.Unmailable(part: "header List-Id")) { try message.bytes() }
    }

    @Test(arguments: [
        "a@b.example\r\nBcc: c@d.example", "a@b.example>", "a,c@b.example", "a@b@c.example", "@b.example",
        "a@",
        "łucja@example.org", "a b@example.org", "a\0@example.org", "a@exa\u{2028}mple.org", "",
    ])
    func `refuse an address that is none`(address: String) {
        #expect(throws: MailMessage.Unmailable(part: "to")) {
            try MailMessage.example(to: .init(address: address)).bytes()
        }
        var message = MailMessage.example()
        message.from.address = address
        #expect(throws: MailMessage.Unmailable(part: "from")) { try message.bytes() }
        message = .example()
        message.replyTo = address
        #expect(throws: MailMessage.Unmailable(part: "reply-to")) { try message.bytes() }
        message = .example()
        message.id = address + "\r\n"
        #expect(throws: MailMessage.Unmailable(part: "id")) { try message.bytes() }
    }

    @Test func `write an international domain in ASCII`() throws {
        let message = MailMessage.example(to: .init(name: "B", address: "b@żółw.example"))
        let fields = try Self.fields(of: message.bytes())
        #expect(fields.contains { $0.name == "To" && $0.value == "B <b@xn--w-uga1v8h.example>" })
    }

    @Test func `make no line of a name or a subject`() throws {
        let evil = "Anna\r\nBcc: all@example.org\r\n\r\nbody\0\u{85}\u{2028}"
        let message = MailMessage.example(
            to: .init(name: evil, address: "a@example.org"), subject: evil)
        let read = try #require(MIMEReader.read(try message.bytes()))
        #expect(try Self.fields(of: message.bytes()).map(\.name).sorted() == Self.names)
        #expect(read.subject == "Anna Bcc: all@example.org body")
    }

    /// The negative control of the promise: what it does not let pass.
    @Test(arguments: [
        "a\nb\r\n", "a\r\r\n", "a\r\nb", "\r", "a\0\r\n", "ł\r\n",
        String(repeating: "x", count: 999) + "\r\n", "",
    ])
    func `of another form are found`(bytes: String) {
        #expect(!MailMessage.isWellFormed(Array(bytes.utf8)))
        #expect(MailMessage.isWellFormed(Array((String(repeating: "x", count: 998) + "\r\n").utf8)))
    }
}

@Suite struct `Ten thousand random messages` {
    /// What stands in a field after blanks were settled, as a reader sees it.
    private func settled(_ text: String) -> String {
        let blanks = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            let isEnd = scalar.value == 0x2028 || scalar.value == 0x2029
            return scalar.properties.generalCategory == .control || isEnd ? " " : scalar
        }
        return blanks.split(separator: " ").map { String(String.UnicodeScalarView($0)) }.joined(
            separator: " ")
    }

    /// LF between lines; of control characters the tab alone is left.
    private func settledLines(_ text: String) -> String {
        var settled = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            let isReturn = scalar == "\r", isControl = scalar.value < 0x20 || (0x7F..<0xA0) ~= scalar.value
            if isReturn || scalar == "\n" && !isAfterReturn { settled.append("\n") }
            if !isControl || scalar == "\t" { settled.append(scalar) }
            isAfterReturn = isReturn
        }
        return String(settled)
    }

    @Test func `hold no header of a stranger, CRLF only and no long line, and read back`() async throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<10_000 {
            // Tests beside this one measure time.
            await Task.yield()
            let subject = random.mailText(upTo: 120), name = random.mailText(upTo: 60)
            let text = random.mailText(upTo: 400), html = random.mailText(upTo: 400)
            var message = MailMessage.example(
                to: .init(name: name, address: "a@example.org"), subject: subject, text: text)
            message.html = html
            let bytes = try message.bytes()
            try #require(isBare(bytes), "\(subject.debugDescription)")
            let names = try `The bytes of a message`.fields(of: bytes).map(\.name).sorted()
            try #require(names == `The bytes of a message`.names, "\(subject.debugDescription)")
            let read = try #require(MIMEReader.read(bytes))
            try #require(read.subject == settled(subject), "\(subject.debugDescription)")
            try #require(
                nameBefore("<a@example.org>", in: read.first("To")) == settled(name),
                "\(name.debugDescription)")
            try #require(read.parts.map(\.type) == ["text/plain", "text/html"])
            try #require(read.parts[0].text == settledLines(text), "\(text.debugDescription)")
            try #require(read.parts[1].text == settledLines(html), "\(html.debugDescription)")
        }
    }

    private func nameBefore(_ address: String, in raw: String?) throws -> String {
        let decoded = try #require(rapport_mime_decoded(raw ?? ""))
        defer { free(decoded) }
        let field = String(cString: decoded)
        guard field.hasSuffix(address) else {
            #expect(field == "a@example.org")
            return ""
        }
        let name = field.dropLast(address.count).trimmingCharacters(in: [" "])
        guard raw?.hasPrefix("\"") == true else { return name }
        return String(name.dropFirst().dropLast()).replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
    }

    /// Independent of the composer's own check: up to each CR stand at most 998 bytes, no LF or NUL
    /// among them, and an LF stands behind it.
    private func isBare(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { all in
            var rest = all[...]
            while !rest.isEmpty, let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress {
                guard let end = memchr(start, 13, rest.count) else { return false }
                let length = UnsafeRawPointer(end) - start
                guard length <= 998, memchr(start, 10, length) == nil, memchr(start, 0, length) == nil,
                    rest.dropFirst(length + 1).first == 10
                else { return false }
                rest = rest.dropFirst(length + 2)
            }
            return !bytes.isEmpty
        }
    }
}
