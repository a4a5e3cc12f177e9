package import Formats

/// What a robot says in its chat, before it has a shape.
package struct RobotMessage: Equatable, Sendable {
    package struct Link: Equatable, Sendable {
        package let label: String
        package let href: String

        package init(label: String, href: String) {
            self.label = label
            self.href = href
        }
    }
    package struct Fact: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let title: String
    package let lead: String
    package let facts: [Fact]
    /// A customer's own.
    package let words: String?
    /// Of a digest.
    package let items: [String]
    package let link: Link

    package init(
        title: String, lead: String, facts: [Fact] = [], words: String? = nil, items: [String] = [],
        link: Link
    ) {
        self.title = title
        self.lead = lead
        self.facts = facts
        self.words = words
        self.items = items
        self.link = link
    }

    /// All parts together stay below the smallest limit, WeCom's 4,096 bytes.
    private enum Budget {
        static let title = 120, lead = 300, name = 50, value = 120, facts = 6, words = 1200, item = 90
        static let items = 8
    }

    /// The JSON that the robot takes. `signature` is Feishu's.
    package func body(for robot: Robot, signature: (timestamp: String, sign: String)? = nil) -> JSONValue {
        switch robot {
        case .slack: slack
        case .teams: teams
        case .dingtalk:
            [
                "msgtype": "actionCard",
                "actionCard": [
                    "title": .string(said(title, Budget.title, .markdown)),
                    "text": .string(markdown(heading: "### ")), "btnOrientation": "0",
                    "btns": [["title": .string(label), "actionURL": .string(link.href)]],
                ],
            ]
        case .feishu: feishu(signature)
        case .wecom:
            [
                "msgtype": "markdown",
                "markdown": [
                    "content": .string(
                        markdown(heading: "### ") + "\n\n[\(label(.markdown))](\(link.href))")
                ],
            ]
        }
    }

    private func said(_ text: String, _ bytes: Int, _ reader: RobotText.Reader) -> String {
        RobotText.line(text, for: reader, bytes: bytes)
    }

    private func label(_ reader: RobotText.Reader) -> String { said(link.label, 60, reader) }
    private var label: String { label(.plain) }

    private func pairs(_ reader: RobotText.Reader) -> [(name: String, value: String)] {
        facts.prefix(Budget.facts).map {
            (said($0.name, Budget.name, reader), said($0.value, Budget.value, reader))
        }
    }

    private func list(_ reader: RobotText.Reader) -> [String] {
        items.prefix(Budget.items).map { said($0, Budget.item, reader) }
    }

    /// The customer's words, a line each, all of them within their budget.
    private func quote(_ reader: RobotText.Reader) -> [String] {
        var left = Budget.words
        var lines: [String] = []
        for line in RobotText.lines(words ?? "") where left > 3 && lines.count < 30 {
            let fitted = RobotText.line(line, for: reader, bytes: left)
            lines.append(fitted)
            left -= fitted.utf8.count + 6
        }
        return lines
    }

    private func markdown(heading: String) -> String {
        let reader: RobotText.Reader = .markdown
        var paragraphs = [heading + said(title, Budget.title, reader), said(lead, Budget.lead, reader)]
        let pairs = pairs(reader).map { "**\($0.name)**: \($0.value)" }
        if !pairs.isEmpty { paragraphs.append(pairs.joined(separator: "\n\n")) }
        let quote = quote(reader).map { "> \($0)" }
        if !quote.isEmpty { paragraphs.append(quote.joined(separator: "\n")) }
        let list = list(reader).map { "- \($0)" }
        if !list.isEmpty { paragraphs.append(list.joined(separator: "\n")) }
        return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// As the shapes whose texts are plain show it: paragraphs without marks.
    private func paragraphs(_ reader: RobotText.Reader) -> [String] {
        let pairs = pairs(reader).map { "\($0.name): \($0.value)" }
        let quote = quote(reader).map { "“\($0)”" }
        let list = list(reader).map { "• \($0)" }
        return [
            said(lead, Budget.lead, reader), pairs.joined(separator: "\n"), quote.joined(separator: "\n"),
            list.joined(separator: "\n"),
        ].filter { !$0.isEmpty }
    }

    /// Texts are `plain_text`, so that no mark of a customer's formats anything.
    private var slack: JSONValue {
        let reader: RobotText.Reader = .slack
        func plain(_ text: String) -> JSONValue {
            ["type": "plain_text", "text": .string(text), "emoji": .bool(false)]
        }
        let title = said(title, Budget.title, reader)
        let sections = paragraphs(reader).map { ["type": "section", "text": plain($0)] as JSONValue }
        let action: JSONValue = [
            "type": "actions",
            "elements": [["type": "button", "text": plain(label(reader)), "url": .string(link.href)]],
        ]
        return [
            "text": .string("\(title) – \(said(lead, Budget.lead, reader))"),
            "blocks": .array([["type": "header", "text": plain(title)]] + sections + [action]),
        ]
    }

    /// A `TextRun` is the one text of an adaptive card in which Markdown is not read.
    private var teams: JSONValue {
        func text(_ words: String, isTitle: Bool = false) -> JSONValue {
            var run: JSONObject = ["type": "TextRun", "text": .string(words)]
            if isTitle {
                run.set("weight", "Bolder")
                run.set("size", "Medium")
            }
            return ["type": "RichTextBlock", "inlines": [.object(run)]]
        }
        let body =
            [text(said(title, Budget.title, .plain), isTitle: true)]
            + paragraphs(.plain).map { text($0) }
        return [
            "type": "message",
            "attachments": [
                [
                    "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null,
                    "content": [
                        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                        "type": "AdaptiveCard", "version": "1.4", "body": .array(body),
                        "actions": [
                            [
                                "type": "Action.OpenUrl", "title": .string(label),
                                "url": .string(link.href),
                            ]
                        ],
                    ],
                ]
            ],
        ]
    }

    /// Texts are `plain_text`: `lark_md` would read `<at id=all>`.
    private func feishu(_ signature: (timestamp: String, sign: String)?) -> JSONValue {
        func plain(_ text: String) -> JSONValue { ["tag": "plain_text", "content": .string(text)] }
        let texts = paragraphs(.plain).map { ["tag": "div", "text": plain($0)] as JSONValue }
        let button: JSONValue = [
            "tag": "action",
            "actions": [
                [
                    "tag": "button", "text": plain(label), "type": "primary", "url": .string(link.href),
                ]
            ],
        ]
        var body: JSONObject = [:]
        if let signature {
            body.set("timestamp", .string(signature.timestamp))
            body.set("sign", .string(signature.sign))
        }
        body.set("msg_type", "interactive")
        body.set(
            "card",
            [
                "header": [
                    "title": plain(said(title, Budget.title, .plain)), "template": "red",
                ],
                "elements": .array(texts + [button]),
            ])
        return .object(body)
    }
}
