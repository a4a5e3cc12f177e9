import Formats
import Kernel
import Outbound
import Testing

@testable import Alerts

@Suite struct `A robot's message` {
    private let moment = Timestamp(milliseconds: 1_700_000_000_000)
    private let link = RobotMessage.Link(label: "Open", href: "https://rapport.example/responses/rsp_1")

    private func message(_ words: String?, title: String = "A score of 3") -> RobotMessage {
        RobotMessage(
            title: title, lead: "Told by the rule “Detractors”.",
            facts: [.init(name: "Score", value: "3 of 10")], words: words, link: link)
    }

    @Test func `is signed as DingTalk and Feishu reckon it`() {
        #expect(
            RobotSignature.dingtalk(secret: "SECexample", at: moment)
                == "uroalHrWHORz59talE1o26b8HuX2kOp8WlAN91F9Pj0%3D")
        let feishu = RobotSignature.feishu(
            secret: "demo", at: Timestamp(milliseconds: 1_599_360_473_000))
        #expect(feishu.timestamp == "1599360473")
        #expect(feishu.sign == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=")
    }

    @Test func `goes to the address that was given, signed where the robot takes it`() {
        let url = "https://oapi.dingtalk.com/robot/send?access_token=t"
        let signed = message("Cold").request(to: .dingtalk, url: url, secret: "SECexample", at: moment)
        #expect(
            signed.url
                == url + "&timestamp=1700000000000&sign=uroalHrWHORz59talE1o26b8HuX2kOp8WlAN91F9Pj0%3D")
        #expect(signed.headers == [.init("Content-Type", "application/json; charset=utf-8")])
        #expect(message("Cold").request(to: .dingtalk, url: url, secret: nil, at: moment).url == url)
        #expect(message("Cold").request(to: .slack, url: url, secret: "s", at: moment).url == url)
        let feishu = message("Cold").request(to: .feishu, url: url, secret: "demo", at: moment)
        let body = try? JSONValue(parsing: feishu.body)
        #expect(body?["timestamp"]?.string == "1700000000" && body?["sign"]?.string?.count == 44)
        let open = message("Cold").request(to: .feishu, url: url, secret: nil, at: moment)
        #expect((try? JSONValue(parsing: open.body))?["sign"] == nil)
    }

    @Test(arguments: [
        ("<!channel>", "&lt;!channel&gt;"), ("\u{06DD}<!channel>", "\u{06DD}&lt;!channel&gt;"),
        ("<\u{0301}@U1>\u{FE0F}", "&lt;\u{0301}@U1&gt;\u{FE0F}"), ("\u{0600}&lt;", "\u{0600}&amp;lt;"),
    ])
    func `calls nobody at Slack, whatever joins a mark or stands on it`(words: String, written: String) {
        #expect(Array(RobotText.line(words, for: .slack, bytes: 100).utf8) == Array(written.utf8))
    }

    @Test func `has the shape that each robot takes`() throws {
        let message = message("Cold")
        let dingtalk = message.body(for: .dingtalk)
        #expect(dingtalk["msgtype"] == "actionCard")
        #expect(dingtalk["actionCard"]?["title"] == "A score of 3")
        #expect(
            dingtalk["actionCard"]?["text"]?.string
                == "### A score of 3\n\nTold by the rule “Detractors”.\n\n**Score**: 3 of 10\n\n> Cold")
        #expect(dingtalk["actionCard"]?["btns"]?.array?.first?["actionURL"]?.string == link.href)

        let wecom = message.body(for: .wecom)
        #expect(wecom["msgtype"] == "markdown")
        #expect(wecom["markdown"]?["content"]?.string?.hasSuffix("\n\n[Open](\(link.href))") == true)

        let feishu = message.body(for: .feishu)
        #expect(feishu["msg_type"] == "interactive")
        #expect(feishu["card"]?["header"]?["title"]?["tag"] == "plain_text")
        #expect(feishu["card"]?["header"]?["template"] == "red")
        let elements = feishu["card"]?["elements"]?.array ?? []
        #expect(elements.dropLast().allSatisfy { $0["text"]?["tag"] == "plain_text" })
        #expect(elements.last?["actions"]?.array?.first?["url"]?.string == link.href)

        let slack = message.body(for: .slack)
        #expect(slack["text"]?.string == "A score of 3 – Told by the rule “Detractors”.")
        let blocks = slack["blocks"]?.array ?? []
        #expect(
            blocks.map { $0["type"]?.string } == ["header", "section", "section", "section", "actions"])
        #expect(blocks.dropLast().allSatisfy { $0["text"]?["type"] == "plain_text" })

        let teams = message.body(for: .teams)
        let card = try #require(teams["attachments"]?.array?.first)
        #expect(card["contentType"] == "application/vnd.microsoft.card.adaptive")
        #expect(card["contentUrl"]?.isNull == true && card["content"]?["version"] == "1.4")
        let body = card["content"]?["body"]?.array ?? []
        #expect(body.count == 4 && body.allSatisfy { $0["type"] == "RichTextBlock" })
        #expect(card["content"]?["actions"]?.array?.first?["type"] == "Action.OpenUrl")
    }

    /// What a customer would write who wants everybody to look.
    static let attacks = [
        "<!channel> <@U123> <http://evil.example|click>", "<at id=all></at> @all @所有人", "<@all>",
        "[click](http://evil.example) ![x](http://evil.example/x.png)", "**bold** `code` ~~no~~ _it_",
        "# heading\n- list\n> quote\n---\n===\n| a | b |", "\u{202E}gnihtyna\u{202C}", "a\u{0}b\u{1B}[31mc",
        "\"}],\"at\":{\"isAtAll\":true},\"x\":[{\"", "\\\"\n\r\n\t\u{2028}\u{2029}", "<\u{301}@all>",
        "&lt;@all&gt;",
    ]

    @Test(arguments: attacks)
    func `lets nobody's words call people, format or break out`(words: String) throws {
        for robot in Robot.allCases {
            let bytes = message(words, title: words).body(for: robot).encoded()
            let body = try JSONValue(parsing: bytes)
            #expect(body["at"] == nil && body["mentioned_list"] == nil)
            for text in Self.texts(of: body) {
                let scalars = text.unicodeScalars
                #expect(!scalars.contains { $0.value < 0x20 && $0 != "\n" }, "\(robot)")
                #expect(!scalars.contains { (0x202A...0x202E).contains($0.value) }, "\(robot)")
            }
            switch robot {
            case .slack:
                for text in Self.texts(of: body) {
                    #expect(!text.contains("<") && !text.contains(">"), "\(text)")
                }
            case .dingtalk, .wecom:
                let text =
                    body["actionCard"]?["text"]?.string ?? body["markdown"]?["content"]?.string ?? ""
                let own = text.replacing("\n\n[Open](\(link.href))", with: "")
                let theirs = own.replacing("**Score**", with: "Score")
                for mark in "<@[]`*_~&\\" {
                    #expect(!theirs.contains(mark), "\(robot): \(theirs)")
                }
                let lines = own.split(separator: "\n").dropFirst()
                #expect(!lines.contains { $0.hasPrefix("#") || $0.hasPrefix("---") || $0.hasPrefix("> #") })
            case .feishu, .teams:
                break  // Plain text only: the shapes are tested above.
            }
        }
    }

    private static func texts(of value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let values): values.flatMap(texts)
        case .object(let object): object.members.flatMap { texts(of: $0.value) }
        default: []
        }
    }

    @Test func `fits, however long the words are and whatever they are made of`() throws {
        let letters: [Character] = ["a", "ł", "谢", "👩‍👩‍👧", "<", "&", "*", "\n", "é", "\"", "\\"]
        var state: UInt64 = 42
        for round in 0..<120 {
            func text(_ most: Int) -> String {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                let count = Int(state >> 33) % most
                return String(
                    (0..<count).map { _ in
                        state = state &* 6_364_136_223_846_793_005 &+ 1
                        return letters[Int(state >> 33) % letters.count]
                    })
            }
            let message = RobotMessage(
                title: text(2000), lead: text(2000),
                facts: (0..<(round % 9)).map { _ in .init(name: text(300), value: text(900)) },
                words: text(9000), items: (0..<(round % 40)).map { _ in text(500) }, link: link)
            for robot in Robot.allCases {
                let bytes = message.body(for: robot).encoded()
                let text = try JSONValue(parsing: bytes)["markdown"]?["content"]?.string
                let size = robot == .wecom ? text?.utf8.count ?? .max : bytes.count
                #expect(size <= robot.largestBody, "\(robot) gets \(size) bytes")
                let written = String(decoding: bytes, as: UTF8.self)
                #expect(!written.contains("\u{FFFD}"))
            }
        }
    }

    @Test func `is cut between two characters`() {
        let family = "👩‍👩‍👧"
        #expect(
            RobotText.line(String(repeating: family, count: 3), for: .plain, bytes: 40) == family + family
                + "…")
        #expect(RobotText.line("谢谢您", for: .plain, bytes: 9) == "谢谢您")
        #expect(RobotText.line("谢谢您", for: .plain, bytes: 8) == "谢…")
        #expect(RobotText.line("a<b", for: .slack, bytes: 5) == "a…")
        #expect(RobotText.line("- x", for: .markdown, bytes: 99) == "－ x")
        #expect(RobotText.line("R&D e-mail 3-4", for: .markdown, bytes: 99) == "R＆D e-mail 3-4")
    }

    @Test(arguments: [
        (Robot.slack, 200, "ok", "taken"), (.slack, 200, "no_text", "refused"),
        (.slack, 404, "no_service", "refused"), (.slack, 429, "rate_limited", "later"),
        (.teams, 202, "", "taken"), (.teams, 400, "", "refused"), (.teams, 503, "", "later"),
        (.dingtalk, 200, #"{"errcode":0,"errmsg":"ok"}"#, "taken"),
        (.dingtalk, 200, #"{"errcode":310000,"errmsg":"sign not match"}"#, "refused"),
        (.dingtalk, 200, #"{"errcode":130101,"errmsg":"send too fast"}"#, "later"),
        (.wecom, 200, #"{"errcode":0}"#, "taken"), (.wecom, 200, #"{"errcode":45009}"#, "later"),
        (.wecom, 200, #"{"errcode":93000}"#, "refused"), (.wecom, 200, "<html>", "refused"),
        (.feishu, 200, #"{"code":0}"#, "taken"), (.feishu, 200, #"{"code":19021}"#, "refused"),
        (.feishu, 200, #"{"code":11232}"#, "later"), (.feishu, 200, "{}", "refused"),
        (.feishu, 302, "", "refused"),
    ])
    func `is taken where the robot says so, not where it answers 200`(
        robot: Robot, status: Int, body: String, expected: String
    ) {
        let reply = HookReply(status: status, body: Array(body.utf8), retryAfter: .seconds(7))
        let word =
            switch RobotReply(reply, of: robot) {
            case .taken: "taken"
            case .later: "later"
            case .refused: "refused"
            }
        #expect(word == expected)
    }

    @Test func `that nobody answered comes again, one to a forbidden address does not`() {
        #expect(RobotReply(HookFailure(.unreachable, reason: "timeout")) == .later("timeout", after: nil))
        #expect(RobotReply(HookFailure(.forbidden, reason: "private")) == .refused("private"))
        let limit = HookReply(status: 429, body: [], retryAfter: .seconds(7))
        #expect(RobotReply(limit, of: .slack) == .later("429 ", after: .seconds(7)))
    }
}
