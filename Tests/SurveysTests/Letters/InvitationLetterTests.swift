import Formats
import Kernel
import Language
import Outbound
import TestKit
import Testing
import Web

@testable import Surveys

private let token = "0123456789abcdef0123456789abcdef"
private let base = "https://rapport.example"

/// One letter, in every way that the tests want it.
struct LetterExample {
    var survey = Survey.example()
    var sender = Sender(name: "Northwind", colour: nil)
    var language: String? = "en"
    var touchpoint: String?
    var number: Int64 = 77
    var name: String?
    var mailbox = MailMessage.Mailbox(address: "ask@mail.example")
    var bounce: String?
    var site = Site(baseURL: base)
    var reminder = 0
    /// As the wave dealt it.
    var dealt: SurveyDefinition.Style?
    var link = token
    var press = LetterPress()

    init(scale: Scale = .nps0to10, style: SurveyDefinition.Style = .neutral, language: String? = "en") {
        survey = .example(scale: scale)
        survey.definition.style = style
        self.language = language
    }

    var message: MailMessage {
        let now = Timestamp(milliseconds: 1_795_435_200_000)
        let invitation = Invitation(
            id: Invitation.ID(number), account: 1, wave: 5, survey: survey.id, customer: nil, channel: .email,
            language: language, touchpoint: touchpoint, style: dealt, state: .sending, sendAt: now,
            settledAt: nil,
            response: nil, expiresAt: now)
        return InvitationLetter.message(
            for: invitation, survey: survey, sender: sender, to: "ann@example.com", name: name, token: link,
            site: site, from: mailbox, bounce: bounce, reminder: reminder, by: press, at: now)
    }

    func header(_ name: String) -> String? { message.headers.first { "\($0.name)" == name }?.value }
}

/// Every letter whose look differs.
let everyLetter: [LetterExample] = Scale.allCases.flatMap { scale in
    SurveyDefinition.Style.allCases.flatMap { style in
        ReaderLanguage.allCases.map { LetterExample(scale: scale, style: style, language: $0.tag) }
    }
}

@Suite struct `An invitation by mail` {
    @Test(arguments: Scale.allCases)
    func `has one link for each score in both parts, and one way out`(scale: Scale) {
        let message = LetterExample(scale: scale).message
        for score in scale.scores {
            let link = "\(base)/r/\(token)?s=\(score)"
            #expect(message.html.ranges(of: "href=\"\(link)\"").count == 1, "\(score)")
            #expect(message.text.split(separator: "\n").filter { $0.hasSuffix(": \(link)") }.count == 1)
        }
        for part in [message.html, message.text] {
            #expect(part.ranges(of: "?s=").count == scale.scores.count)
            #expect(part.ranges(of: "\(base)/u/\(token)").count == 1)
        }
        #expect(message.html.contains("aria-hidden=\"true\"><a href=\"\(base)/r/\(token)/d\""))
        #expect(!message.text.contains("\(token)/d"))
    }

    @Test func `is the same from a press that has written others before`() {
        let press = LetterPress(), other = String(token.reversed())
        // More looks than the press keeps, and each of them again.
        let ways: [(String, Int, String?)] = [(token, 0, nil), (other, 1, nil), (other, 0, "till <3>")]
        for example in everyLetter.prefix(18) + everyLetter.prefix(3) {
            var pressed = example, alone = example
            pressed.press = press
            for (link, reminder, touchpoint) in ways {
                (pressed.link, pressed.reminder, pressed.touchpoint) = (link, reminder, touchpoint)
                (alone.link, alone.reminder, alone.touchpoint) = (link, reminder, touchpoint)
                alone.press = LetterPress()
                #expect(pressed.message == alone.message)
                #expect(pressed.message.html.ranges(of: link).count > 2)
            }
        }
    }

    @Test func `shows satisfaction in words, and a long scale in three lines`() {
        let csat = LetterExample(scale: .csat1to5, style: .coloured).message
        for word in ["1 &#183; Very dissatisfied", "3 &#183; Neutral", "5 &#183; Very satisfied"] {
            #expect(csat.html.contains(word))
        }
        #expect(csat.html.contains("😊") && csat.text.contains("4 – Satisfied: "))
        #expect(!LetterExample(scale: .csat1to5).message.html.contains("😊"))
        let signed = LetterExample(scale: .npsSigned).message.html
        #expect(signed.ranges(of: "<tr><td class=\"plain\"").count == 3)
        #expect(signed.contains(">\u{2212}10</span>"))
        #expect(LetterExample(scale: .ces1to7).message.text.contains("1 – Strongly disagree: "))
    }

