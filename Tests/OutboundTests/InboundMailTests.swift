import Formats
import Testing

@testable import Outbound

@Suite struct `Mail that came` {
    static let ours = [EmailAddress("bounce@example.org")!, EmailAddress("reply@example.org")!]

    static func read(_ lines: String, recipient: String? = nil) -> InboundMail {
        InboundMail(Array(lines.replacing("\n", with: "\r\n").utf8), ours: ours, recipient: recipient)
    }

    /// As Postfix reports one, in our words.
    static func report(
        action: String = "failed", status: String = "5.1.1", to: String = "bounce+abc2@example.org"
    ) -> String {
        """
        Return-Path: <>
        Delivered-To: \(to)
        From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
        To: bounce+abc2@example.org
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

        --b1
        Content-Type: text/plain; charset=us-ascii

        I am sorry.
        --b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net

        Final-Recipient: rfc822; lucja@example.net
        Action: \(action)
        Status: \(status)
        Diagnostic-Code: smtp; 550 5.1.1 no such user

        --b1
        Content-Type: message/rfc822

        From: Sklep <sklep@example.org>
        Message-ID: <inv.1.2@example.org>
        Subject: Jak
        Return-Path: <bounce+zzz@example.org>

        Jak
        --b1--
        """
    }

    @Test(arguments: [
        ("failed", "5.1.1", InboundMail.Kind.bounce, DeliveryStatus.Weight.hard as DeliveryStatus.Weight?),
        ("failed", "5.7.1", .bounce, .policy),
        ("delayed", "4.4.1", .bounce, .soft), ("delivered", "2.0.0", .autoReply, nil),
        ("relayed", "2.0.0", .autoReply, nil),
    ])
    func `as a report says what became of ours`(
        action: String, status: String, kind: InboundMail.Kind, weight: DeliveryStatus.Weight?
    ) {
        let mail = Self.read(Self.report(action: action, status: status))
        #expect(mail.kind == kind)
        #expect(mail.status?.weight == weight)
        #expect(mail.token == "abc2")
        #expect(mail.messageIDs == ["inv.1.2@example.org"])
        if kind == .bounce { #expect(mail.status?.recipient == "lucja@example.net") }
    }

    @Test func `back by way of another mailbox is known by the mail it returns`() {
        let mail = Self.read(
            Self.report(to: "postmaster@example.org").replacing("bounce+abc2", with: "someone"))
        #expect(mail.kind == .bounce && mail.token == "zzz" && mail.messageIDs == ["inv.1.2@example.org"])
        #expect(Self.read(Self.report(), recipient: "bounce+named@example.org").token == "named")
    }

    static func feedback(_ type: String) -> String {
        """
        From: feedback@isp.example
        To: reply@example.org
        Subject: FW: Jak
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

        --b1
        Content-Type: text/plain

        This is an abuse report.
        --b1
        Content-Type: message/feedback-report

        Feedback-Type: \(type)
        User-Agent: Some/1.0
        Version: 1
        Original-Mail-From: <bounce+abc2@example.org>

        --b1
        Content-Type: text/rfc822-headers

        From: sklep@example.org
        Message-ID: <inv.1.2@example.org>
        --b1--
        """
    }

    @Test(arguments: [("abuse", InboundMail.Kind.complaint), ("fraud", .complaint), ("not-spam", .unknown)])
    func `as feedback is a complaint where it is one`(type: String, kind: InboundMail.Kind) {
        let mail = Self.read(Self.feedback(type))
        #expect(mail.kind == kind && mail.token == "abc2" && mail.status == nil)
        #expect(mail.messageIDs == ["inv.1.2@example.org"])
    }

    static func letter(
        _ fields: String, subject: String = "Re: Jak", from: String = "Anna <anna@example.net>",
        _ body: String = "Dobrze"
    ) -> String {
        """
        From: \(from)
        To: "Sklep, dział" <reply+abc2@example.org>
        Subject: \(subject)
        \(fields)
        Content-Type: text/plain; charset=utf-8

        \(body)
        """
    }

    @Test(arguments: [
        "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated (x)", "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Autoreply: yes", "X-Auto-Response-Suppress: All", "List-Id: <a.example>", "Return-Path: <>",
    ])
    func `of a machine is an automatic answer`(field: String) {
        #expect(Self.read(Self.letter(field)).kind == .autoReply)
        #expect(Self.read(Self.letter("X-Nothing: 1")).kind == .reply)
    }

    @Test(arguments: [
        "Automatic reply: Jak", "Out of office", "Odpowiedź automatyczna: Jak", "Autoodpowiedź: x", "自动回复: x",
        "自動回覆: x",
    ])
    func `with such a subject is an automatic answer`(subject: String) {
        #expect(Self.read(Self.letter("X-Nothing: 1", subject: subject)).kind == .autoReply)
    }

    @Test(arguments: [
        (
            "X-Failed-Recipients: lucja@example.net", "Hi", "a@example.net",
            "Address lucja@example.net: 550 5.1.1 unknown"
        ),
        ("X-A: b", "failure notice", "MAILER-DAEMON@example.net", "<lucja@example.net>:\n550 No such user"),
        ("Return-Path: <>", "系统退信", "admin@example.net", "邮箱不存在"),
        ("Return-Path: <>", "Wiadomość niedostarczona", "poczta@example.net", "Skrzynka nie istnieje"),
    ])
    func `in words alone that says it came back is a bounce`(
        field: String, subject: String, from: String, body: String
    ) {
        let mail = Self.read(Self.letter(field, subject: subject, from: from, body))
        #expect(mail.kind == .bounce && mail.token == "abc2")
        #expect(mail.status?.weight == .hard)
        #expect(Self.read(Self.letter("X-A: b", subject: "Hi", from: "a@example.net", body)).kind == .reply)
    }

    @Test func `from a person is a reply without what it quotes`() {
        let body = "Paczka przyszła za późno.\n\nW dniu 4.05.2026 o 10:12, Sklep pisze:\n> Jak\n"
        let mail = Self.read(
            Self.letter(
                "In-Reply-To: <inv.1.2@example.org>\nReferences: <x@y.example> <inv.1.2@example.org>", body))
        #expect(mail.kind == .reply && mail.said == "Paczka przyszła za późno.")
        #expect(mail.text.contains("> Jak"))
        #expect(mail.messageIDs == ["inv.1.2@example.org", "x@y.example"])
        #expect(mail.from?.description == "anna@example.net" && mail.subject == "Re: Jak")
    }

    @Test func `as a page alone is read as words`() {
        let page = Self.letter("X: y", "<p>Za p&oacute;źno</p><div class=\"gmail_quote\">Jak</div>")
            .replacing("text/plain", with: "text/html")
        let mail = Self.read(page)
        #expect(mail.said == "Za późno" && mail.text == "Za późno\nJak")
    }

    @Test(arguments: [
        ("gb18030", "zu/B97rcusM=", "物流很好"), ("big5", "qEKnUQ==", "步利"), ("iso-8859-2", "s7/z", "łżó"),
    ])
    func `in another character set is read`(charset: String, base64: String, said: String) {
        let text = Self.letter("Content-Transfer-Encoding: base64", base64)
            .replacing("utf-8", with: charset)
        #expect(Self.read(text).said == said)
    }

    @Test func `with a subject of padded words is read to its end`() {
        let words =
            "=?utf-8?B?xIU=?= =?UTF-8?B?xIU=?=\n =?utf-8?b?5b6I?= (=?iso-8859-2?B?sQ==?= =?utf-8?Q?=C4=85?=)"
        #expect(Self.read(Self.letter("X: y", subject: words)).subject == "ąą很 (ąą)")
    }

    @Test func `from an address that was decoded is from nobody else`() {
        let from = "=?utf-8?q?=3Cboss=40example=2Eorg=3E=2C?= <anna@example.net>"
        #expect(Self.read(Self.letter("X: y", from: from)).from?.description == "anna@example.net")
    }

    @Test(arguments: [
        "", "\r\n", "no header at all", "\0\0\0", "From: a", ": :\n\n", "Content-Type: multipart/mixed\n\n--",
    ])
    func `that is none is unknown`(text: String) {
        let mail = Self.read(text)
        #expect(mail.kind == .unknown && mail.token == nil && mail.status == nil)
    }

    @Test func `about nothing of ours is unknown`() {
        let mail = Self.read(
            Self.letter("X: y").replacing("reply+abc2@example.org", with: "reply@example.org"))
        #expect(mail.kind == .unknown && mail.token == nil)
    }

    @Test(arguments: [
        "reply+@example.org", "reply+a@example.net", "xreply+a@example.org", "reply+a%20b@example.org",
        "reply+a.b@example.org",
    ])
    func `to an address that only looks like ours has no token`(address: String) {
        #expect(InboundMail.token(in: address, Self.ours) == nil)
        #expect(
            InboundMail.token(in: "\"reply+x@example.org\" <Reply+ABC2@Example.org>", Self.ours) == "abc2")
    }

    @Test func `without end in depth, parts or size is cut`() throws {
        var deep = "From: a@example.net\nTo: reply+abc2@example.org\n"
        for level in 0..<5000 { deep += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n" }
        let nested = try #require(MIMEReader.read(Array(deep.utf8)))
        #expect(nested.isCut && nested.parts.count <= 200)
        let many =
            "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: 5000)
        let cut = try #require(MIMEReader.read(Array(many.utf8)))
        #expect(cut.isCut && cut.parts.count == 200)
        let headers = String(repeating: "X-A: b\n", count: 5000)
        #expect(try #require(MIMEReader.read(Array(headers.utf8))).headers.count == 500)
        #expect(MIMEReader.read([UInt8](repeating: 0x61, count: MIMEReader.mostBytes + 1)) == nil)
        let messages = String(repeating: "Content-Type: message/rfc822\n\n", count: 5000)
        #expect(try #require(MIMEReader.read(Array(messages.utf8))).isCut)
    }
}
