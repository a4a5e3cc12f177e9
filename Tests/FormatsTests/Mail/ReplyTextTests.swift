import Testing

@testable import Formats

@Suite struct `What a person wrote into a reply` {
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let said: String
        let rest: String
    }

    /// As mail programs lay them out, in our words: what was said, and what must go.
    static let samples = [
        Sample(
            testDescription: "English, quoted with marks", said: "The delivery was late.\n\nAgain!",
            rest:
                "\n\nOn Mon, 4 May 2026 at 10:12, Shop <s@example.org> wrote:\n> How likely\n>> 0 1 2\n"
        ),
        Sample(
            testDescription: "English, attribution on two lines", said: "Fine.",
            rest: "\n\nOn Mon, May 4, 2026 at 10:12 AM Shop <\nshop@example.org> wrote:\n\n> How likely\n"),
        Sample(
            testDescription: "English, Outlook", said: "Please call me",
            rest:
                "\n\nFrom: Shop <s@example.org>\nSent: 4 May 2026 10:12\nTo: Anna\nSubject: How?\n\nHow?"
        ),
        Sample(
            testDescription: "English, Outlook with a rule", said: "ok",
            rest: "\n________________________________\nFrom: Shop\nSent: now\nTo: me\n"),
        Sample(
            testDescription: "English, original message", said: "ok",
            rest: "\n-----Original Message-----\nFrom: Shop\n\nHow?"),
        Sample(
            testDescription: "English, signature", said: "Good service",
            rest: "\n-- \nAnna Nowak\n+48 600 100 200"),
        Sample(testDescription: "English, telephone", said: "Good service", rest: "\n\nSent from my iPhone"),
        Sample(
            testDescription: "English, telephone above the quote", said: "Good service",
            rest:
                "\n\nSent from my iPhone\n\nOn 4 May 2026, at 10:12, Shop <shop@example.org> wrote:\n\n> How?"
        ),
        Sample(
            testDescription: "Polish, pisze", said: "Paczka przyszła za późno.",
            rest: "\n\nW dniu 4.05.2026 o 10:12, Sklep pisze:\n> Jak ocenia Pani\n> 0 1 2"),
        Sample(
            testDescription: "Polish, napisał(a)", said: "Źle.",
            rest: "\n\npon., 4 maj 2026 o 10:12 Sklep <sklep@example.org> napisał(a):\n\n> Jak\n"),
        Sample(
            testDescription: "Polish, on two lines", said: "Źle.",
            rest:
                "\n\nDnia 4 maja 2026 10:12 Sklep z bardzo długą nazwą\n<s@example.org> napisał(a):\n> Jak\n"
        ),
        Sample(
            testDescription: "Polish, Outlook", said: "Proszę o kontakt",
            rest:
                "\n\nOd: Sklep <s@example.org>\nWysłano: 4 maja 2026 10:12\nDo: Anna\nTemat: Jak było?\n"
        ),
        Sample(
            testDescription: "Polish, forwarded", said: "Proszę",
            rest: "\n-------- Wiadomość oryginalna --------\nOd: Sklep\n"),
        Sample(testDescription: "Polish, telephone", said: "Dobrze", rest: "\n\nWysłane z iPhone’a"),
        Sample(
            testDescription: "Simplified, wrote", said: "物流太慢了，\n等了一周。",
            rest: "\n\n在 2026年5月4日，10:12，商店 <shop@example.org> 写道：\n> 您愿意推荐吗\n"),
        Sample(
            testDescription: "Simplified, name first", said: "很好",
            rest: "\n\n商店 <shop@example.org> 于2026年5月4日周一 10:12写道：\n> 您愿意推荐吗\n"),
        Sample(
            testDescription: "Simplified, QQ", said: "请给我打电话",
            rest: "\n\n------------------ 原始邮件 ------------------\n发件人: \"商店\"\n发送时间: 2026年5月4日\n收件人: a\n"),
        Sample(
            testDescription: "Simplified, Outlook", said: "不满意",
            rest: "\n\n发件人: 商店 <shop@example.org>\n发送时间: 2026年5月4日 10:12\n收件人: 安娜\n主题: 您好\n"),
        Sample(testDescription: "Simplified, telephone", said: "不错", rest: "\n\n发自我的iPhone"),
        Sample(
            testDescription: "Traditional, wrote", said: "服務很好",
            rest: "\n\n商店 <shop@example.org> 於 2026年5月4日 週一 上午10:12寫道：\n\n> 您願意推薦嗎\n"),
        Sample(
            testDescription: "Traditional, Outlook", said: "請聯絡我",
            rest: "\n\n寄件者: 商店 <shop@example.org>\n寄件日期: 2026年5月4日 上午 10:12\n收件者: 安娜\n主旨: 您好\n"),
        Sample(testDescription: "Traditional, telephone", said: "太慢", rest: "\n\n從我的 iPhone 傳送"),
        Sample(
            testDescription: "our own line", said: "Dobrze",
            rest: "\n\n##- Please write above this line -##\nHow likely\n"),
    ]

    @Test(arguments: samples)
    func `stays, and nothing of the mail that it answers`(sample: Sample) {
        let reply = ReplyText(sample.said + sample.rest)
        #expect(reply.said == sample.said)
        // The other side of it: without what was cut, nothing is.
        #expect(ReplyText(sample.said) == ReplyText(sample.said + "\n\n"))
        #expect(ReplyText(sample.said).said == sample.said)
        let isQuote =
            !sample.testDescription.hasSuffix("telephone") && !sample.testDescription.hasSuffix("signature")
        #expect(reply.hasQuote == isQuote)
        let windows = ReplyText((sample.said + sample.rest).replacing("\n", with: "\r\n"))
        #expect(windows == reply)
    }

    @Test(arguments: [
        "On Monday I wrote:\nyour shop is slow", "From: the bottom of my heart\nthanks", "a -- b\nc",
        "- one\n- two",
        "I was sent from my bank to you and back", "3 > 2 and 2 < 3", "Od: jutra\nnie kupuję", "在你们店里买了两次：很好",
        "It cost 30:\nwrote it down", "____\nname", "Sent: nothing",
    ])
    func `stays where it only looks like a quote`(text: String) {
        #expect(ReplyText(text).said == text)
    }

    @Test func `below or between marked quotes stays too`() {
        let reply = ReplyText(
            "On 4 May 2026 Shop <s@example.org> wrote:\n> How?\nBadly.\n> Why?\nIt was late.\n-- \nAnna")
        #expect(reply.said == "Badly.\nIt was late.")
        #expect(reply.hasQuote)
    }

    @Test func `may be nothing`() {
        #expect(ReplyText("").said == "")
        #expect(ReplyText("> all\n> quoted").said == "")
        #expect(ReplyText("Sent from my iPhone\n").said == "")
    }

    @Test func `is found in no more than a moment, whatever was sent`() {
        for piece in ["On 1 a@b wrote\n", "From: a\n", ">\n", "在 1\n", "\n", " \n", "-----\n", "W dniu 1:\n"]
        {
            _ = ReplyText(String(repeating: piece, count: 20_000)).said
        }
    }
}

@Suite struct `The words of a page` {
    @Test(arguments: [
        ("<p>Dobrze, &#380;e</p><p>jest &amp; b&oacute;l</p>", "Dobrze, że\njest & ból"),
        ("a<br>b<br/>c", "a\nb\nc"), ("<style>p{}</style><script>x</script>a", "a"),
        ("a <b>b</b>  c", "a b c"),
        ("1 < 2 & 3 > 2 &bogus; &#xZZ;", "1 < 2 & 3 > 2 &bogus; &#xZZ;"), ("<!-- <p>x</p> -->a", "a"),
        ("a<div class=\"gmail_quote\">b</div>", "a"), ("a<blockquote type='cite'>b</blockquote>", "a"),
        ("a<div id=divRplyFwdMsg>b", "a"), ("<a title='>'>a</a>", "a"), ("<", "<"), ("<!--", ""), ("", ""),
    ])
    func `are read without tags and without what is quoted`(html: String, text: String) {
        #expect(HTMLText.plain(html) == text)
    }

    @Test func `hold the quote where it is wanted`() {
        #expect(HTMLText.plain("a<blockquote>b</blockquote>", withoutQuotes: false) == "a\nb")
    }
}