    @Test(arguments: [
        ("en", "One question from Northwind", "How likely are you", "Do not ask me again", "One tap"),
        ("pl", "Northwind: jedno pytanie", "Na ile prawdopodobne", "Proszę więcej mnie nie", "Wystarczy"),
        ("zh-Hans", "Northwind：想请您回答", "您有多大可能把我们", "请不要再询问我", "点一下"),
        ("zh-Hant", "Northwind：想請您回答", "您有多大可能把我們", "請不要再詢問我", "點一下"),
    ])
    func `speaks the customer's language`(
        tag: String, subject: String, question: String, leave: String, preheader: String
    ) {
        let message = LetterExample(language: tag).message
        #expect(message.subject.hasPrefix(subject))
        for part in [message.html, message.text] {
            #expect(part.contains(question) && part.contains(leave) && part.contains("Northwind"))
        }
        #expect(message.html.contains("<html lang=\"\(tag)\" dir=\"ltr\""))
        #expect(message.html.contains("mso-hide:all\">\(preheader)"))
    }

    @Test func `falls back to the survey's first language, and turns round for Arabic but for its scale`() {
        var example = LetterExample(language: "fr")
        #expect(example.message.html.contains("<html lang=\"en\""))
        example.survey.definition.languages = ["ar", "en"]
        example.survey.definition.texts[.question] = ["ar": "ما رأيك؟"]
        let html = example.message.html
        #expect(html.contains("<html lang=\"ar\" dir=\"rtl\"") && html.contains("ما رأيك؟"))
        #expect(html.contains("<td style=\"padding:0 10px\" dir=\"ltr\">"))
    }

    @Test func `says what it is about, and whether we asked before`() {
        var example = LetterExample()
        example.touchpoint = "home_delivery"
        for part in [example.message.html, example.message.text] {
            #expect(part.contains("About: home delivery") && !part.contains("wrote to you before"))
        }
        let first = example.message
        example.reminder = 1
        let again = example.message
        #expect(again.html.contains("We wrote to you before.") && again.subject != first.subject)
        #expect(again.id != first.id && again.envelopeSender == first.envelopeSender)
        #expect(again.text.contains("\(token)?s=10"))
    }

    @Test(arguments: everyLetter)
    func `is small and loads nothing`(example: LetterExample) {
        let html = example.message.html
        #expect(html.utf8.count < 20_000, "\(html.utf8.count) bytes")
        for word in ["<img", "<link", "<script", "<form", " src=", "url(", "@import", "<base", "{{", "[["] {
            #expect(!html.contains(word), "\(word)")
        }
        let links = html.ranges(of: "http")
        #expect(links.count >= 7 && links.count == html.ranges(of: "https://rapport.example/").count)
    }

    @Test func `shows hostile words as words`() {
        var example = LetterExample()
        let hostile = "<b onload=x>\"'&amp;{{sender}}[[word.all]]\r\nBcc: eve@example.com"
        example.sender = Sender(name: hostile, colour: nil)
        example.touchpoint = hostile
        example.name = hostile
        example.survey.name = hostile
        for text in [SurveyText.question, .low, .high, .privacy] {
            example.survey.definition.texts[text] = ["en": hostile]
        }
        let message = example.message
        #expect(!message.html.contains("<b onload") && message.html.contains("&lt;b onload=x&gt;&quot;&#39;"))
        #expect(message.html.contains("{{sender}}") && message.html.contains("[[word.all]]"))
        for line in [message.subject, message.from.name ?? "\n", message.to.name ?? "\n"] {
            #expect(line.contains("Bcc:") && !line.contains { $0.isNewline }, "\(line)")
        }
        #expect(!message.text.contains("\nBcc:"))
    }
}

extension LetterExample: CustomTestStringConvertible {
    var testDescription: String {
        "\(survey.scale.rawValue) \(survey.definition.style.rawValue) \(language ?? "")"
    }
}

@Suite struct `The colours of a letter` {
    @Test func `are read on their grounds`() throws {
        var pairs = Array(LetterPalette.bands.values)
        for palette in [LetterPalette.light, .dark] {
            pairs += [palette.sheet, palette.soft, palette.plain]
            #expect(palette.sheet.ground == palette.soft.ground)
        }
        #expect(pairs.count == 9)
        for pair in pairs {
            let ground = try #require(BrandColour(pair.ground)), ink = try #require(BrandColour(pair.ink))
            #expect(ink.contrast(to: ground) >= 4.5, "\(pair)")
        }
    }

