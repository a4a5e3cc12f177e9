import Testing

@testable import Formats

@Suite struct `A delivery status` {
    @Test(arguments: [
        ("5.1.1", DeliveryStatus.Weight.hard), ("5.1.0", .hard), ("5.1.3", .hard), ("5.1.6", .hard),
        ("5.1.10", .hard),
        ("5.2.1", .hard), ("5.4.4", .hard), ("5.1.4", .soft), ("5.1.8", .soft), ("5.2.2", .soft),
        ("4.2.2", .soft),
        ("4.4.1", .soft), ("4.7.1", .soft), ("5.7.1", .policy), ("5.3.4", .policy), ("5.5.0", .policy),
        ("5.6.1", .soft),
    ])
    func `weighs by its code`(status: String, weight: DeliveryStatus.Weight) {
        #expect(DeliveryStatus(action: .failed, status: status).weight == weight)
        #expect(DeliveryStatus(action: .delayed, status: status).weight == .soft)
    }

    @Test(arguments: [
        ("550 user unknown", DeliveryStatus.Weight.hard), ("550 Mailbox is full", .soft), ("用户不存在", .hard),
        ("554 no", .policy), ("451 try again", .soft), ("", .policy),
    ])
    func `without a code weighs by its words`(words: String, weight: DeliveryStatus.Weight) {
        #expect(DeliveryStatus(action: .failed, status: nil, diagnostic: words).weight == weight)
        #expect(DeliveryStatus(action: .failed, status: "5.0.0", diagnostic: words).weight == weight)
    }

    @Test func `of each recipient is read from its block`() {
        let report = """
            Reporting-MTA: dns; mail.example.org\r
            Arrival-Date: Mon, 4 May 2026 10:12:00 +0000\r
            \r
            Final-Recipient: rfc822; <anna@example.net>\r
            Original-Recipient: rfc822;a@example.net\r
            Action: Failed (not delivered)\r
            Status: 5.1.1 (bad mailbox)\r
            Diagnostic-Code: smtp; 550 5.1.1\r
                No such user\r
            \r
            Original-Recipient: rfc822; b@example.net\r
            Action: delayed\r
            Status: 4.4.1\r
            \r
            """
        #expect(
            DeliveryStatus.all(in: report) == [
                DeliveryStatus(
                    action: .failed, status: "5.1.1", recipient: "anna@example.net",
                    diagnostic: "550 5.1.1 No such user"),
                DeliveryStatus(action: .delayed, status: "4.4.1", recipient: "b@example.net"),
            ])
    }

    @Test func `that is vague takes the code that it quotes`() {
        let report =
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: x; 550-5.1.1 no"
        #expect(DeliveryStatus.all(in: report).first?.status == "5.1.1")
    }

    @Test(arguments: [
        ("host said: 550 5.1.1 <a@b.example> unknown", "5.1.1" as String?), ("code (5.2.2).", "5.2.2"),
        ("#5.7.1#", "5.7.1"), ("at 5.1.1.", "5.1.1"), ("from 5.1.1.9 by mail", nil), ("version 15.1.1", nil),
        ("v5.1.1", nil), ("5.1", nil), ("5.1.1111", nil), ("6.1.1", nil), ("5..1", nil),
    ])
    func `code is found alone among words`(text: String, code: String?) {
        #expect(EnhancedCode.first(in: text) == code)
    }

    @Test func `in words is found, and words of people are none`() {
        let bounce = DeliveryStatus.unstructured(
            "Sorry.\n<a@b.example>: 550 5.1.1 no such user\n", recipient: "a@b.example")
        #expect(bounce?.status == "5.1.1" && bounce?.weight == .hard && bounce?.recipient == "a@b.example")
        #expect(DeliveryStatus.unstructured("Remote host said: 550 No such user here")?.weight == .hard)
        #expect(DeliveryStatus.unstructured("I paid 550 zł, and the box came late") == nil)
        #expect(DeliveryStatus.unstructured("Dzień dobry, dziękuję") == nil)
    }
}

@Suite struct `Text of a header` {
    @Test(arguments: [
        ("Hello", "Hello"), ("a\r\nBcc: x", "a Bcc: x"), ("ł", "=?UTF-8?B?xYI=?="),
        ("=?utf-8?q?x?=", "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?="),
        ("", ""), ("ab\u{0}\u{85}\u{2028}cd", "ab cd"),
    ])
    func `is one line in ASCII`(text: String, line: String) {
        #expect(HeaderText.encoded(text) == line)
    }

    @Test(arguments: [
        ("Anna Nowak", "Anna Nowak"), ("Nowak, Anna", "\"Nowak, Anna\""),
        ("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""),
        ("Łucja", "=?UTF-8?B?xYF1Y2ph?="), ("\r\n", ""), ("a@b.example", "\"a@b.example\""),
    ])
    func `before an address is a phrase`(name: String, phrase: String) {
        #expect(HeaderText.phrase(name) == phrase)
    }

    @Test func `is cut into short words at whole characters`() {
        let words = HeaderText.encoded(String(repeating: "咖啡👩‍👩‍👧", count: 40)).split(separator: "\n")
        #expect(words.count > 10 && words.allSatisfy { $0.utf8.count <= 76 })
    }
}