    @Test func `are those of the bands, or none`() {
        let html = LetterExample(style: .coloured).message.html
        #expect(html.ranges(of: "bgcolor=\"#b3261e\"").count == 7)
        #expect(html.ranges(of: "bgcolor=\"#f2b705\"").count == 2)
        #expect(html.ranges(of: "bgcolor=\"#2e7d32\"").count == 2)
        let neutral = LetterExample().message.html
        #expect(neutral.ranges(of: "bgcolor=\"#e9e3d6\"").count == 11)
        #expect(!neutral.contains("#b3261e"))
        var own = LetterExample()
        own.sender = Sender(name: "Northwind", colour: BrandColour("#123456"))
        #expect(own.message.html.contains("border-top:4px solid #123456"))
    }

    @Test func `are dealt to one half of all, and the same ones again`() {
        let dealt = (0..<10_000).map { SurveyDefinition.Style.dealt(to: Invitation.ID($0 << 22 | 4096)) }
        let coloured = dealt.filter { $0 == .coloured }.count
        #expect((4800...5200).contains(coloured), "\(coloured)")
        let inARow = (0..<10_000).map { SurveyDefinition.Style.dealt(to: Invitation.ID(1 << 40 | $0)) }
        #expect((4800...5200).contains(inARow.filter { $0 == .coloured }.count))
        var example = LetterExample()
        let looks = Set(
            (1...40).map { number in
                example.number = Int64(number)
                example.dealt = WaveStyle.both.dealt(to: Invitation.ID(example.number))
                example.reminder = 0
                let first = example.message.html.contains("#b3261e")
                example.reminder = 1
                #expect(example.message.html.contains("#b3261e") == first)
                return first
            })
        #expect(looks == [true, false])
    }
}

@Suite struct `The envelope of a letter` {
    @Test func `says how to leave, that a machine wrote it, and whose it is`() {
        let example = LetterExample()
        let message = example.message
        #expect(
            example.header("List-Unsubscribe")
                == "<\(base)/u/\(token)>, <mailto:ask+\(token)@mail.example?subject=unsubscribe>")
        #expect(example.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
        #expect(example.header("List-Id") == "<survey-0000000000001.org-0000000000001.rapport.example>")
        #expect(example.header("Feedback-ID") == "5:0000000000001:0000000000001:rapport")
        #expect(example.header("Auto-Submitted") == "auto-generated")
        #expect(example.header("X-Auto-Response-Suppress") == "All")
        #expect(message.headers.count == 6 && message.account == 1)
        #expect(message.id == "5.\(Invitation.ID(77)).0@mail.example")
        #expect(message.from == .init(name: "Northwind", address: "ask@mail.example"))
        #expect(message.to == .init(address: "ann@example.com"))
        #expect(message.replyTo == "ask+\(token)@mail.example")
        #expect(message.envelopeSender == message.replyTo)
        for header in message.headers { #expect(header.value.utf8.allSatisfy { (0x20...0x7E).contains($0) }) }
    }

    @Test(
        arguments: [
            ("ask@mail.example", "ask+\(token)@mail.example"),
            ("ask+eu@mail.example", "ask+eu+\(token)@mail.example"),
            ("a-local-part-of-thirty-one-bytes@mail.example", nil),
            (
                "a-local-part-of-thirty-one-byte@mail.example",
                "a-local-part-of-thirty-one-byte+\(token)@mail.example"
            ),
            ("łódź@mail.example", nil), ("ask@łódź.example", nil), ("no address", nil),
        ] as [(String, String?)])
    func `carries the token where its address can`(address: String, carrying: String?) {
        var example = LetterExample()
        example.bounce = address
        #expect(example.message.envelopeSender == carrying ?? address)
        #expect(example.message.replyTo == "ask+\(token)@mail.example")
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", "127.0.0.1"), ("http://[::1]:8080", "localhost"),
        ("https://ask.example/rapport/", "ask.example"),
    ])
    func `names the installation's host without its port`(address: String, host: String) {
        var example = LetterExample()
        example.site = Site(baseURL: address)
        #expect(example.header("List-Id")?.hasSuffix(".org-0000000000001.\(host)>") == true)
        example.mailbox = .init(name: "Ask", address: "ask@łódź.example")
        #expect(example.message.id.hasSuffix("@\(host)") && example.message.from.name == "Ask")
    }
}
